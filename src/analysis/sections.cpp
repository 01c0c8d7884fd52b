// The sections of the document that list what the engines found.
#include <algorithm>
#include <cmath>

#include "analysis/facts.hpp"
#include "metrics/reason.hpp"

namespace fin::analysis {

using json::Writer;
using ledger::Money;
using ledger::MoneySum;

namespace {

void write_input(Writer& out, const std::string& name, double value, const std::string& text) {
    out.key(name);
    // Six decimals tell everything about money and ratios; what binary sums add beyond them tells nothing.
    if (text.empty())
        out.value(std::abs(value) < 1e9 ? std::round(value * 1e6) / 1e6 : value);
    else
        out.value(std::string_view(text));
}

void write_reason(Writer& out, const std::string& reason, Language language) {
    out.key("reason");
    if (reason.empty())
        out.null();
    else
        out.value(language == Language::ru ? metrics::reason_ru(reason) : reason);
}

void write_row(Writer& out, const metrics::Metric& metric, Language language) {
    out.begin_object().field("period", metric.period).key("value");
    if (metric.value)
        out.value(*metric.value);
    else
        out.null();
    out.field("unit", metric.unit).field("status", metrics::name(metric.status));
    write_reason(out, metric.reason, language);
    out.field("n", metric.n).key("inputs").begin_object();
    for (const auto& input : metric.inputs) write_input(out, input.name, input.value, input.text);
    out.end_object().end_object();
}

void write_evidence(Writer& out, const std::vector<risk::Evidence>& evidence) {
    out.begin_object();
    for (const auto& item : evidence) write_input(out, item.name, item.value, item.text);
    out.end_object();
}

}  // namespace

const metrics::Metric* Findings::metric(std::string_view name, std::string_view period) const {
    for (const auto& metric : metrics)
        if (metric.metric == name && metric.period == period) return &metric;
    return nullptr;
}

// Each metric carries its headline (the first of its periods) and every period's row.
void write_metrics(Writer& out, const Findings& findings) {
    out.begin_object();
    const auto& all = findings.metrics;
    for (std::size_t i = 0; i < all.size();) {
        std::size_t end = i;
        while (end < all.size() && all[end].metric == all[i].metric) ++end;
        out.key(all[i].metric).begin_object();
        out.field("period", all[i].period).key("value");
        if (all[i].value)
            out.value(*all[i].value);
        else
            out.null();
        out.field("unit", all[i].unit).field("status", metrics::name(all[i].status));
        write_reason(out, all[i].reason, findings.language);
        out.field("n", all[i].n).key("periods").begin_array();
        for (; i < end; ++i) write_row(out, all[i], findings.language);
        out.end_array().end_object();
    }
    out.end_object();
}

void write_monthly(Writer& out, const Findings& findings) {
    const auto& [ledger, monthly, recurring, forecast, anomalies] = findings.facts;
    std::vector<MoneySum> inflow(monthly.months.size()), outflow(monthly.months.size());
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        const auto month = static_cast<std::size_t>(ledger::month_of(ledger.day[i]) - monthly.first);
        (ledger.amount[i].units > 0 ? inflow : outflow)[month] += ledger.amount[i];
    }
    out.begin_array();
    for (std::size_t i = 0; i < monthly.months.size(); ++i) {
        const auto& flows = monthly.months[i];
        out.begin_object().field("month", ledger::month_text(monthly.month(i)));
        out.field("complete", static_cast<int>(i) < monthly.complete).field("rows", flows.rows);
        out.field("inflow", inflow[i].money()).field("outflow", -outflow[i].money());
        out.field("revenue", flows.revenue()).field("expenses", flows.expenses());
        out.field("operating_profit", flows.operating_profit()).field("net_profit", flows.net_profit());
        out.field("net_cash_flow", flows.net_cash_flow()).field("cash", monthly.cash[i]).end_object();
    }
    out.end_array();
}

void write_categories(Writer& out, const Findings& findings) {
    const auto& [ledger, monthly, recurring, forecast, anomalies] = findings.facts;
    struct Total {
        MoneySum amount, t3;
        int rows = 0;
        std::array<MoneySum, ledger::kind_count> by_kind{};
    };
    std::vector<Total> totals(ledger.categories.size() + 1);  // the last: no category
    const auto t3 = ledger::trailing(monthly, 3);
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        auto& total = ledger.category[i] == ledger::no_code ? totals.back()
                                                            : totals[static_cast<std::size_t>(ledger.category[i])];
        total.amount += ledger.amount[i];
        total.by_kind[static_cast<std::size_t>(ledger.kind[i])] += ledger.amount[i];
        ++total.rows;
        if (t3.n() > 0) {
            const auto month = ledger::month_of(ledger.day[i]);
            if (month >= t3.from && month <= t3.to) total.t3 += ledger.amount[i];
        }
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < totals.size(); ++i)
        if (totals[i].rows > 0) order.push_back(i);
    Pulse pulse(findings.check);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        pulse();
        return totals[a].amount.money().abs() > totals[b].amount.money().abs();
    });
    out.begin_array();
    for (const std::size_t i : order) {
        const bool known = i < ledger.categories.size();
        out.begin_object().key("category");
        if (known)
            out.value(ledger.categories.text(static_cast<ledger::Code>(i)));
        else
            out.null();
        out.key("kind");
        if (known && i < findings.kinds.size())
            out.value(ledger::name(findings.kinds[i].kind));
        else
            out.null();
        out.key("kind_source");
        if (known && i < findings.kinds.size())
            out.value(findings.kinds[i].source);
        else
            out.null();
        out.field("amount", totals[i].amount.money()).field("rows", totals[i].rows);
        out.field("t3", totals[i].t3.money()).key("by_kind").begin_object();
        for (std::size_t kind = 0; kind < ledger::kind_count; ++kind)
            if (totals[i].by_kind[kind].units != 0)
                out.field(ledger::kind_names[kind], totals[i].by_kind[kind].money());
        out.end_object().end_object();
    }
    out.end_array();
}

void write_risks(Writer& out, const Findings& findings, std::size_t at_most) {
    out.begin_array();
    for (std::size_t i = 0; i < findings.risks.size() && i < at_most; ++i) {
        const auto& risk = findings.risks[i];
        out.begin_object()
            .field("code", risk.code)
            .field("severity", risk::name(risk.severity))
            .field("score", risk.score);
        out.field("title", findings.language == Language::ru ? risk.title_ru : risk.title_en).key("evidence");
        write_evidence(out, risk.evidence);
        out.key("impact");
        if (risk.impact)
            out.value(*risk.impact);
        else
            out.null();
        out.end_object();
    }
    out.end_array();
}

void write_recommendations(Writer& out, const Findings& findings) {
    out.begin_array();
    for (const auto& item : findings.recommendations) {
        out.begin_object().field("priority", item.priority);
        out.field("action", findings.language == Language::ru ? item.action_ru : item.action_en);
        out.field("effect_monthly", item.effect_monthly).field("lever", item.lever).key("risk_code");
        if (item.risk_code.empty())
            out.null();
        else
            out.value(std::string_view(item.risk_code));
        out.key("evidence");
        write_evidence(out, item.evidence);
        out.end_object();
    }
    out.end_array();
}

void write_recurring(Writer& out, const Findings& findings) {
    const auto& ledger = findings.facts.ledger;
    out.begin_array();
    for (const auto& series : findings.facts.recurring) {
        out.begin_object().field("counterparty", ledger.counterparties.text(series.counterparty)).key("category");
        if (series.category == ledger::no_code)
            out.null();
        else
            out.value(ledger.categories.text(series.category));
        out.field("direction", series.inflow ? "in" : "out").field("kind", ledger::name(series.kind));
        out.field("cadence", ledger::name(series.cadence))
            .field("state", ledger::name(series.state))
            .field("hits", series.hits);
        out.field("early", series.early).field("variable", series.variable);
        out.field("median_amount", series.median_amount).field("monthly_amount", series.monthly_amount);
        out.field("first", ledger::date_text(series.first)).field("last", ledger::date_text(series.last));
        out.field("next", ledger::date_text(series.next)).end_object();
    }
    out.end_array();
}

}  // namespace fin::analysis
