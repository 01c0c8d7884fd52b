// Real ledgers that nobody planted anything in: how much of them is flagged. docs/anomalies.md says what it is.
#include <zlib.h>

#include <filesystem>

#include "anomaly/finding.hpp"
#include "importer/importer.hpp"
#include "ledger/builder.hpp"
#include "ledger/kinds.hpp"

using namespace fin;

namespace {

std::string unpacked(const std::string& path) {
    std::string text;
    gzFile in = gzopen(path.c_str(), "rb");  // reads plain files too
    char piece[65536];
    for (int n; in && (n = gzread(in, piece, sizeof piece)) > 0;) text.append(piece, static_cast<std::size_t>(n));
    if (in) gzclose(in);
    return text;
}

struct Share {
    std::size_t rows = 0, flagged = 0;
    double share() const { return static_cast<double>(flagged) / static_cast<double>(rows); }
};

Share flagged_in(const std::string& path) {
    const std::string content = unpacked(path);
    const auto plan = importer::examine(content, "file.csv", importer::Options::parse("{}"));
    ledger::Builder builder;
    const auto take = [&](const std::vector<ledger::Row>& rows) {
        for (const auto& row : rows) builder.add(row);
    };
    importer::read(content, plan, take, never_interrupted, 1000);
    auto ledger = builder.build().ledger;
    ledger::assign_kinds(ledger);
    const auto monthly = ledger::by_month(ledger);
    const std::vector<ledger::RecurringSeries> recurring;
    const anomaly::Strictness strictness;
    const InterruptCheck check = never_interrupted;
    Share share{ledger.size(), 0};
    for (const auto& finding :
         anomaly::find_in_rows({ledger, monthly, recurring, ledger::usual_expenses(monthly), 1, strictness, check}))
        share.flagged += finding.severity >= Severity::medium;
    return share;
}

}  // namespace

TEST(RealLedgers, LittleOfThemIsFlagged) {
    const std::string folder(FIN_SHARED_DATA "/ledgers/");
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the folder of sample files is absent";
    Share pooled;
    for (const char* file :
         {"berka_trans_test.csv.gz", "birmingham_pcard_2021_2022.csv.gz", "hackclub_2015_2017.csv",
          "leeds_raw_2011-01.csv.gz", "uk_cabinet_office_2019_2022.csv.gz", "uk_gla_london_2013_2015.csv.gz",
          "uk_network_rail_2017_2018.csv.gz", "us_utility_payments_2010_h1.csv.gz"}) {
        const Share one = flagged_in(folder + file);
        EXPECT_LT(one.share(), 0.012) << file;
        pooled.rows += one.rows, pooled.flagged += one.flagged;
    }
    EXPECT_GT(pooled.rows, 280000U);
    EXPECT_LT(pooled.share(), 0.001);
    EXPECT_GT(pooled.flagged, 20U);  // they are not spotless
}
