// Burn, runway and the balance of cash.
#include "metrics/sheet.hpp"
#include "timeseries/robust.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

constexpr const char* relative_cash = "opening balance unknown: cash is counted from 0";

Outcome burn(const Sheet& sheet, double (*of)(const Flows&)) {
    if (sheet.complete() == 0) return {};
    std::vector<double> by_month;
    for (Month month = sheet.t3().from; month <= sheet.t3().to; ++month)
        by_month.push_back(of(sheet.monthly.at(month)));
    return ok(*timeseries::median(std::move(by_month)));
}

// First whether there is cash at all, then whether it shrinks.
Outcome runway(const Sheet& sheet, double cash, const Outcome& burn) {
    if (!burn.value) return burn;
    Outcome outcome = cash <= 0          ? Outcome{0.0, Status::ok, "exhausted"}
                      : *burn.value <= 0 ? without(Status::infinite, "not burning")
                                         : ok(cash / *burn.value);
    if (outcome.value && !sheet.facts.ledger.opening) outcome = with_caveat(std::move(outcome), relative_cash);
    return outcome;
}

Outcome relative_to_opening(const Sheet& sheet, double value) {
    return sheet.facts.ledger.opening ? ok(value) : estimated(value, relative_cash);
}

}  // namespace

void add_cash(Sheet& sheet) {
    const double cash = sheet.cash_now().value();
    const Outcome gross =
        burn(sheet, [](const Flows& flows) { return (flows.expenses() + flows.tax() + flows.capex()).value(); });
    Outcome net = burn(sheet, [](const Flows& flows) { return flows.burn_flow().value(); });
    sheet.add("gross_burn", sheet.t3(), "money/month", gross);
    sheet.add("net_burn", sheet.t3(), "money/month", net,
              {{"not_burning", 0, net.value && *net.value <= 0 ? "true" : "false"}});
    sheet.add("runway", sheet.t3(), "months", runway(sheet, cash, net),
              {{"cash", cash}, {"net_burn", net.value.value_or(0)}});
    sheet.add("runway_gross", sheet.t3(), "months", runway(sheet, cash, gross),
              {{"cash", cash}, {"gross_burn", gross.value.value_or(0)}});
    sheet.add("zero_cash_date", sheet.all(), "date",
              without(Status::not_available, "needs the forecast of cash, which this version does not make"));

    const Ledger& ledger = sheet.facts.ledger;
    if (ledger.empty()) {
        for (const char* metric : {"cash_balance", "min_balance"}) sheet.add(metric, sheet.all(), "money", {});
    } else {
        // All rows count here, the incomplete month's too: cash is what it is today.
        const int n = static_cast<int>(sheet.monthly.months.size());
        const Period today = {"all", sheet.monthly.first, sheet.monthly.first + n - 1, 1};
        sheet
            .add("cash_balance", today, "money", relative_to_opening(sheet, cash),
                 {{"date", 0, date_text(ledger.day.back())}, {"opening", ledger.opening.value_or(Money{}).value()}})
            .n = sheet.complete();
        for (const Period& month : sheet.months())
            sheet.add("cash_balance", month, "money",
                      relative_to_opening(sheet, sheet.monthly.cash[sheet.index(month.to)].value()),
                      {{"date", 0, date_text(last_day(month.to))}});
        const CashPath& path = sheet.tallies.cash;
        sheet
            .add("min_balance", today, "money", relative_to_opening(sheet, path.least.value()),
                 {{"date", 0, date_text(path.least_day)}})
            .n = sheet.complete();
    }

    for (const Period* period : {&sheet.all(), &sheet.t3(), &sheet.t12()}) {
        if (period->n() <= 0) {
            sheet.add("days_cash_on_hand", *period, "days", {});
            continue;
        }
        const double days = last_day(period->to) - first_day(period->from) + 1;
        const double per_day = sheet.flows(*period).expenses().value() / days;
        Outcome outcome = cash <= 0      ? Outcome{0.0, Status::ok, "exhausted"}
                          : per_day <= 0 ? without(Status::infinite, "no expenses")
                                         : ok(cash / per_day);
        if (outcome.value && !ledger.opening) outcome = with_caveat(std::move(outcome), relative_cash);
        sheet.add("days_cash_on_hand", *period, "days", std::move(outcome),
                  {{"cash", cash}, {"expenses_per_day", per_day}});
    }
}

}  // namespace fin::metrics
