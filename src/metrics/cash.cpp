// Burn, runway and the balance of cash.
#include "forecast/ledger_forecast.hpp"
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

// The date as a number that reads as one, 20260301: the first day of the first month that ends below zero.
double written(Month month) { return year_of(month) * 10000.0 + month_in_year(month) * 100.0 + 1; }

void add_zero_cash_date(Sheet& sheet) {
    const auto* forecast = sheet.facts.forecast;
    Outcome outcome = without(Status::not_available, "no forecast of cash was made");
    std::vector<Input> inputs;
    if (forecast && !forecast->made()) {
        outcome = without(forecast->cash.status, "too little history for a forecast");
    } else if (forecast && !forecast->cash_known) {
        outcome = without(Status::insufficient_data, "opening balance unknown");
    } else if (forecast) {
        const int months = static_cast<int>(forecast->central_cash.size());
        outcome = without(Status::not_applicable,
                          "cash stays above zero over " + std::to_string(months) + " months of the forecast");
        const std::optional<Month> zero =
            sheet.cash_now().units < 0 ? sheet.monthly.last_complete() : forecast->zero_cash;
        if (zero) outcome = ok(written(*zero));
        inputs.push_back({"date", 0, zero ? date_text(first_day(*zero)) : "none"});
        const auto low = forecast->zero_cash_lo80;
        inputs.push_back({"date_lo80", 0, low ? date_text(first_day(*low)) : "none"});
    }
    sheet.add("zero_cash_date", sheet.all(), "date", std::move(outcome), std::move(inputs));
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
    add_zero_cash_date(sheet);

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
