#include "metrics/sheet.hpp"

namespace fin::metrics {

using namespace ledger;

double value(const MoneySum& sum) { return static_cast<double>(sum.units) / static_cast<double>(Money::scale); }

Outcome ratio(double numerator, double denominator, const std::string& what) {
    if (denominator > 0) return ok(numerator / denominator);
    return without(Status::undefined, what + (denominator < 0 ? " is negative" : " is zero"));
}

Outcome with_caveat(Outcome outcome, const std::string& caveat) {
    if (!outcome.value) return outcome;
    outcome.reason += (outcome.reason.empty() ? "" : "; ") + caveat;
    if (outcome.status == Status::ok) outcome.status = Status::estimated;
    return outcome;
}

Sheet::Sheet(const Facts& facts, const InterruptCheck& check)
    : facts(facts), check(check), monthly(facts.monthly), tallies(facts, check) {
    const auto span = [](const char* name, Span given, int wanted) {
        return Period{name, given.from, given.to, wanted};
    };
    spans_ = {{"all", monthly.first, monthly.last_complete(), 1},
              span("T3", trailing(monthly, 3), 3),
              span("T6", trailing(monthly, 6), 6),
              span("T12", trailing(monthly, 12), 12),
              span("P12", before_t3(monthly), 1)};
    for (Month month = monthly.first; month <= monthly.last_complete(); ++month)
        months_.push_back({month_text(month), month, month, 1});
}

std::vector<Period> Sheet::spans_and_months() const {
    std::vector<Period> periods = spans_;
    periods.insert(periods.end(), months_.begin(), months_.end());
    return periods;
}

std::vector<double> Sheet::revenues(const Period& period) const {
    std::vector<double> values;
    for (Month month = period.from; month <= period.to; ++month) values.push_back(monthly.at(month).revenue().value());
    return values;
}

double Sheet::total(const Period& period, MoneySum MonthTally::*field) const {
    MoneySum sum;
    for (Month month = period.from; month <= period.to; ++month)
        sum.units += (tallies.months[index(month)].*field).units;
    return value(sum);
}

int Sheet::sales(const Period& period) const {
    int count = 0;
    for (Month month = period.from; month <= period.to; ++month) count += tallies.months[index(month)].sales;
    return count;
}

Metric& Sheet::add(const char* metric, const Period& period, const char* unit, Outcome outcome,
                   std::vector<Input> inputs) {
    const int n = std::max(period.n(), 0);
    if (n == 0) {
        const bool p12 = period.name == "P12" && complete() > 0;
        outcome =
            without(Status::insufficient_data, p12 ? "no complete month before the last three" : "no complete month");
        inputs.clear();
    } else if (n < period.wanted && outcome.status == Status::ok) {
        outcome = with_caveat(std::move(outcome),
                              "only " + std::to_string(n) + " of " + std::to_string(period.wanted) + " months");
    }
    // Minus zero, from the sign of an absent outflow, is zero to a reader.
    if (outcome.value) *outcome.value += 0.0;
    for (Input& input : inputs) input.value += 0.0;
    rows_.push_back(
        {metric, period.name, outcome.value, unit, outcome.status, std::move(outcome.reason), n, std::move(inputs)});
    return rows_.back();
}

}  // namespace fin::metrics
