// The labelled set of bench/quality: its labels come from the plan, and what it plants meets the sizes it promises.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "quality/judge.hpp"
#include "quality/plan.hpp"

using namespace fin;
using namespace fin::quality;

namespace {

// One round of all shapes clean, one not.
const std::vector<Company>& some() {
    static const std::vector<Company> all = labelled_companies(7, 28);
    return all;
}

std::string text_of(const Company& company) {
    std::string text = company.name + company.currency;
    for (const auto& row : company.rows)
        text += ledger::date_text(row.day) + row.amount.text() + row.category + row.counterparty;
    return text;
}

double size(const Posting& row) { return std::abs(row.amount.value()); }

}  // namespace

TEST(LabelledSet, IsTheSameForTheSameSeedAndAnotherForAnother) {
    const auto again = labelled_companies(7, 3), other = labelled_companies(8, 3);
    for (std::size_t i = 0; i < again.size(); ++i) {
        EXPECT_EQ(text_of(again[i]), text_of(some()[i]));
        EXPECT_NE(text_of(other[i]), text_of(some()[i]));
    }
}

TEST(LabelledSet, HoldsCompaniesOfManyShapesHalfOfThemClean) {
    std::set<std::string> shapes;
    std::size_t clean = 0;
    for (const auto& company : some()) {
        shapes.insert(company.shape);
        clean += company.clean;
        EXPECT_GE(company.rows.size(), 200U) << company.name;
        EXPECT_GE(company.months, 12);
        EXPECT_LE(company.months, 36);
        EXPECT_TRUE(std::ranges::is_sorted(company.rows, {}, &Posting::day));
        EXPECT_EQ(ledger::month_of(company.rows.front().day), company.first);
        const bool planted = !company.events.empty() || std::ranges::any_of(company.rows, [](const Posting& row) {
            return row.planted.has_value();
        });
        EXPECT_EQ(company.clean, !planted) << company.name;
    }
    EXPECT_EQ(shapes.size(), 14U);
    EXPECT_GE(clean, 14U);
    EXPECT_LE(clean, 16U);
}

TEST(LabelledSet, PlantsWhatMeetsItsDefinition) {
    std::map<Kind, int> planted;
    for (const auto& company : some()) {
        for (const auto& row : company.rows) {
            if (!row.planted) continue;
            ++planted[*row.planted];
            const double share = size(row) / company.month_expenses;
            std::vector<double> others;
            for (const auto& other : company.rows)
                if (&other != &row && other.counterparty == row.counterparty && !other.planted &&
                    (other.amount.units < 0) == (row.amount.units < 0))
                    others.push_back(size(other));
            std::ranges::sort(others);
            switch (*row.planted) {
                case Kind::amount_outlier:
                    EXPECT_GE(share, 0.04);
                    ASSERT_FALSE(others.empty());
                    EXPECT_GE(size(row), 8.9 * others[others.size() / 2]);
                    EXPECT_GE(size(row), 1.99 * others.back());
                    break;
                case Kind::duplicate: {
                    EXPECT_GE(share, 0.0059);
                    EXPECT_TRUE(std::ranges::any_of(company.rows, [&](const Posting& other) {
                        return other.original && other.group == row.group && other.amount == row.amount &&
                               row.day - other.day <= 4 && row.day >= other.day;
                    }));
                    break;
                }
                case Kind::new_counterparty: EXPECT_GE(share, 0.25); break;
                case Kind::sign_error:
                case Kind::miscategorized: EXPECT_GE(share, 0.0059); break;
                case Kind::split_payment: EXPECT_LT(row.amount.units, 0); break;
                default: ADD_FAILURE() << "planted " << anomaly::name(*row.planted);
            }
        }
    }
    EXPECT_GE(planted.size(), 5U);
}

TEST(LabelledSet, KnowsRisksThatHoldAndRisksThatDoNot) {
    std::map<std::string, std::set<Holds>> seen;
    for (const auto& company : labelled_companies(3, 42))
        for (const auto& [code, holds] : company.risks) seen[code].insert(holds);
    EXPECT_EQ(seen.size(), 17U);
    for (const auto& [code, holds] : seen) EXPECT_TRUE(holds.contains(Holds::no)) << code;
    for (const char* code : {"liquidity", "unprofitable", "margin_erosion", "burn_acceleration", "negative_cash"})
        EXPECT_TRUE(seen[code].contains(Holds::yes)) << code;
}

TEST(LabelledSet, HalvesAreSplitByNameAlone) {
    std::size_t held_out = 0;
    for (int i = 0; i < 1000; ++i) held_out += is_held_out("company " + std::to_string(i));
    EXPECT_GT(held_out, 400U);
    EXPECT_LT(held_out, 600U);
}

TEST(LabelledSet, ADetectorThatSaysNothingFindsNothing) {
    Tally silent;
    for (const auto& company : some()) silent.add(company, {});
    EXPECT_EQ(silent.rows.recall(), 0);
    EXPECT_EQ(silent.reports.recall(), 0);
    EXPECT_EQ(silent.reports.false_positives(), 0);
    EXPECT_EQ(silent.reports.all(), 28);
    EXPECT_GT(silent.missed.size(), 14U);
}

TEST(LabelledSet, OneThatKnowsThePlanIsRightAboutEverything) {
    Tally knowing;
    for (const auto& company : some()) {
        Answer answer;
        for (std::size_t i = 0; i < company.rows.size(); ++i)
            if (company.rows[i].planted)
                answer.findings.push_back({*company.rows[i].planted, i, "", "", "", Severity::medium});
        for (const auto& event : company.events)
            answer.findings.push_back({event.kind, {}, event.category, event.counterparty, "", Severity::medium});
        for (const auto& [code, holds] : company.risks)
            if (holds == Holds::yes) answer.risks.insert(code);
        knowing.add(company, answer);
    }
    EXPECT_EQ(knowing.rows.recall(), 1);
    EXPECT_EQ(knowing.rows.false_positives(), 0);
    EXPECT_EQ(knowing.reports.balanced(), 1);
    for (const auto& [code, count] : knowing.risk) EXPECT_EQ(count.accuracy(), 1) << code;
    EXPECT_TRUE(knowing.wrong.empty());
    EXPECT_TRUE(knowing.missed.empty());
}

TEST(LabelledSet, TheTextbookFlagsNearlyEveryCleanCompany) {
    Tally book;
    for (const auto& company : some()) {
        Answer answer;
        answer.findings = textbook(company);
        book.add(company, answer);
    }
    EXPECT_GT(book.reports.false_positives(), 0.9);
}

// A small run of the program itself: far from its bars, and over what a coin would do.
TEST(LabelledSet, TheLedgersTestsTellReportsApart) {
    Tally ours;
    for (const auto& company : some()) ours.add(company, analyse(company, false));
    EXPECT_GT(ours.reports.balanced(), 0.75);
    EXPECT_LT(ours.rows.false_positives(), 0.001);
}
