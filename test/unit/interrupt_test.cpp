// A cancel is heard: how often the long loops ask for files and ledgers made to keep one of them busy, that a cancel
// ends each of them at any question, and the limits that keep a document small enough to be stored while one listens.
#include "analysis/analysis.hpp"
#include "error.hpp"
#include "importer/importer.hpp"
#include "ledger/rows.hpp"
#include "metrics/drivers.hpp"

using namespace fin;

namespace {

struct Cancelled {};  // no fin::Error, as in the server

constexpr ledger::Day start = ledger::day_of(2023, 1, 1);

std::string wide_file(int rows, int columns, std::size_t length) {
    std::string text = "Date,Amount";
    for (int i = 0; i < columns; ++i) text += ",c" + std::to_string(i);
    for (int row = 0; row < rows; ++row) {
        text += "\n2023-01-0" + std::to_string(row % 9 + 1) + ",-12.50";
        for (int i = 0; i < columns; ++i) text += "," + std::string(length, 'x');
    }
    return text;
}

// Imports and analyses; asks `check` all the way.
std::string analysed(const std::string& content, const InterruptCheck& check) {
    const auto plan = importer::examine(content, "file.csv", {}, check);
    analysis::Subject subject;
    subject.report_id = subject.engine = subject.content_hash = "-";
    subject.language = "en";
    ledger::Builder builder;
    importer::read(
        content, plan,
        [&](const std::vector<ledger::Row>& rows) {
            for (const auto& row : rows) builder.add(row), ++subject.rows;
        },
        check);
    subject.built = builder.build(check);
    const std::string document = analysis::document(subject, check);
    const auto monthly = ledger::by_month(subject.built.ledger, check);
    const auto recurring = ledger::find_recurring(subject.built.ledger, check);
    metrics::drivers({subject.built.ledger, monthly, recurring}, "operating_profit", monthly.first, monthly.first + 1,
                     check);
    return document;
}

std::string ledger_file(int rows) {
    std::string text = "Date,Counterparty,Category,Description,Amount,Balance\n";
    for (int i = 0; i < rows; ++i)
        text += ledger::date_text(start + i * 300 / rows) + ",Counterparty " + std::to_string(i % 37) + ",Category " +
                std::to_string(i % 11) + ",\"Invoice " + std::to_string(i) + "\"," + (i % 5 ? "-1" : "9") +
                std::to_string(i % 90 + 10) + ".50," + std::to_string(i) + ".00\n";
    return text;
}

ledger::Built built_of(int rows, const std::string& category, const std::string& counterparty,
                       const InterruptCheck& check = never_interrupted) {
    ledger::Builder builder;
    for (int i = 0; i < rows; ++i)
        ledger::test::add(
            builder, {start + i % 100, -10.0 - i % 7, category + std::to_string(i), counterparty + std::to_string(i)},
            i + 1);
    return builder.build(check);
}

analysis::Subject subject_of(ledger::Built built) {
    analysis::Subject subject;
    subject.report_id = subject.engine = subject.content_hash = "-";
    subject.language = "en";
    subject.rows = built.ledger.size();
    subject.built = std::move(built);
    return subject;
}

TEST(Interrupts, ReadingAsksByBytesNotByRecords) {
    const std::string content = wide_file(20, 900, 300);
    std::size_t asked = 0;
    importer::examine(content, "file.csv", {}, [&] { ++asked; });
    // Two passes and the samples, each a question every 256 KB.
    EXPECT_GE(asked, 2 * content.size() / (1 << 18));
}

TEST(Interrupts, EachTextOfALedgerIsAQuestion) {
    std::size_t asked = 0;
    const InterruptCheck check = [&] { ++asked; };
    auto built = built_of(3000, "Bank loan and tax ", "Payroll ", check);
    EXPECT_GE(asked, 3000u);
    asked = 0;
    ledger::assign_kinds(built.ledger, {}, check);
    EXPECT_GE(asked, 3000u);
    asked = 0;
    ledger::assign_kinds(built.ledger, {{}, {{"nobody", ledger::Kind::tax}}}, check);
    EXPECT_GE(asked, 6000u);
}

TEST(Interrupts, EachObjectOfADocumentIsAQuestion) {
    auto subject = subject_of(built_of(3000, "Category ", "Counterparty "));
    std::size_t asked = 0;
    analysis::document(subject, [&] { ++asked; });
    EXPECT_GE(asked, 9000u);  // kinds, two metrics and an entry of each category
}

TEST(Interrupts, ACancelAtAnyQuestionEndsTheWork) {
    const std::string content = ledger_file(400);
    std::size_t all = 0;
    const std::string document = analysed(content, [&] { ++all; });
    EXPECT_GT(all, 300u);
    std::size_t ended = 0, tried = 0;
    for (std::size_t at = 1; at <= all; at += at < 100 ? 1 : 37) {
        ++tried;
        std::size_t asked = 0;
        try {
            analysed(content, [&] {
                if (++asked == at) throw Cancelled();
            });
        } catch (const Cancelled&) {
            ++ended;
        }
        EXPECT_EQ(asked, at) << "work went on after the cancel";
    }
    EXPECT_EQ(ended, tried);
    EXPECT_EQ(analysed(content, never_interrupted), document);
}

TEST(Limits, ABatchOfLongRowsEndsAtFourMegabytes) {
    std::string content = "Date,Amount,Description\n";
    for (int row = 0; row < 12; ++row)
        content += "2023-01-0" + std::to_string(row % 9 + 1) + ",-1.50," + std::string(900'000, 'd') + "\n";
    const auto plan = importer::examine(content, "file.csv", {});
    std::vector<std::size_t> batches;
    importer::read(content, plan, [&](const std::vector<ledger::Row>& rows) { batches.push_back(rows.size()); });
    EXPECT_EQ(batches, (std::vector<std::size_t>{5, 5, 2}));
}

TEST(Limits, AQuoteIsLookedForNoFurtherThanAFieldMayBeLong) {
    // The quote closes after 2 MB: seen as too long, not as a field.
    const std::string content = "Date,Amount,Text\n2023-01-01,-1.50,\"" + std::string(2 << 20, 'x') + "\"\n";
    try {
        importer::examine(content, "file.csv", {});
        FAIL() << "read";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "a field is too long");
    }
}

TEST(Limits, ALedgerOfANumberARowIsRefused) {
    auto most = subject_of(built_of(20'000, "Category ", "Counterparty "));
    EXPECT_LT(analysis::document(most).size(), std::size_t{32} << 20);
    auto beyond = subject_of(built_of(20'001, "Category ", "Counterparty "));
    try {
        analysis::document(beyond);
        FAIL() << "analysed";
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::limit_exceeded);
        EXPECT_STREQ(error.what(), "the ledger has too many categories");
        EXPECT_EQ(error.detail, "It has 20001 of them; at most 20000 can be analysed.");
    }
}

TEST(Limits, ADocumentOfLongTextsIsRefused) {
    ledger::Builder builder;
    for (int i = 0; i < 40; ++i)
        ledger::test::add(builder, {start + i, -10.0, std::to_string(i) + std::string(900'000, 'x'), "Counterparty"},
                          i + 1);
    auto subject = subject_of(builder.build());
    try {
        analysis::document(subject);
        FAIL() << "analysed";
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::limit_exceeded);
        EXPECT_STREQ(error.what(), "the analysis would be larger than 32 MB");
    }
}

}  // namespace
