// Growth of revenue: from month to month, from year to year, compounded, and as a robust trend.
#include <cmath>

#include "metrics/cashflow.hpp"
#include "metrics/sheet.hpp"
#include "timeseries/robust.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

double revenue_of(const Sheet& sheet, Month from, Month to) { return sheet.monthly.sum(from, to).revenue().value(); }

Outcome change(double base, double now) {
    if (base > 0) return ok(now / base - 1);
    return without(Status::undefined, base < 0 ? "the base is negative" : "the base is zero: new, not grown");
}

std::vector<Input> change_inputs(double base, double now) {
    return {{"base", base}, {"now", now}, {"delta", now - base}};
}

void add_change(Sheet& sheet, const char* metric, const Period& period, int back) {
    const double base = revenue_of(sheet, period.from - back, period.to - back);
    const double now = revenue_of(sheet, period.from, period.to);
    sheet.add(metric, period, "ratio", change(base, now), change_inputs(base, now));
}

void add_mom(Sheet& sheet) {
    if (sheet.months().empty()) sheet.add("mom_growth", sheet.all(), "ratio", {});
    for (const Period& month : sheet.months())
        if (month.from == sheet.monthly.first)
            sheet.add("mom_growth", month, "ratio", without(Status::insufficient_data, "no month before"));
        else
            add_change(sheet, "mom_growth", month, 1);
}

// T3 and T12 against the same months a year before, and each month that has a month a year before it.
void add_yoy(Sheet& sheet) {
    const auto lacking = [&](int needed) {
        return without(Status::insufficient_data, std::to_string(needed) + " complete months needed, there are " +
                                                      std::to_string(sheet.complete()));
    };
    for (const Period* span : {&sheet.t3(), &sheet.t12()})
        if (sheet.complete() < span->wanted + 12)
            sheet.add("yoy_growth", *span, "ratio", lacking(span->wanted + 12));
        else
            add_change(sheet, "yoy_growth", *span, 12);
    if (sheet.complete() > 0 && sheet.complete() < 13)
        sheet.add("yoy_growth", sheet.months().back(), "ratio", lacking(13));
    for (const Period& month : sheet.months())
        if (month.from - 12 >= sheet.monthly.first) add_change(sheet, "yoy_growth", month, 12);
}

// Years are blocks of 12 complete months counted back from the last, so that no year is a part of one.
void add_cagr(Sheet& sheet) {
    const int years = sheet.complete() / 12;
    if (years < 2) {
        sheet.add("cagr", sheet.all(), "ratio",
                  without(Status::insufficient_data,
                          "24 complete months needed, there are " + std::to_string(sheet.complete())));
        return;
    }
    const Month end = sheet.monthly.last_complete(), start = end - 12 * years + 1;
    const double first = revenue_of(sheet, start, start + 11), last = revenue_of(sheet, end - 11, end);
    const auto rate = cagr(first, last, years - 1);
    sheet.add("cagr", sheet.all(), "ratio",
              rate ? ok(*rate) : without(Status::undefined, "revenue of the first or last year is not positive"),
              {{"first_year", first}, {"last_year", last}, {"years", static_cast<double>(years)}});
}

void add_cmgr(Sheet& sheet, const Period& period) {
    if (period.n() < 2) {
        sheet.add("cmgr", period, "ratio/month", without(Status::insufficient_data, "2 complete months needed"));
        return;
    }
    const double first = revenue_of(sheet, period.from, period.from), last = revenue_of(sheet, period.to, period.to);
    const auto rate = cagr(first, last, period.n() - 1);
    sheet.add("cmgr", period, "ratio/month",
              rate ? ok(*rate) : without(Status::undefined, "revenue of the first or last month is not positive"),
              {{"first_month", first}, {"last_month", last}});
}

void add_trend(Sheet& sheet, const Period& period) {
    if (period.n() < 4) {
        sheet.add(
            "trend_slope", period, "ratio/month",
            without(Status::insufficient_data, "4 complete months needed, there are " + std::to_string(period.n())));
        return;
    }
    const auto revenues = sheet.revenues(period);
    const double slope = *timeseries::theil_sen_slope(revenues), mean = *timeseries::mean(revenues);
    sheet.add("trend_slope", period, "ratio/month", ratio(slope, mean, "mean revenue"),
              {{"slope", slope}, {"mean", mean}});
}

}  // namespace

void add_growth(Sheet& sheet) {
    add_mom(sheet);
    add_yoy(sheet);
    add_cagr(sheet);
    for (const Period* period : {&sheet.all(), &sheet.t12()}) add_cmgr(sheet, *period);
    for (const Period* period : {&sheet.all(), &sheet.t12()}) add_trend(sheet, *period);
}

}  // namespace fin::metrics
