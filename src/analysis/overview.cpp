// The sections that a reader sees first: comparison, dashboard, quality, confidence, summary.
#include <algorithm>
#include <cmath>

#include "analysis/facts.hpp"

namespace fin::analysis {

using json::Writer;
using ledger::Money;

Comparison latest_comparison(const ledger::Monthly& monthly) {
    Comparison comparison;
    const int n = std::min(3, monthly.complete / 2);
    if (n == 0) return comparison;
    const auto last = monthly.last_complete();
    comparison.current = {last - n + 1, last};
    comparison.previous = {last - 2 * n + 1, last - n};
    return comparison;
}

namespace {

struct Figure {
    std::string_view code;
    Money (*of)(const ledger::Flows&);
};
constexpr Figure compared[] = {
    {"revenue", [](const ledger::Flows& flows) { return flows.revenue(); }},
    {"expenses", [](const ledger::Flows& flows) { return flows.expenses(); }},
    {"operating_profit", [](const ledger::Flows& flows) { return flows.operating_profit(); }},
    {"net_profit", [](const ledger::Flows& flows) { return flows.net_profit(); }},
    {"net_cash_flow", [](const ledger::Flows& flows) { return flows.net_cash_flow(); }},
};

void write_span(Writer& out, const ledger::Span& span) {
    out.begin_object().field("from", ledger::month_text(span.from)).field("to", ledger::month_text(span.to));
    out.field("months", span.n()).end_object();
}

// Number of a metric for the dashboard: null where its status says why.
void write_figure(Writer& out, std::string_view key, const metrics::Metric* metric) {
    out.key(key);
    if (metric && metric->value)
        out.value(*metric->value);
    else
        out.null();
}

double uncategorised_share(const ledger::Ledger& ledger) {
    double all = 0, without = 0;
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        all += ledger.amount[i].abs().value();
        if (ledger.category[i] == ledger::no_code) without += ledger.amount[i].abs().value();
    }
    return all > 0 ? without / all : 0;
}

int gap_months(const ledger::Monthly& monthly) {
    return static_cast<int>(std::ranges::count(monthly.months, 0, &ledger::Flows::rows));
}

}  // namespace

void write_comparison(Writer& out, const Findings& findings) {
    const auto& monthly = findings.facts.monthly;
    const auto comparison = latest_comparison(monthly);
    if (comparison.current.n() <= 0) {
        out.begin_object().field("status", "insufficient_data");
        out.field("reason", "two complete months are needed").end_object();
        return;
    }
    const auto current = monthly.sum(comparison.current.from, comparison.current.to);
    const auto previous = monthly.sum(comparison.previous.from, comparison.previous.to);
    out.begin_object().field("status", "ok").key("current");
    write_span(out, comparison.current);
    out.key("previous");
    write_span(out, comparison.previous);
    out.key("figures").begin_array();
    for (const auto& [code, of] : compared) {
        const Money now = of(current), before = of(previous);
        out.begin_object()
            .field("metric", code)
            .field("current", now)
            .field("previous", before)
            .field("change", now - before);
        out.key("change_ratio");
        if (before.units > 0)
            out.value((now - before).value() / before.value());
        else
            out.null();
        out.field("text", change(code, before, now, findings.language)).end_object();
    }
    out.end_array().end_object();
}

void write_dashboard(Writer& out, const Findings& findings) {
    const auto& monthly = findings.facts.monthly;
    struct Card {
        const char *key, *metric, *period;
    };
    static constexpr Card cards[] = {{"totalRevenue", "revenue", "all"},
                                     {"totalExpenses", "expenses", "all"},
                                     {"profitMargin", "operating_margin", "all"},
                                     {"burnRate", "net_burn", "T3"},
                                     {"runway", "runway", "T3"}};
    out.begin_object().key("metrics").begin_object();
    for (const auto& card : cards) write_figure(out, card.key, findings.metric(card.metric, card.period));
    out.key("status").begin_object();
    for (const auto& card : cards) {
        const auto* metric = findings.metric(card.metric, card.period);
        out.field(card.key, metric ? metrics::name(metric->status) : metrics::name(metrics::Status::not_available));
    }
    out.end_object().end_object();

    out.key("charts").begin_object().key("revenueTrend").begin_array();
    for (int i = 0; i < monthly.complete; ++i) {
        const auto at = static_cast<std::size_t>(i);
        out.begin_object().field("month", ledger::month_text(monthly.month(at)));
        out.field("revenue", monthly.months[at].revenue())
            .field("expenses", monthly.months[at].expenses())
            .end_object();
    }
    out.end_array().key("categoryBreakdown").begin_array();
    // The eight largest expense categories of the complete months, the rest in one slice.
    std::vector<ledger::MoneySum> cost(findings.facts.ledger.categories.size() + 1);
    const auto& ledger = findings.facts.ledger;
    for (std::size_t i = 0; i < ledger.size(); ++i)
        if (ledger::is_expense(ledger.kind[i]) && ledger::month_of(ledger.day[i]) <= monthly.last_complete())
            cost[ledger.category[i] == ledger::no_code ? cost.size() - 1
                                                       : static_cast<std::size_t>(ledger.category[i])] +=
                -ledger.amount[i];
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < cost.size(); ++i)
        if (cost[i].units != 0) order.push_back(i);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return cost[a].units > cost[b].units; });
    ledger::MoneySum rest;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i >= 8) {
            rest += cost[order[i]].money();
            continue;
        }
        const bool known = order[i] + 1 < cost.size();
        out.begin_object().key("category");
        if (known)
            out.value(ledger.categories.text(static_cast<ledger::Code>(order[i])));
        else
            out.null();
        out.field("amount", cost[order[i]].money()).end_object();
    }
    if (order.size() > 8)
        out.begin_object()
            .field("category", findings.language == Language::ru ? "Прочее" : "Other")
            .field("amount", rest.money())
            .field("merged", static_cast<int>(order.size()) - 8)
            .end_object();
    out.end_array().key("monthlyComparison");
    write_comparison(out, findings);
    out.end_object().key("topRisks");
    write_risks(out, findings, 3);
    out.end_object();
}

void write_quality(Writer& out, const Findings& findings) {
    const auto& [ledger, monthly, recurring, forecast, anomalies] = findings.facts;
    const auto& subject = findings.subject;
    out.begin_object().key("sections").begin_object();
    for (const char* section : {"metrics", "anomalies", "risks", "recommendations", "recurring"})
        out.field(section, monthly.complete > 0 ? "ok" : "insufficient_data");
    out.field("forecast", metrics::name(forecast ? forecast->profit.status : metrics::Status::not_available));
    out.field("ai", "not_available");
    out.end_object();
    out.field("rows", static_cast<std::int64_t>(subject.rows))
        .field("skipped", static_cast<std::int64_t>(subject.skipped));
    out.field("without_date_or_amount", static_cast<std::int64_t>(subject.without_date_or_amount));
    out.key("left_out").begin_array();
    for (const auto& currency : subject.built.left_out)
        out.begin_object()
            .field("currency", currency.currency)
            .field("rows", static_cast<std::int64_t>(currency.rows))
            .field("turnover", currency.turnover)
            .end_object();
    out.end_array();
    out.field("complete_months", monthly.complete).field("months_without_rows", gap_months(monthly));
    out.field("uncategorised_share", uncategorised_share(ledger));
    out.key("opening_balance");
    if (ledger.opening)
        out.value(*ledger.opening);
    else
        out.null();
    out.key("reconciliation_gap");
    if (ledger.balance_gap)
        out.value(*ledger.balance_gap);
    else
        out.null();
    out.end_object();
}

double confidence(const Findings& findings) {
    const auto& [ledger, monthly, recurring, forecast, anomalies] = findings.facts;
    if (monthly.complete == 0) return 0;
    const double length = std::min(1.0, monthly.complete / 12.0);
    const bool cash_known = ledger.opening && (!ledger.balance_gap || ledger.balance_gap->units == 0);
    const double gaps = gap_months(monthly) / static_cast<double>(monthly.months.size());
    const double sum =
        0.4 * length + 0.3 * (1 - uncategorised_share(ledger)) + (cash_known ? 0.2 : 0.1) + 0.1 * (1 - gaps);
    return std::round(sum * 100) / 100;
}

namespace {

std::string runway_text(const Findings& findings) {
    const bool ru = findings.language == Language::ru;
    const auto* runway = findings.metric("runway", "T3");
    if (!runway || !findings.facts.ledger.opening)
        return ru ? "Остаток денег неизвестен (нет начального остатка), поэтому запас хода не рассчитан."
                  : "Cash is unknown (no opening balance), so no runway is stated.";
    if (runway->status == metrics::Status::infinite)
        return ru ? "Деньги за последние три месяца не убывают." : "Cash did not shrink over the last three months.";
    if (!runway->value) return {};
    if (*runway->value <= 0) return ru ? "Деньги исчерпаны." : "Cash is exhausted.";
    const std::string months = decimal(*runway->value, 1, findings.language);
    return ru ? "При нынешнем расходе денег хватит примерно на " + months + " мес."
              : "At the present burn cash lasts about " + months + " months.";
}

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    // Russian lower-case letters а..п are D0 B0..BF, р..я D1 80..8F; capitals are 32 code points before.
    if (text.size() > 1 && static_cast<unsigned char>(text[0]) == 0xD0 && static_cast<unsigned char>(text[1]) >= 0xB0)
        text[1] = static_cast<char>(text[1] - 0x20);
    else if (text.size() > 1 && static_cast<unsigned char>(text[0]) == 0xD1 &&
             static_cast<unsigned char>(text[1]) <= 0x8F)
        text[0] = static_cast<char>(0xD0), text[1] = static_cast<char>(text[1] + 0x20);
    return text;
}

}  // namespace

std::string summary(const Findings& findings) {
    const bool ru = findings.language == Language::ru;
    const auto language = findings.language;
    const auto& monthly = findings.facts.monthly;
    if (monthly.complete == 0)
        return ru ? "В отчёте нет ни одного полного месяца: показатели не рассчитаны."
                  : "The report has no complete month: no figures are stated.";
    const auto flows = monthly.sum(monthly.first, monthly.last_complete());
    const std::string& currency = findings.facts.ledger.currency;
    const std::string unit = currency.empty() ? "" : " " + currency;
    const int n = monthly.complete;
    const Money profit = flows.operating_profit();
    std::string text;
    if (ru) {
        text = "За " + std::to_string(n) + " " +
               std::string(plural_ru(n, "полный месяц", "полных месяца", "полных месяцев")) + " (" +
               month_name(monthly.first, language) + " – " + month_name(monthly.last_complete(), language) +
               ") выручка составила " + amount(flows.revenue(), language) + unit + ", расходы " +
               amount(flows.expenses(), language) + unit + ", операционн" +
               (profit.units < 0 ? "ый убыток " : "ая прибыль ") + amount(profit.abs(), language) + unit + ".";
    } else {
        text = "Over " + std::to_string(n) + (n == 1 ? " complete month" : " complete months") + " (" +
               month_name(monthly.first, language) + " to " + month_name(monthly.last_complete(), language) +
               ") revenue was " + amount(flows.revenue(), language) + unit + ", expenses " +
               amount(flows.expenses(), language) + unit + ", the operating " +
               (profit.units < 0 ? "loss " : "profit ") + amount(profit.abs(), language) + unit + ".";
    }
    if (const auto comparison = latest_comparison(monthly); comparison.current.n() > 0) {
        const auto now = monthly.sum(comparison.current.from, comparison.current.to);
        const auto before = monthly.sum(comparison.previous.from, comparison.previous.to);
        const int m = comparison.current.n();
        text += ru ? " За последние " + std::to_string(m) + " мес. против предыдущих " + std::to_string(m) + ": "
                   : " Last " + std::to_string(m) + (m == 1 ? " month" : " months") + " against the " +
                         std::to_string(m) + " before: ";
        text += change("revenue", before.revenue(), now.revenue(), language) + "; " +
                change("expenses", before.expenses(), now.expenses(), language) + "; " +
                change("operating_profit", before.operating_profit(), now.operating_profit(), language) + ".";
    }
    if (const std::string runway = runway_text(findings); !runway.empty()) text += " " + runway;
    const auto holds = std::ranges::count_if(
        findings.risks, [](const risk::Risk& risk) { return risk.severity != risk::Severity::low; });
    if (holds == 0) {
        text += ru ? " Рисков выше порогов не найдено." : " No risk is above its line.";
    } else {
        const auto& first = findings.risks.front();
        text += ru ? " Главный риск: " + first.title_ru : " Main risk: " + first.title_en;
        if (text.back() != '.') text += ".";
    }
    if (!findings.recommendations.empty()) {
        const auto& first = findings.recommendations.front();
        text += " " + capitalised(ru ? first.action_ru : first.action_en);
        if (text.back() != '.') text += ".";
        if (first.effect_monthly.units > 0)
            text += ru ? " Эффект: " + amount(first.effect_monthly, language) + unit + " в месяц."
                       : " Effect: " + amount(first.effect_monthly, language) + unit + " a month.";
    }
    return text;
}

}  // namespace fin::analysis
