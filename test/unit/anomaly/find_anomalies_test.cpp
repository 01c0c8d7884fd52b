// Findings as a whole: their order, their scores, what a person put aside, how strict the tests are.
#include <set>

#include "anomaly/score.hpp"
#include "findings_of.hpp"

using namespace fin;
using namespace fin::test;
using anomaly::Dismissal;
using anomaly::Kind;

namespace {

// One anomaly of each kind that holds.
Company troubled() {
    Company company = steady_company();
    company.entries[entry_of(company, 18, "Acorn Supply")].amount *= 11;
    company.entries[entry_of(company, 19, "Borealis")].amount *= -1;
    company.entries[entry_of(company, 17, "Birch Parts")].category = "Marketing";
    company.entries.push_back(company.entries[entry_of(company, 20, "Harbor Estates")]);
    company.entries.back().day += 2;
    company.add(16, 12, -31000, "Marketing", "Quickfix Holdings");
    for (const double amount : {4900.0, 4750.0, 4820.0}) company.add(21, 12, -amount, "Marketing", "Brightads");
    return company;
}

std::set<std::string> kinds_of(const FindingsOf& findings) {
    std::set<std::string> kinds;
    for (const auto& finding : findings.all)
        if (finding.severity >= Severity::medium) kinds.insert(std::string(name(finding.kind)));
    return kinds;
}

}  // namespace

TEST(FindAnomalies, NamesAreTheTaxonomys) {
    for (std::size_t i = 0; i < anomaly::kind_count; ++i)
        EXPECT_EQ(anomaly::kind_named(anomaly::name(static_cast<Kind>(i))), static_cast<Kind>(i));
    EXPECT_EQ(anomaly::name(Kind::stale_balance), "stale_balance");
    EXPECT_EQ(anomaly::kind_named("nonsense"), std::nullopt);
}

TEST(FindAnomalies, EveryKindIsFoundBesideTheOthers) {
    const FindingsOf findings(troubled());
    EXPECT_EQ(kinds_of(findings), (std::set<std::string>{"amount_outlier", "duplicate", "miscategorized",
                                                         "new_counterparty", "sign_error", "split_payment"}));
}

TEST(FindAnomalies, MostSevereAndMostMoneyComeFirst) {
    const FindingsOf findings(troubled());
    for (std::size_t i = 1; i < findings.all.size(); ++i) {
        const auto &before = findings.all[i - 1], &after = findings.all[i];
        ASSERT_GE(before.severity, after.severity);
        if (before.severity != after.severity) continue;
        ASSERT_GE(before.at_stake.value() * before.score, after.at_stake.value() * after.score);
    }
}

TEST(FindAnomalies, ScoresTellTheWatchListFromTheRest) {
    const FindingsOf findings(troubled());
    ASSERT_FALSE(findings.all.empty());
    for (const auto& finding : findings.all) {
        EXPECT_GT(finding.score, 0);
        EXPECT_LT(finding.score, 1);
        EXPECT_EQ(finding.score >= 0.5, finding.severity >= Severity::medium) << name(finding.kind);
    }
}

TEST(FindAnomalies, ARowIsListedOnce) {
    Company company = steady_company();
    // Eleven times as much, twice within two days.
    company.entries[entry_of(company, 18, "Acorn Supply")].amount = -41000;
    company.add(18, 6, -41000, "Materials", "Acorn Supply");
    const FindingsOf findings(company);
    std::set<std::uint32_t> rows;
    for (const auto& finding : findings.all) EXPECT_TRUE(rows.insert(*finding.row).second);
}

TEST(FindAnomalies, WhatOtherTestsSayRaisesTheScore) {
    EXPECT_LT(anomaly::combined(1e-3, 1e-2), 1e-3);
    EXPECT_GT(anomaly::combined(1e-3, 1e-2), 1e-5);  // tests of one row are not independent
    EXPECT_EQ(anomaly::combined(1e-3, 1), 1e-3);
}

TEST(FindAnomalies, TheScoreRisesWithOddityAndMoney) {
    const auto score = [](double p, double money) { return anomaly::score_of(p, money, 100, Severity::medium); };
    EXPECT_GT(score(1e-4, 500), score(1e-3, 500));
    EXPECT_GT(score(1e-3, 900), score(1e-3, 500));
    EXPECT_LT(anomaly::score_of(1e-12, 1e9, 1, Severity::low), 0.5);
    EXPECT_GE(anomaly::score_of(0.08, 100, 100, Severity::medium), 0.5);
}

TEST(FindAnomalies, SeverityFollowsTheMoney) {
    EXPECT_EQ(anomaly::severity_of(Kind::duplicate, 0.05), Severity::medium);
    EXPECT_EQ(anomaly::severity_of(Kind::duplicate, 0.1), Severity::high);
    EXPECT_EQ(anomaly::severity_of(Kind::duplicate, 0.5), Severity::critical);
    EXPECT_EQ(anomaly::severity_of(Kind::new_counterparty, 0.4), Severity::medium);
    EXPECT_EQ(anomaly::severity_of(Kind::new_counterparty, 2.5), Severity::critical);
}

TEST(FindAnomalies, WhatWasDismissedDoesNotComeBack) {
    const Company company = troubled();
    const FindingsOf before(company);
    const auto row_no = before.ledger().row_no[*before.of(entry_of(company, 19, "Borealis"))->row];
    const FindingsOf after(company, {}, {{Kind::sign_error, row_no, std::nullopt}});
    EXPECT_EQ(after.of(entry_of(company, 19, "Borealis")), nullptr);
    EXPECT_EQ(after.all.size(), before.all.size() - 1);
    // Of another kind or another row, nothing is put aside.
    const FindingsOf other(company, {}, {{Kind::duplicate, row_no, std::nullopt}, {Kind::sign_error, 1, std::nullopt}});
    EXPECT_EQ(other.all.size(), before.all.size());
}

TEST(FindAnomalies, AFindingWithoutARowIsKnownByItsKey) {
    const FindingsOf findings(steady_company());
    anomaly::Finding finding;
    finding.kind = Kind::missing_recurring;
    finding.category = findings.ledger().categories.find("Rent");
    finding.counterparty = findings.ledger().counterparties.find("Harbor Estates");
    finding.booked_on = ledger::day_of(2022, 5, 1);
    EXPECT_EQ(key_of(finding, findings.ledger()), "Rent | Harbor Estates | 2022-05-01");
    const auto dismissed = [&](const Dismissal& dismissal) {
        return is_dismissed(finding, findings.ledger(), {dismissal});
    };
    EXPECT_TRUE(dismissed({Kind::missing_recurring, std::nullopt, "Rent | Harbor Estates | 2022-05-01"}));
    EXPECT_FALSE(dismissed({Kind::missing_recurring, std::nullopt, "Rent | Harbor Estates | 2022-06-01"}));
    EXPECT_FALSE(dismissed({Kind::gap, std::nullopt, "Rent | Harbor Estates | 2022-05-01"}));
    EXPECT_FALSE(dismissed({Kind::missing_recurring, 5, std::nullopt}));
}

TEST(FindAnomalies, StricterTestsAskForMoreMoney) {
    Company company = steady_company();
    company.entries.push_back(company.entries[entry_of(company, 20, "Paperhouse")]);  // 1.4 % of a month
    const std::string found = at("duplicate", company.entries.size() - 1);
    EXPECT_EQ(FindingsOf(company).holding(), found);
    EXPECT_EQ(FindingsOf(company, {{Kind::duplicate, 4}}).holding(), "");
    EXPECT_EQ(FindingsOf(company, {{Kind::amount_outlier, 4}}).holding(), found);
}

TEST(FindAnomalies, LaxerTestsAskForLess) {
    Company company = steady_company();
    company.add(20, 12, -9000, "Marketing", "Quickfix Holdings");  // an eighth of a month
    EXPECT_EQ(FindingsOf(company).holding(), "");
    EXPECT_EQ(FindingsOf(company, {{Kind::new_counterparty, 0.5}}).holding(),
              at("new_counterparty", company.entries.size() - 1));
}

TEST(FindAnomalies, SameLedgerSameFindings) {
    const FindingsOf one(troubled()), two(troubled());
    ASSERT_EQ(one.all.size(), two.all.size());
    for (std::size_t i = 0; i < one.all.size(); ++i) {
        EXPECT_EQ(one.all[i].row, two.all[i].row);
        EXPECT_EQ(one.all[i].p, two.all[i].p);
        EXPECT_EQ(one.all[i].reason_ru, two.all[i].reason_ru);
    }
}

TEST(FindAnomalies, TheUnitOfMoneyDoesNotMatter) {
    Company company = troubled(), roubles = company;
    for (auto& entry : roubles.entries) entry.amount *= 64;
    const auto without_splits = [](const Company& made) {
        std::set<std::pair<std::uint32_t, Kind>> found;
        for (const auto& finding : FindingsOf(made).all)
            if (finding.severity >= Severity::medium && finding.kind != Kind::split_payment)
                found.emplace(*finding.row, finding.kind);
        return found;
    };
    EXPECT_EQ(without_splits(company), without_splits(roubles));
}

TEST(FindAnomalies, EverySentenceNamesTheMoneyInBothLanguages) {
    const FindingsOf findings(troubled());
    for (const auto& finding : findings.all) {
        EXPECT_NE(finding.reason_en.find("EUR"), std::string::npos) << finding.reason_en;
        EXPECT_NE(finding.reason_ru.find("EUR"), std::string::npos) << finding.reason_ru;
        EXPECT_EQ(finding.reason_en.back(), '.');
        EXPECT_EQ(finding.reason_ru.back(), '.');
        EXPECT_TRUE(
            std::ranges::any_of(finding.reason_ru, [](char c) { return static_cast<unsigned char>(c) == 0xD0; }));
    }
}

TEST(FindAnomalies, ASentenceSaysWhatWasExpectedAndFound) {
    const Company company = troubled();
    const FindingsOf findings(company);
    const auto* rent = findings.of(entry_of(company, 23, "Nobody") - 5);  // the entry added before the last four
    ASSERT_TRUE(rent);
    EXPECT_EQ(rent->reason_en,
              "One amount of 6,000.00\u00a0EUR (“Harbor Estates”, 2022-09-01) was expected, but on 2022-09-03 the same "
              "was booked again: this counterparty has no habit of equal amounts within 4 days.");
    EXPECT_EQ(rent->reason_ru,
              "Ожидалась одна сумма 6\u00a0000,00\u00a0EUR («Harbor Estates», 01.09.2022), но 03.09.2022 проведена ещё "
              "одна такая же: равных сумм в пределах 4 дней у этого контрагента обычно нет.");
}
