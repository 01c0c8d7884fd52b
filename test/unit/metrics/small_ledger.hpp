// A ledger written by hand: rows with their kinds stated, months and recurring series found as in the product.
#pragma once
#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "ledger/monthly.hpp"
#include "ledger/recurring.hpp"
#include "metrics/metrics.hpp"

namespace fin::metrics::test {

struct Entry {
    ledger::Day day;
    double amount;
    ledger::Kind kind;
    std::string category, counterparty;
};

inline ledger::Day on(int year, unsigned month, unsigned day) { return ledger::day_of(year, month, day); }

struct Books {
    ledger::Ledger ledger;
    ledger::Monthly monthly;
    std::vector<ledger::RecurringSeries> recurring;
    Facts facts() const { return {ledger, monthly, recurring}; }
    std::vector<Metric> metrics() const { return compute(facts()); }
};

// `complete`: how many months count as complete; absent: as by_month decides.
inline Books books(std::vector<Entry> entries, std::optional<double> opening = {}, std::optional<int> complete = {}) {
    std::ranges::stable_sort(entries, {}, &Entry::day);
    Books result;
    ledger::Ledger& ledger = result.ledger;
    for (const Entry& entry : entries) {
        ledger.row_no.push_back(static_cast<std::int32_t>(ledger.size()) + 1);
        ledger.day.push_back(entry.day);
        ledger.amount.push_back(ledger::Money::of(entry.amount));
        ledger.kind.push_back(entry.kind);
        ledger.category.push_back(ledger.categories.code(entry.category));
        ledger.counterparty.push_back(ledger.counterparties.code(entry.counterparty));
        ledger.account.push_back(ledger::no_code);
    }
    ledger.currency = "EUR";
    if (opening) ledger.opening = ledger::Money::of(*opening);
    result.monthly = ledger::by_month(ledger);
    if (complete) result.monthly.complete = *complete;
    return result;
}

// The row of a metric; for metrics by category the one of the category.
inline Metric get(const std::vector<Metric>& metrics, const std::string& name, const std::string& period,
                  const std::string& category = {}) {
    for (const Metric& metric : metrics) {
        if (metric.metric != name || metric.period != period) continue;
        if (category.empty()) return metric;
        for (const Input& input : metric.inputs)
            if (input.name == "category" && input.text == category) return metric;
    }
    ADD_FAILURE() << "no metric " << name << " of " << period << " " << category;
    return {};
}

inline const Input& input(const Metric& metric, const std::string& name) {
    static const Input none{"", std::nan(""), "absent"};
    for (const Input& input : metric.inputs)
        if (input.name == name) return input;
    ADD_FAILURE() << metric.metric << " has no input " << name;
    return none;
}

inline void expect(const Metric& metric, double value, Status status = Status::ok) {
    const std::string where = metric.metric + " " + metric.period + ": " + metric.reason;
    ASSERT_TRUE(metric.value) << where;
    EXPECT_NEAR(*metric.value, value, 1e-9 * std::max(1.0, std::abs(value))) << where;
    EXPECT_EQ(name(metric.status), name(status)) << where;
}

inline void expect(const Metric& metric, Status status) {
    EXPECT_FALSE(metric.value) << metric.metric << " " << metric.period;
    EXPECT_EQ(name(metric.status), name(status)) << metric.metric << " " << metric.period << ": " << metric.reason;
    EXPECT_FALSE(metric.reason.empty()) << metric.metric << " " << metric.period;
}

}  // namespace fin::metrics::test
