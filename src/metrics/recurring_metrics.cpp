// Recurring revenue: its share, its monthly sum, what of it was lost and kept, and what its growth cost.
#include <algorithm>

#include "metrics/sheet.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

bool is_subscription(const RecurringSeries& series) { return series.inflow && is_income(series.kind); }

// What a series brings a month as of a day: its last payment until then, until it is more than half a cadence late.
double monthly_at(const Ledger& ledger, const RecurringSeries& series, Day day) {
    const auto after =
        std::ranges::upper_bound(series.rows, day, {}, [&](std::uint32_t row) { return ledger.day[row]; });
    if (after == series.rows.begin()) return 0;
    const std::uint32_t row = *(after - 1);
    const double cadence_days = 365.25 / 12 / per_month(series.cadence);
    if (day - ledger.day[row] > 1.5 * cadence_days) return 0;
    return ledger.amount[row].value() * per_month(series.cadence);
}

struct Movement {
    double start = 0, end = 0, lost = 0, contracted = 0, expanded = 0, fresh = 0;
};

Movement movement(const Sheet& sheet, const Period& period) {
    const Day start = first_day(period.from) - 1, end = last_day(period.to);
    Movement sum;
    for (const RecurringSeries& series : sheet.facts.recurring) {
        if (!is_subscription(series)) continue;
        const double before = monthly_at(sheet.facts.ledger, series, start);
        const double after = monthly_at(sheet.facts.ledger, series, end);
        sum.start += before, sum.end += after;
        if (before > 0 && after <= 0)
            sum.lost += before;
        else if (before > 0)
            (after < before ? sum.contracted : sum.expanded) += std::abs(after - before);
        else
            sum.fresh += after;
    }
    return sum;
}

void add_movement(Sheet& sheet, const Period& period, bool any) {
    // The month before the span is its start, and two more are needed for a series to be known by then.
    if (sheet.complete() < 3 || sheet.monthly.first > period.from - 1) {
        const auto lacking =
            without(Status::insufficient_data, std::to_string(period.wanted + 1) + " complete months needed");
        sheet.add("revenue_churn_proxy", period, "ratio", lacking);
        sheet.add("nrr_proxy", period, "ratio", lacking);
        sheet.add("burn_multiple", period, "ratio", lacking);
        return;
    }
    const Movement moved = movement(sheet, period);
    const std::vector<Input> inputs = {{"mrr_start", moved.start},   {"mrr_end", moved.end},
                                       {"lost", moved.lost},         {"contracted", moved.contracted},
                                       {"expanded", moved.expanded}, {"new", moved.fresh}};
    const auto none = without(Status::not_applicable, "no recurring revenue at the start of the period");
    const double gone = moved.lost + moved.contracted;
    sheet.add("revenue_churn_proxy", period, "ratio", moved.start > 0 ? ok(gone / moved.start) : none, inputs);
    sheet.add("nrr_proxy", period, "ratio",
              moved.start > 0 ? ok((moved.start + moved.expanded - gone) / moved.start) : none, inputs);

    const double burn = sheet.flows(period).burn_flow().value(), net_new = 12 * (moved.end - moved.start);
    const Outcome multiple = burn <= 0      ? without(Status::not_applicable, "not burning")
                             : !any         ? without(Status::not_applicable, "no recurring revenue")
                             : net_new <= 0 ? without(Status::infinite, "burning without growth of recurring revenue")
                                            : ok(burn / net_new);
    sheet.add("burn_multiple", period, "ratio", multiple, {{"burn", burn}, {"net_new_arr", net_new}});
}

}  // namespace

void add_recurring(Sheet& sheet) {
    const bool enough = sheet.complete() >= 3;
    const auto lacking = without(Status::insufficient_data, "3 complete months needed to know what recurs");
    for (const Period* period : {&sheet.all(), &sheet.t3(), &sheet.t6(), &sheet.t12()}) {
        const double recurring = enough ? sheet.total(*period, &MonthTally::recurring_revenue) : 0;
        const double revenue = enough ? sheet.flows(*period).revenue().value() : 0;
        sheet.add("recurring_share", *period, "ratio", enough ? ratio(recurring, revenue, "revenue") : lacking,
                  {{"recurring_revenue", recurring}, {"revenue", revenue}});
    }
    MoneySum mrr;
    int active = 0;
    bool any = false;
    for (const RecurringSeries& series : sheet.facts.recurring) {
        if (!is_subscription(series)) continue;
        any = true;
        if (series.state != SeriesState::active) continue;
        mrr += series.monthly_amount;
        ++active;
    }
    sheet.add("mrr_proxy", sheet.all(), "money/month", enough ? ok(value(mrr)) : lacking,
              {{"series", static_cast<double>(active)}});
    for (const Period* period : {&sheet.t3(), &sheet.t12()}) add_movement(sheet, *period, any);
}

}  // namespace fin::metrics
