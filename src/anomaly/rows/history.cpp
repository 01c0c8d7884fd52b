#include "anomaly/rows/history.hpp"

#include <algorithm>

#include "anomaly/score.hpp"

namespace fin::anomaly {

namespace {

// Without a complete month, all that was spent (or moved) is the month.
double usual_month(const Setting& setting) {
    if (setting.month_expenses > 0) return setting.month_expenses;
    double out = 0, all = 0;
    for (const auto amount : setting.ledger.amount) {
        all += std::abs(amount.value());
        if (amount.units < 0) out -= amount.value();
    }
    const double months = std::max<double>(1, static_cast<double>(setting.monthly.months.size()));
    return (out > 0 ? out : all) / months;
}

}  // namespace

double middle_of(std::vector<double>& values) {
    if (values.empty()) return 0;
    const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, half);
    return *half;
}

History::History(const Setting& given)
    : setting(given),
      ledger(given.ledger),
      month(usual_month(given)),
      parties(ledger::by_counterparty(ledger)),
      amount_(ledger.size()) {
    for (auto& counts : by_direction_) counts.resize(ledger.categories.size() + 1);
    setting.check();
    Pulse pulse(setting.check);
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        pulse();
        amount_[i] = ledger.amount[i].value();
        ++by_direction_[amount_[i] >= 0][ledger::slot(ledger.category[i])];
    }
}

const std::vector<double>& History::sorted_sizes(std::size_t place, bool direction) {
    if (!by_category_) {
        by_category_.emplace(ledger::by_category(ledger));
        sorted_sizes_.resize(2 * by_category_->count());
    }
    auto& sizes = sorted_sizes_[2 * place + direction];
    if (sizes.empty()) {
        Pulse pulse(setting.check);
        for (const Index row : by_category_->of(place)) {
            pulse();
            if (inflow(row) == direction) sizes.push_back(size(row));
        }
        std::ranges::sort(sizes, [&](double a, double b) {
            pulse();
            return a < b;
        });
    }
    return sizes;
}

CategoryLevel History::category_level(Index row) {
    const auto& sizes = sorted_sizes(ledger::slot(ledger.category[row]), inflow(row));
    if (sizes.size() < 2) return {};
    const auto own = static_cast<std::size_t>(std::ranges::lower_bound(sizes, size(row)) - sizes.begin());
    const auto other = [&](std::size_t i) { return sizes[i < own ? i : i + 1]; };
    const std::size_t count = sizes.size() - 1;
    return {count, other(count / 2), other(count - 1)};
}

double History::largest(std::span<const Index> rows) const {
    double largest = 0;
    for (const Index row : rows)
        if (is_flow(ledger.kind[row])) largest = std::max(largest, size(row));
    return largest;
}

double History::floor(Kind kind) const { return floor_share(kind) * month * setting.strict(kind); }

}  // namespace fin::anomaly
