#include "exporter/report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "error.hpp"

namespace fin::exporter {

using nlohmann::json;

namespace {

const json& part(const json& object, const char* key) {
    static const json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

std::string text(const json& object, const char* key) {
    const json& value = part(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

double number(const json& object, const char* key) {
    const json& value = part(object, key);
    return value.is_number() ? value.get<double>() : 0;
}

std::optional<double> maybe(const json& object, const char* key) {
    const json& value = part(object, key);
    return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

int whole(const json& object, const char* key) {
    const json& value = part(object, key);
    return value.is_number_integer() ? value.get<int>() : 0;
}

long long large(const json& object, const char* key) {
    const json& value = part(object, key);
    return value.is_number_integer() ? value.get<long long>() : 0;
}

template <class Row, class Read>
std::vector<Row> rows(const json& list, Read read) {
    std::vector<Row> out;
    if (!list.is_array()) return out;
    out.reserve(list.size());
    for (const json& item : list) out.push_back(read(item));
    return out;
}

MonthRow month_row(const json& item) {
    MonthRow row;
    row.month = text(item, "month");
    row.complete = part(item, "complete") == true;
    row.rows = whole(item, "rows");
    row.inflow = number(item, "inflow");
    row.outflow = number(item, "outflow");
    row.revenue = number(item, "revenue");
    row.expenses = number(item, "expenses");
    row.operating_profit = number(item, "operating_profit");
    row.net_profit = number(item, "net_profit");
    row.net_cash_flow = number(item, "net_cash_flow");
    row.cash = number(item, "cash");
    return row;
}

Comparison comparison(const json& item) {
    Comparison made;
    made.made = text(item, "status") == "ok";
    made.reason = text(item, "reason");
    const json &current = part(item, "current"), &previous = part(item, "previous");
    made.months = whole(current, "months");
    made.from = text(current, "from"), made.to = text(current, "to");
    made.previous_from = text(previous, "from"), made.previous_to = text(previous, "to");
    made.figures = rows<Compared>(part(item, "figures"), [](const json& figure) {
        return Compared{text(figure, "metric"),     text(figure, "text"),     number(figure, "current"),
                        number(figure, "previous"), number(figure, "change"), maybe(figure, "change_ratio")};
    });
    return made;
}

AnomalyRow anomaly_row(const json& item) {
    AnomalyRow row;
    if (part(item, "row_no").is_number_integer()) row.row_no = large(item, "row_no");
    row.booked_on = text(item, "booked_on");
    row.category = text(item, "category"), row.counterparty = text(item, "counterparty");
    row.kind = text(item, "kind"), row.severity = text(item, "severity"), row.reason = text(item, "reason");
    row.amount = maybe(item, "amount"), row.expected = maybe(item, "expected");
    row.score = number(item, "score"), row.at_stake = number(item, "at_stake");
    return row;
}

RiskRow risk_row(const json& item) {
    RiskRow row;
    row.code = text(item, "code"), row.severity = text(item, "severity"), row.title = text(item, "title");
    row.score = number(item, "score"), row.impact = maybe(item, "impact");
    const json& evidence = part(item, "evidence");
    if (evidence.is_object())
        for (const auto& [name, value] : evidence.items()) {
            if (value.is_number())
                row.evidence.push_back({name, {}, value.get<double>()});
            else if (value.is_string() && !value.get_ref<const std::string&>().empty())
                row.evidence.push_back({name, value.get<std::string>(), 0});
        }
    return row;
}

RecurringRow recurring_row(const json& item) {
    return {text(item, "counterparty"),
            text(item, "category"),
            text(item, "direction"),
            text(item, "cadence"),
            text(item, "state"),
            text(item, "next"),
            number(item, "median_amount"),
            number(item, "monthly_amount"),
            whole(item, "hits")};
}

ForecastSeries series_of(const json& forecast, const char* name) {
    ForecastSeries series;
    series.name = name;
    const json& about = part(part(forecast, "series"), name);
    series.model = text(about, "model"), series.status = text(about, "status"), series.reason = text(about, "reason");
    series.points = rows<ForecastPoint>(part(forecast, name), [](const json& item) {
        return ForecastPoint{text(item, "month"),        number(item, "predicted"),  number(item, "lo80"),
                             number(item, "hi80"),       number(item, "lo95"),       number(item, "hi95"),
                             number(item, "optimistic"), number(item, "pessimistic")};
    });
    return series;
}

std::vector<MetricRow> metric_rows(const json& metrics) {
    std::vector<MetricRow> out;
    if (!metrics.is_object()) return out;
    for (const auto& [code, metric] : metrics.items()) {
        MetricRow row{code, {}};
        row.periods = rows<MetricPeriod>(part(metric, "periods"), [](const json& item) {
            return MetricPeriod{text(item, "period"), text(item, "unit"),   text(item, "status"),
                                text(item, "reason"), maybe(item, "value"), whole(item, "n")};
        });
        if (!row.periods.empty()) out.push_back(std::move(row));
    }
    return out;
}

Quality quality_of(const json& item) {
    Quality quality;
    quality.rows = large(item, "rows"), quality.skipped = large(item, "skipped");
    quality.without_date_or_amount = large(item, "without_date_or_amount");
    quality.months_without_rows = whole(item, "months_without_rows");
    quality.uncategorised_share = number(item, "uncategorised_share");
    quality.opening_balance = maybe(item, "opening_balance");
    quality.reconciliation_gap = maybe(item, "reconciliation_gap");
    quality.left_out = rows<LeftOut>(part(item, "left_out"), [](const json& left) {
        return LeftOut{text(left, "currency"), large(left, "rows"), number(left, "turnover")};
    });
    return quality;
}

void read_ai(const json& ai, Report& report) {
    report.ai_headline = text(part(ai, "headline"), "text");
    for (const auto& statement :
         rows<std::string>(part(ai, "statements"), [](const json& item) { return text(item, "text"); }))
        if (!statement.empty()) report.ai_statements.push_back(statement);
}

}  // namespace

Report read_report(std::string_view analysis_json) {
    const json document = json::parse(analysis_json, nullptr, false);
    if (!document.is_object() || !part(document, "period").is_object())
        throw Error(ErrorCode::bad_data, "this is no analysis document");
    Report report;
    report.report_id = text(document, "report_id"), report.currency = text(document, "currency");
    const json& period = part(document, "period");
    report.from = text(period, "from"), report.to = text(period, "to");
    report.months = whole(period, "months"), report.complete_months = whole(period, "complete_months");
    report.last_complete_month = text(period, "last_complete_month");
    report.summary = text(part(document, "summary"), "text");
    report.language = analysis::language_named(text(part(document, "summary"), "language"));
    report.engine = text(part(document, "engine"), "version");
    report.content_hash = text(part(document, "engine"), "content_hash");
    report.confidence = number(document, "confidence");
    report.monthly = rows<MonthRow>(part(document, "monthly"), month_row);
    report.categories = rows<CategoryRow>(part(document, "categories"), [](const json& item) {
        return CategoryRow{text(item, "category"), text(item, "kind"), number(item, "amount"), number(item, "t3"),
                           whole(item, "rows")};
    });
    report.expense_slices =
        rows<Slice>(part(part(part(document, "dashboard"), "charts"), "categoryBreakdown"), [](const json& item) {
            return Slice{text(item, "category"), number(item, "amount"), whole(item, "merged")};
        });
    report.comparison = comparison(part(document, "comparison"));
    report.anomalies = rows<AnomalyRow>(part(document, "anomalies"), anomaly_row);
    report.risks = rows<RiskRow>(part(document, "risks"), risk_row);
    report.advice = rows<AdviceRow>(part(document, "recommendations"), [](const json& item) {
        return AdviceRow{text(item, "priority"), text(item, "action"), text(item, "lever"), text(item, "risk_code"),
                         number(item, "effect_monthly")};
    });
    report.recurring = rows<RecurringRow>(part(document, "recurring"), recurring_row);
    const json& forecast = part(document, "forecast");
    for (const char* name : {"revenue", "expenses", "profit", "cash"})
        report.forecast.push_back(series_of(forecast, name));
    const json& runway = part(forecast, "runway");
    report.runway = {maybe(runway, "months"),     maybe(runway, "low"),   maybe(runway, "high"),
                     maybe(runway, "confidence"), text(runway, "status"), text(runway, "reason")};
    report.metrics = metric_rows(part(document, "metrics"));
    report.quality = quality_of(part(document, "quality"));
    read_ai(part(document, "ai"), report);
    return report;
}

const Compared* Comparison::figure(std::string_view metric) const {
    const auto found = std::ranges::find(figures, metric, &Compared::metric);
    return found == figures.end() ? nullptr : &*found;
}

const MetricPeriod* MetricRow::of(std::string_view period) const {
    const auto found = std::ranges::find(periods, period, &MetricPeriod::period);
    return found == periods.end() ? nullptr : &*found;
}

const MetricRow* Report::metric(std::string_view code) const {
    const auto found = std::ranges::find(metrics, code, &MetricRow::code);
    return found == metrics.end() ? nullptr : &*found;
}

std::optional<double> Report::value(std::string_view code, std::string_view period) const {
    const MetricRow* row = metric(code);
    const MetricPeriod* at = row ? row->of(period) : nullptr;
    return at ? at->value : std::nullopt;
}

const ForecastSeries& Report::series(std::string_view name) const {
    static const ForecastSeries none;
    const auto found = std::ranges::find(forecast, name, &ForecastSeries::name);
    return found == forecast.end() ? none : *found;
}

std::vector<MonthRow> Report::complete() const {
    std::vector<MonthRow> out;
    for (const MonthRow& row : monthly)
        if (row.complete) out.push_back(row);
    return out;
}

int Report::money_decimals() const {
    static constexpr std::array without_cents = {"JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF", "PYG", "RWF"};
    if (std::ranges::find(without_cents, currency) != without_cents.end()) return 0;
    double largest = 0;
    for (const MonthRow& row : monthly)
        largest = std::max({largest, std::abs(row.cash), row.inflow, row.outflow, std::abs(row.revenue)});
    for (const char* code : {"revenue", "expenses"})
        largest = std::max(largest, std::abs(value(code, "all").value_or(0)));
    return largest < 1e7 ? 2 : 0;
}

}  // namespace fin::exporter
