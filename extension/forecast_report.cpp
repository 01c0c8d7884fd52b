// SQL face of a report's forecasts: fin_forecast, fin_backtest and fin_explain_forecast of a report_id.
#include "datum.hpp"
#include "forecast/known_flows.hpp"
#include "forecast/ledger_forecast.hpp"
#include "forecast/request.hpp"
#include "report_kinds.hpp"
#include "rowset.hpp"
#include "subject.hpp"

using namespace fin;
using namespace fin::pg;

namespace {

// Options of an analysis, which say what the ledger is.
const std::vector<std::string> ledger_options = {"currency", "opening_balance", "rates"};

// A report's ledger in months, with the question asked of it.
class Asked {
public:
    Asked(Session& session, FunctionCallInfo fcinfo, forecast::Use use)
        : horizon_(PG_GETARG_INT32(1)),
          request_(forecast::Request::parse(json_text(PG_GETARG_DATUM(2)), use, ledger_options)),
          report_(find_report(session, PG_GETARG_DATUM(0))),
          made_(subject_of(session, report_, analysis::Options::parse(request_.rest))) {
        auto& subject = made_.load(session);
        ledger_ = &subject.built.ledger;
        if (ledger_->empty()) throw Error(ErrorCode::bad_data, "report " + report_.id_text + " has no rows");
        request_.russian = request_.russian || (!request_.language_given && subject.language == "ru");
        ledger::assign_kinds(*ledger_, subject.rules);
        monthly_ = ledger::by_month(*ledger_, check_interrupts);
        recurring_ = ledger::find_recurring(*ledger_, check_interrupts);
    }

    forecast::LedgerForecast forecast() const {
        return forecast::forecast_ledger(*ledger_, monthly_, recurring_,
                                         {horizon_, request_.options, forecast::seed_of(made_.subject.content_hash)},
                                         check_interrupts);
    }
    int horizon() const { return horizon_; }
    const forecast::Request& request() const { return request_; }
    const ledger::Monthly& monthly() const { return monthly_; }
    forecast::CashFlows flows() const { return forecast::cash_flows(*ledger_, monthly_, recurring_, horizon_); }

private:
    int horizon_;
    forecast::Request request_;
    Report report_;
    Made made_;
    ledger::Ledger* ledger_ = nullptr;
    ledger::Monthly monthly_;
    std::vector<ledger::RecurringSeries> recurring_;
};

// Below guard(), as all that fills a row.
Datum plain_number(double value, bool& null) {
    null = !std::isfinite(value);
    return null ? 0 : Float8GetDatum(value);
}
Datum plain_text(std::string_view text, bool& null) {
    null = text.empty();
    return null ? 0 : plain_text_of(text);
}

}  // namespace

FIN_FUNCTION(fin_forecast_report) {
    require_schema();
    Rowset result(fcinfo);
    Session session(Access::read);
    const Asked asked(session, fcinfo, forecast::Use::ledger);
    const auto made = asked.forecast();
    for (const auto* series : made.all()) {
        const std::string& reason = asked.request().in_words(series->reason);
        const auto add = [&](const forecast::MonthPoint* point) {
            result.add<12>([&](Datum* values, bool* nulls) {
                values[0] = plain_text(series->name, nulls[0]);
                std::fill(nulls + 1, nulls + 9, true);
                if (point) {
                    nulls[1] = false;
                    values[1] = date_of(ledger::first_day(point->month));
                    const double numbers[] = {point->predicted, point->lo80,       point->hi80,       point->lo95,
                                              point->hi95,      point->optimistic, point->pessimistic};
                    for (int i = 0; i < 7; ++i) values[2 + i] = plain_number(numbers[i], nulls[2 + i]);
                }
                values[9] = plain_text(series->model, nulls[9]);
                values[10] = plain_text(metrics::name(series->status), nulls[10]);
                values[11] = plain_text(reason, nulls[11]);
            });
        };
        for (const auto& point : series->points) add(&point);
        if (series->points.empty()) add(nullptr);
    }
    session.finish();
    return 0;
}

FIN_FUNCTION(fin_backtest_report) {
    require_schema();
    Rowset result(fcinfo);
    Session session(Access::read);
    const Asked asked(session, fcinfo, forecast::Use::ledger_backtest);
    const auto& request = asked.request();
    auto options = request.options;
    options.frequency = forecast::Frequency::monthly;
    const auto flows = asked.flows();
    for (const char* series : {"revenue", "expenses"}) {
        const bool revenue = series[0] == 'r';
        const auto observations = forecast::monthly_observations(asked.monthly(), revenue,
                                                                 revenue ? flows.revenue.past : flows.expenses.past);
        for (const auto& score : forecast::backtest(observations, asked.horizon(), request.origins, request.models,
                                                    options, check_interrupts)) {
            const std::string& reason = request.in_words(score.reason);
            result.add<12>([&](Datum* values, bool* nulls) {
                values[0] = plain_text(series, nulls[0]);
                values[1] = plain_text(score.model, nulls[1]);
                values[2] = Int32GetDatum(score.origins);
                values[3] = Int32GetDatum(score.points);
                const double numbers[] = {score.mase,       score.smape,   score.coverage80,
                                          score.coverage95, score.width80, score.width95};
                for (int i = 0; i < 6; ++i) values[4 + i] = plain_number(numbers[i], nulls[4 + i]);
                values[10] = plain_text(metrics::name(score.status), nulls[10]);
                values[11] = plain_text(reason, nulls[11]);
            });
        }
    }
    session.finish();
    return 0;
}

namespace {

struct Line {
    std::string_view series, kind, name;
    std::optional<std::int64_t> day;
    double value = 0;
    std::optional<forecast::Parts> parts;
};

void add_line(Rowset& result, const Line& line, const forecast::LedgerSeries& series, const std::string& reason) {
    result.add<13>([&](Datum* values, bool* nulls) {
        values[0] = plain_text(line.series, nulls[0]);
        values[1] = plain_text(line.kind, nulls[1]);
        nulls[2] = !line.day;
        if (line.day) values[2] = date_of(static_cast<ledger::Day>(*line.day));
        values[3] = plain_text(line.name, nulls[3]);
        values[4] = plain_number(line.value, nulls[4]);
        std::fill(nulls + 5, nulls + 10, true);
        if (line.parts) {
            const double parts[] = {line.parts->level, line.parts->trend, line.parts->season, line.parts->event,
                                    line.parts->remainder};
            for (int i = 0; i < 5; ++i) values[5 + i] = plain_number(parts[i], nulls[5 + i]);
        }
        values[10] = plain_text(series.model, nulls[10]);
        values[11] = plain_text(metrics::name(series.status), nulls[11]);
        values[12] = plain_text(reason, nulls[12]);
    });
}

}  // namespace

FIN_FUNCTION(fin_explain_forecast_report) {
    require_schema();
    Rowset result(fcinfo);
    Session session(Access::read);
    const Asked asked(session, fcinfo, forecast::Use::ledger);
    const auto& request = asked.request();
    const auto made = asked.forecast();
    const auto flows = asked.flows();
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    for (const auto* series : made.all()) {
        const std::string& reason = request.in_words(series->reason);
        const auto add = [&](const Line& line) { add_line(result, line, *series, reason); };
        const bool revenue = series == &made.revenue, fitted = revenue || series == &made.expenses;
        const auto& fit = revenue ? made.revenue_fit : made.expenses_fit;
        const auto& known = revenue ? flows.revenue.past : flows.expenses.past;
        if (fitted && series->forecast()) {
            for (std::size_t i = 0; i < fit.history.size() && i < fit.values.size(); ++i) {
                // Months of the history as they were booked: what recurs at known dates is an event.
                auto parts = fit.history[i];
                const auto month = ledger::month_of(static_cast<ledger::Day>(fit.days[i])) - asked.monthly().first;
                const auto at = static_cast<std::size_t>(month);
                const double paid = month >= 0 && at < known.size() ? known[at] : 0;
                parts.event += paid;
                add({series->name, "history", {}, fit.days[i], fit.values[i] + paid, parts});
            }
        }
        for (const auto& point : series->points)
            add({series->name, "forecast", {}, ledger::first_day(point.month), point.predicted, point.parts});
        if (fitted) {
            for (const auto& parameter : fit.parameters)
                add({series->name, "parameter", parameter.name, {}, parameter.value, {}});
            if (!fit.choice.en.empty()) add({series->name, "choice", request.in_words(fit.choice), {}, none, {}});
            for (const auto& note : fit.notes) add({series->name, "note", request.in_words(note), {}, none, {}});
        }
        if (!series->forecast()) add({series->name, "forecast", {}, {}, none, {}});
    }
    session.finish();
    return 0;
}
