// Tickets and payers.
#include "metrics/sheet.hpp"
#include "timeseries/robust.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

void add_tickets(Sheet& sheet, const Period& period, bool is_month) {
    const int sales = period.n() > 0 ? sheet.sales(period) : 0;
    const double revenue = period.n() > 0 ? sheet.flows(period).revenue().value() : 0;
    const auto none = without(Status::undefined, "no sales");
    sheet.add("avg_ticket", period, "money", sales > 0 ? ok(revenue / sales) : none,
              {{"revenue", revenue}, {"sales", static_cast<double>(sales)}});
    const int rows = period.n() > 0 ? sheet.flows(period).rows : 0;
    sheet.add("tx_count", period, "count", ok(rows), {{"sales", static_cast<double>(sales)}}).n = rows;
    if (is_month) return;
    Outcome median = none;
    if (sales > 0) {
        const Tallies& tallies = sheet.tallies;
        std::vector<double> amounts;
        amounts.reserve(static_cast<std::size_t>(sales));
        for (std::size_t i = tallies.sale_begin[sheet.index(period.from)];
             i < tallies.sale_begin[sheet.index(period.to) + 1]; ++i)
            amounts.push_back(tallies.sale[i].value());
        median = ok(*timeseries::median(std::move(amounts)));
    }
    sheet.add("median_ticket", period, "money", std::move(median), {{"sales", static_cast<double>(sales)}});
}

void add_counts(Sheet& sheet, const Period& period, const Payers& payers, int history, int needed) {
    sheet.add("active_payers", period, "count", ok(payers.active));
    const auto lacking = without(Status::insufficient_data,
                                 "needs " + std::to_string(needed) + " complete months: these and the three before");
    sheet.add("new_payers", period, "count", history >= needed ? ok(payers.fresh) : lacking,
              {{"returned", static_cast<double>(payers.returned)}});
    sheet.add("lost_payers", period, "count", history >= needed ? ok(payers.lost) : lacking);
}

}  // namespace

void add_customers(Sheet& sheet) {
    for (const Period& period : sheet.spans()) add_tickets(sheet, period, false);
    for (const Period& period : sheet.months()) add_tickets(sheet, period, true);
    add_counts(sheet, sheet.t3(), sheet.tallies.payers_t3, sheet.complete(), 6);
    for (const Period& month : sheet.months())
        add_counts(sheet, month, sheet.tallies.months[sheet.index(month.from)].payers,
                   month.from - sheet.monthly.first + 1, 4);
}

}  // namespace fin::metrics
