// The coherent forecast of a ledger: revenue, expenses, profit and cash that agree with each other, and the runway.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "forecast/forecast.hpp"
#include "ledger/ledger.hpp"
#include "ledger/monthly.hpp"
#include "ledger/recurring.hpp"

namespace fin::forecast {

struct MonthPoint {
    ledger::Month month = 0;
    double predicted = 0, lo80 = 0, hi80 = 0, lo95 = 0, hi95 = 0, optimistic = 0, pessimistic = 0;
    Parts parts;  // of predicted
};

// Of one line of a ledger; `points` is empty unless the status is ok or estimated.
struct LedgerSeries {
    std::string_view name;  // revenue, expenses, profit, cash
    std::string model = {};
    Status status = Status::ok;
    Words reason = {};
    std::vector<MonthPoint> points = {};  // the horizon asked for

    bool forecast() const { return !points.empty(); }
};

struct Runway {
    Status status = Status::insufficient_data;
    Words reason;
    std::optional<double> months, low, high;  // high and months absent: lasts longer than the paths are
    double confidence = 0;                    // probability of lasting at least `months`, or as long as the paths are
};

inline constexpr int runway_months = 60;

struct LedgerForecast {
    LedgerSeries revenue{"revenue"}, expenses{"expenses"}, profit{"profit"}, cash{"cash"};
    Runway runway;
    // The first of the next twelve months that ends below zero, as predicted and on the lower 80 % bound; absent: none.
    std::optional<ledger::Month> zero_cash, zero_cash_lo80;
    bool cash_known = false;  // is there an opening balance: cash is relative to zero otherwise
    double cash_now = 0;      // at the end of the last complete month
    // By month over the next twelve (or the horizon, where it is longer).
    std::vector<double> central_revenue, central_expenses, central_cash;
    Forecast revenue_fit, expenses_fit;  // the models behind it, without the known payments

    bool made() const { return profit.forecast(); }
    std::array<const LedgerSeries*, 4> all() const { return {&revenue, &expenses, &profit, &cash}; }
    // The runway of the prediction where `monthly` more money comes in each month; nullopt: beyond the paths.
    std::optional<double> runway_with(double monthly) const;
    std::vector<double> central_cash_60;  // what runway_with starts from
};

struct LedgerRequest {
    int horizon = 6;  // months, 1 to 60
    Options options;
    std::uint64_t seed = 0;  // of the paths; from the content hash, so that equal rows give equal bytes
};

// One fit for revenue and one for expenses, at least a year ahead, whoever asks for how much of it. Profit is their
// difference in every column that is a prediction; its intervals and cash's are quantiles of joint paths.
LedgerForecast forecast_ledger(const ledger::Ledger& ledger, const ledger::Monthly& monthly,
                               const std::vector<ledger::RecurringSeries>& recurring, const LedgerRequest& request,
                               const InterruptCheck& check = never_interrupted);

// The complete months of revenue (or expenses) without known payments, as the fit gets them.
std::vector<Observation> monthly_observations(const ledger::Monthly& monthly, bool revenue,
                                              const std::vector<double>& known);

// From a hash in hexadecimal digits.
std::uint64_t seed_of(std::string_view content_hash);

}  // namespace fin::forecast
