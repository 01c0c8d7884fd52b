// The forecast of the document: four series that agree with each other, and the runway.
#include <cmath>

#include "analysis/facts.hpp"

namespace fin::analysis {

using json::Writer;

namespace {

void write_reason(Writer& out, const forecast::Words& reason, Language language) {
    const std::string& text = language == Language::ru ? reason.ru : reason.en;
    out.key("reason");
    if (text.empty())
        out.null();
    else
        out.value(std::string_view(text));
}

void write_points(Writer& out, const forecast::LedgerSeries& series) {
    out.begin_array();
    for (const auto& point : series.points) {
        out.begin_object().field("month", ledger::month_text(point.month)).field("predicted", point.predicted);
        out.field("lo80", point.lo80).field("hi80", point.hi80).field("lo95", point.lo95).field("hi95", point.hi95);
        out.field("optimistic", point.optimistic).field("pessimistic", point.pessimistic).end_object();
    }
    out.end_array();
}

// Tenths of a month: nobody plans by a hundredth.
void write_months(Writer& out, std::string_view key, const std::optional<double>& months) {
    out.key(key);
    if (months)
        out.value(std::round(*months * 10) / 10);
    else
        out.null();
}

}  // namespace

void write_forecast(Writer& out, const Findings& findings) {
    const auto& made = *findings.facts.forecast;
    out.begin_object();
    for (const auto* series : made.all()) {
        out.key(series->name);
        write_points(out, *series);
    }
    out.key("runway").begin_object();
    write_months(out, "months", made.runway.months);
    write_months(out, "low", made.runway.low);
    write_months(out, "high", made.runway.high);
    out.key("confidence");
    if (made.runway.status == metrics::Status::insufficient_data)
        out.null();
    else
        out.value(std::round(made.runway.confidence * 1000) / 1000);
    out.field("status", metrics::name(made.runway.status));
    write_reason(out, made.runway.reason, findings.language);
    out.end_object().key("series").begin_object();
    for (const auto* series : made.all()) {
        out.key(series->name).begin_object().key("model");
        if (series->model.empty())
            out.null();
        else
            out.value(std::string_view(series->model));
        out.field("status", metrics::name(series->status));
        write_reason(out, series->reason, findings.language);
        out.end_object();
    }
    out.end_object().end_object();
}

}  // namespace fin::analysis
