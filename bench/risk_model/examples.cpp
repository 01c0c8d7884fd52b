#include "examples.hpp"

#include "anomaly/finding.hpp"
#include "companies.hpp"
#include "forecast/ledger_forecast.hpp"
#include "ledger/monthly.hpp"
#include "ledger/recurring.hpp"
#include "risk/find.hpp"
#include "risk/series.hpp"

namespace fin::risk_model {

namespace {

// A plain forecast of cash, for negative_cash: the mean burn of the last half year goes on. The real one takes a
// hundred times as long as everything else here.
forecast::LedgerForecast plain_forecast(const risk::Picture& picture) {
    forecast::LedgerForecast made;
    made.cash_known = picture.cash_is_known();
    made.cash_now = picture.cash();
    const double burn = risk::mean(risk::Picture::trailing(picture.burn, 6));
    for (int step = 1; step <= 12; ++step) {
        made.central_cash.push_back(made.cash_now - burn * step);
        if (made.cash_known && made.central_cash.back() < 0 && !made.zero_cash) made.zero_cash = picture.last() + step;
    }
    return made;
}

}  // namespace

std::vector<Example> examples_of(std::uint64_t seed) {
    const Simulated made = company(seed);
    const auto monthly = ledger::by_month(made.ledger);
    const auto recurring = ledger::find_recurring(made.ledger);
    const anomaly::Strictness as_shipped;
    const InterruptCheck check = never_interrupted;
    const auto anomalies = anomaly::find_anomalies(
        {made.ledger, monthly, recurring, ledger::usual_expenses(monthly), seed, as_shipped, check});
    const metrics::Facts past{made.ledger, monthly, recurring, nullptr, &anomalies};
    const auto forecast = plain_forecast(risk::Picture(past, check));
    const metrics::Facts facts{made.ledger, monthly, recurring, &forecast, &anomalies};
    const risk::Picture picture(facts, check);
    auto risks = risk::judged_risks(picture);
    const auto rows = risk::score_rows(picture, risks);
    std::vector<Example> examples;
    for (std::size_t i = 0; i < risks.size(); ++i)
        examples.push_back({rows[i], risks[i].severity, risks[i].score, 0, made.trouble});
    risk::set_scores(picture, risks);
    for (std::size_t i = 0; i < risks.size(); ++i) examples[i].score = risks[i].score;
    return examples;
}

}  // namespace fin::risk_model
