// benford: the first digits of a ledger's amounts, for information only.
#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "anomaly/benford.hpp"
#include "anomaly/series/tests.hpp"
#include "anomaly/series/weigh.hpp"
#include "risk/wording.hpp"

namespace fin::anomaly::series {

namespace {

// A rent paid thirty times is one amount: habits would drown the law. Counterparty and amount in one number; the two
// primes keep them from falling together.
std::uint64_t identity(ledger::Code counterparty, ledger::Money amount) {
    std::uint64_t z = static_cast<std::uint64_t>(amount.abs().units) * 0x9E3779B97F4A7C15u +
                      static_cast<std::uint64_t>(static_cast<std::uint32_t>(counterparty)) * 0xC2B2AE3D27D4EB4Fu;
    z = (z ^ (z >> 31)) * 0x94D049BB133111EBu;
    return z ^ (z >> 29);
}

}  // namespace

Findings benford(const Setting& setting) {
    const ledger::Ledger& ledger = setting.ledger;
    constexpr std::size_t least_rows = 300;
    if (ledger.size() < least_rows) return {};
    Pulse pulse(setting.check);
    std::vector<std::uint64_t> known;
    known.reserve(ledger.size());
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        known.push_back(identity(ledger.counterparty[row], ledger.amount[row]));
    }
    std::unordered_set<std::uint64_t> seen;
    seen.reserve(ledger.size());
    DigitCounts counts;
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        // Below ten a first digit is one of cents and fees.
        const double size = ledger.amount[row].abs().value();
        if (size >= 10 && seen.insert(known[row]).second) counts.add(size);
    }
    if (counts.count() < static_cast<std::int64_t>(least_rows)) return {};
    const Benford test = test_benford(counts);
    if (test.status != std::string_view("ok") || test.first.verdict != std::string_view("nonconforming")) return {};
    // Lawful sets of this size stay below the limit in 95 of 100 cases and below half of it again in 999 of 1,000;
    // ledgers of real companies, which follow the law but roughly, need three times the limit.
    if (test.first.mad < 3 * test.first.limit * setting.strict(Kind::benford)) return {};

    Finding finding;
    finding.kind = Kind::benford;
    finding.booked_on = ledger.day.back();
    finding.p = std::max(1e-12, std::isnan(test.first.p_value) ? 1e-3 : test.first.p_value);
    // The law says nothing of a single row's money: no money is at stake that could be named.
    const Lines lines{.most = Severity::low};
    weigh(finding, setting, 0, lines.medium * setting.month_expenses, lines);
    finding.reason_en = "First digits of " + std::to_string(counts.count()) +
                        " different amounts should follow Benford's law; they are off by " +
                        risk::percent_words(test.first.mad, risk::Language::en) + " a digit on average, and " +
                        risk::percent_words(test.first.limit, risk::Language::en) + " would be chance";
    finding.reason_ru = "Первые цифры (разных сумм: " + std::to_string(counts.count()) +
                        ") должны следовать закону Бенфорда, но отклоняются в среднем на " +
                        risk::percent_words(test.first.mad, risk::Language::ru) + " на цифру; случайным было бы " +
                        risk::percent_words(test.first.limit, risk::Language::ru);
    if (!test.first.surplus.empty()) {
        const auto& most = *std::max_element(
            test.first.surplus.begin(), test.first.surplus.end(), [](const Surplus& a, const Surplus& b) {
                return static_cast<double>(a.count) - a.expected < static_cast<double>(b.count) - b.expected;
            });
        const std::string digit = std::to_string(most.digits), count = std::to_string(most.count),
                          expected = std::to_string(std::llround(most.expected));
        finding.reason_en +=
            "; most surplus: digit " + digit + ", " + count + " times where " + expected + " were expected";
        finding.reason_ru += "; больше всего лишних у цифры " + digit + ": " + count + " вместо " + expected;
    }
    finding.reason_en += ".", finding.reason_ru += ".";
    return {finding};
}

}  // namespace fin::anomaly::series
