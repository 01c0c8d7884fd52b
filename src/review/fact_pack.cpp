#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "error.hpp"
#include "hash/sha256.hpp"
#include "ledger/calendar.hpp"
#include "review/conceal.hpp"
#include "review/fact.hpp"
#include "review/metric_names.hpp"
#include "review/topics.hpp"

namespace fin::review {

namespace {

using nlohmann::json;

constexpr std::size_t most_categories = 10, most_anomalies = 20, most_effects = 8;

ledger::Month month_named(const std::string& text) {  // "2017-11", and what a date begins with
    return std::stoi(text.substr(0, 4)) * 12 + std::stoi(text.substr(5, 2)) - 1;
}

class Packer {
public:
    Packer(const json& document, Language language, std::string_view key)
        : document_(document), ru_(language == Language::ru), language_(language), conceal_(key) {
        pack_.language = language;
        currency_ = document.value("currency", json()).is_string() ? document["currency"].get<std::string>() : "";
        const json& period = document.at("period");
        if (period.at("last_complete_month").is_string()) last_ = month_named(period["last_complete_month"]);
        first_ = month_named(period.at("from"));
    }

    FactPack pack() {
        // The names of the ledger first: a category that is one of them is concealed as well.
        for (const auto& series : document_.value("recurring", json::array())) meet(series);
        for (const auto& anomaly : document_.value("anomalies", json::array())) meet(anomaly);
        comparison();
        metrics();
        risks();
        anomalies();
        categories();
        forecast();
        effects();
        if (pack_.facts.size() > most_facts) pack_.facts.resize(most_facts);
        pack_.names = conceal_.names();
        return std::move(pack_);
    }

private:
    const char* say(const char* en, const char* ru) const { return ru_ ? ru : en; }
    void meet(const json& row) {
        if (row.contains("counterparty") && row["counterparty"].is_string())
            conceal_.name(row["counterparty"].get<std::string>());
    }

    std::string formatted(double value, std::string_view unit) const {
        const auto number = [&](double x, int decimals) { return analysis::decimal(x, decimals, language_); };
        if (unit == "money" || unit == "money/month") {
            std::string text = analysis::amount(ledger::Money::of(std::clamp(value, -8e14, 8e14)), language_);
            if (!currency_.empty()) text += " " + currency_;
            if (unit == "money/month") text += say(" a month", " в месяц");
            return text;
        }
        if (unit == "ratio") return analysis::percent(value, language_);
        if (unit == "ratio/month") return analysis::percent(value, language_) + say(" a month", " в месяц");
        if (unit == "points") return number(value * 100, 1) + say(" points", " п. п.");
        if (unit == "times") return number(value, 1) + say(" times", " раза");
        if (unit == "months") return number(value, 1) + say(" months", " мес.");
        if (unit == "days") return number(value, 0) + say(" days", " дн.");
        if (unit == "count") return number(value, 0);
        return number(value, 2);
    }

    std::string months_between(ledger::Month from, ledger::Month to) const {
        if (from == to) return analysis::month_name(to, language_);
        return analysis::month_name(from, language_) + say(" to ", " – ") + analysis::month_name(to, language_);
    }
    // "T3" -> "September 2017 to November 2017", quarter
    std::pair<std::string, Span> period_of(const std::string& code) const {
        const auto trailing = [&](int n, Span span) {
            return std::pair(months_between(std::max(first_, last_ - n + 1), last_), span);
        };
        if (code == "T3") return trailing(3, Span::quarter);
        if (code == "T6") return trailing(6, Span::half_year);
        if (code == "T12") return trailing(12, Span::year);
        if (code == "P12") return {months_between(std::max(first_, last_ - 14), last_ - 3), Span::year};
        if (code.size() == 7 && code[4] == '-')
            return {analysis::month_name(month_named(code), language_), Span::month};
        return {months_between(first_, last_), Span::whole};
    }

    Fact& add(Fact fact) {
        fact.id = static_cast<int>(pack_.facts.size()) + 1;
        if (fact.topic.empty()) fact.topic = topic_of(fact.metric);
        pack_.facts.push_back(std::move(fact));
        return pack_.facts.back();
    }

    // The last months against those before them.
    void comparison() {
        const json& compared = document_.value("comparison", json::object());
        if (!compared.contains("figures") || !compared.contains("current") || !compared["current"].is_object()) return;
        const auto period = [&](const json& span) {
            return months_between(month_named(span.at("from")), month_named(span.at("to")));
        };
        const int months = compared["current"].value("months", 0);
        const Span span = months == 1 ? Span::month : months == 3 ? Span::quarter : Span::whole;
        for (const json& figure : compared["figures"]) {
            const std::string metric = figure.at("metric");
            const double now = figure.at("current"), before = figure.at("previous");
            const std::string where =
                " FROM jsonb_array_elements(fin_analysis($1) -> 'comparison' -> 'figures') f WHERE f ->> 'metric' = '" +
                metric + "'";
            Fact current;
            current.metric = metric;
            current.name = metric_name(metric, language_);
            current.period = period(compared["current"]);
            current.value = formatted(now, "money");
            current.change = figure.value("text", "");
            current.unit = "money";
            current.query = "SELECT f ->> 'current', f ->> 'text'" + where;
            current.span = span;
            current.direction = now > before ? Direction::up : now < before ? Direction::down : Direction::steady;
            current.is_loss = now < 0 && before < 0;
            add(std::move(current));
            Fact previous;
            previous.metric = metric;
            previous.name = metric_name(metric, language_);
            previous.period = period(compared["previous"]);
            previous.value = formatted(before, "money");
            previous.unit = "money";
            previous.query = "SELECT f ->> 'previous'" + where;
            previous.span = span;
            add(std::move(previous));
        }
    }

    bool compared(std::string_view metric) const {
        return std::any_of(pack_.facts.begin(), pack_.facts.end(),
                           [&](const Fact& fact) { return fact.metric == metric && fact.span == Span::quarter; });
    }

    void metrics() {
        static constexpr std::array<std::string_view, 4> periods = {"all", "T12", "T6", "T3"};
        static constexpr std::array<std::string_view, 33> wanted = {"runway",           "cash_balance",
                                                                    "min_balance",      "days_cash_on_hand",
                                                                    "net_burn",         "gross_burn",
                                                                    "revenue",          "expenses",
                                                                    "operating_profit", "net_profit",
                                                                    "net_cash_flow",    "gross_margin",
                                                                    "operating_margin", "net_margin",
                                                                    "yoy_growth",       "trend_slope",
                                                                    "payroll_ratio",    "fixed_cost_ratio",
                                                                    "top1_share",       "top3_share",
                                                                    "active_payers",    "new_payers",
                                                                    "lost_payers",      "recurring_share",
                                                                    "mrr_proxy",        "revenue_cv",
                                                                    "max_drawdown",     "breakeven_revenue",
                                                                    "margin_of_safety", "debt_service_coverage",
                                                                    "median_ticket",    "uncategorised_share",
                                                                    "months_covered"};
        const json& all = document_.at("metrics");
        for (const auto metric : wanted) {
            if (!all.contains(metric)) continue;
            for (const json& row : all[std::string(metric)].value("periods", json::array())) {
                const std::string period = row.value("period", "");
                if (std::find(periods.begin(), periods.end(), period) == periods.end() ||
                    !row.value("value", json()).is_number())
                    continue;
                const std::string status = row.value("status", "");
                if (status != "ok" && status != "estimated") continue;
                // Said already, with what it was before.
                if (period == "T3" && compared(metric)) continue;
                const double value = row["value"];
                Fact fact;
                fact.metric = metric;
                fact.name = metric_name(metric, language_);
                const json inputs = row.value("inputs", json::object());
                if (metric == "top1_share" && inputs.contains("largest") && inputs["largest"].is_string())
                    fact.name += ", " + conceal_.name(inputs["largest"].get<std::string>());
                std::tie(fact.period, fact.span) = period_of(period);
                if (metric == "cash_balance")
                    std::tie(fact.period, fact.span) = std::pair(analysis::month_name(last_, language_), Span::moment);
                fact.value = formatted(value, row.value("unit", ""));
                if (status == "estimated") fact.value += say(" (estimated)", " (оценка)");
                fact.unit = row.value("unit", "");
                fact.query = "SELECT value FROM fin_metrics($1) WHERE metric = '" + std::string(metric) +
                             "' AND period = '" + period + "'";
                if (metric == "yoy_growth" || metric == "trend_slope")
                    fact.direction = value > 0 ? Direction::up : value < 0 ? Direction::down : Direction::steady;
                add(std::move(fact));
            }
        }
    }

    void risks() {
        for (const json& risk : document_.value("risks", json::array())) {
            const std::string code = risk.at("code");
            const json evidence = risk.value("evidence", json::object());
            Item item{"r:" + code, code, risk.at("severity"), {}};
            const std::string from = " FROM fin_risks($1) WHERE code = '" + code + "'";
            const auto fact = [&](const std::string& name, const std::string& value, std::string_view unit,
                                  const std::string& what) {
                Fact made;
                made.metric = "risk:" + code;
                made.name = name;
                std::tie(made.period, made.span) = period_of("all");
                made.value = value;
                made.unit = unit;
                made.query = "SELECT ";
                made.query.append(what).append(from);
                item.facts.push_back(add(std::move(made)).id);
            };
            const std::string name(risk_name(code, language_));
            std::string subject;
            for (const char* const key : {"counterparty", "customer", "supplier", "payer"})
                if (evidence.contains(key) && evidence[key].is_string())
                    subject = conceal_.name(evidence[key].get<std::string>());
            if (evidence.contains("category") && evidence["category"].is_string())
                subject = conceal_.category(evidence["category"].get<std::string>());
            std::string whole = name;
            if (!subject.empty()) whole.append(": ").append(subject);
            if (evidence.contains("value") && evidence["value"].is_number())
                fact(whole, formatted(evidence["value"], risk_unit(code)), risk_unit(code), "evidence ->> 'value'");
            if (evidence.contains("line") && evidence["line"].is_number())
                fact(name + say(", line from which it holds", ", черта, с которой риск есть"),
                     formatted(evidence["line"], risk_unit(code)), risk_unit(code), "evidence ->> 'line'");
            if (risk.value("impact", json()).is_number())
                fact(name + say(", money at stake", ", деньги под риском"), formatted(risk["impact"], "money/month"),
                     "money/month", "impact");
            if (!item.facts.empty()) pack_.items.push_back(std::move(item));
        }
    }

    void anomalies() {
        std::size_t count = 0;
        for (const json& anomaly : document_.value("anomalies", json::array())) {
            if (anomaly.value("severity", "") == "low" || count == most_anomalies) continue;
            ++count;
            const std::string kind = anomaly.at("kind"), date = anomaly.value("booked_on", "");
            const bool has_row = anomaly.value("row_no", json()).is_number();
            const std::string row = has_row ? std::to_string(anomaly["row_no"].get<int>()) : date;
            Item item{"a:", kind, anomaly.at("severity"), {}};
            item.id.append(kind).append(":").append(row);
            if (std::any_of(pack_.items.begin(), pack_.items.end(),
                            [&](const Item& other) { return other.id == item.id; }))
                continue;
            const std::string from = " FROM fin_anomalies($1) WHERE kind = '" + kind + "' AND " +
                                     (has_row ? "row_no = " + row : "booked_on = '" + date + "'");
            std::string name(anomaly_name(kind, language_));
            if (anomaly.value("counterparty", json()).is_string())
                name += ": " + conceal_.name(anomaly["counterparty"].get<std::string>());
            const auto fact = [&](const std::string& called, const json& amount, const char* what) {
                if (!amount.is_number()) return;
                Fact made;
                made.metric = "anomaly:" + kind;
                made.topic = "anomaly expenses revenue";
                made.name = called;
                made.period = date;
                made.span = Span::moment;
                made.value = formatted(amount, "money");
                made.unit = "money";
                made.query = std::string("SELECT ") + what + from;
                item.facts.push_back(add(std::move(made)).id);
            };
            fact(name, anomaly.value("amount", json()), "amount");
            fact(std::string(anomaly_name(kind, language_)) + say(", usual amount", ", обычная сумма"),
                 anomaly.value("expected", json()), "expected");
            if (!item.facts.empty()) pack_.items.push_back(std::move(item));
        }
    }

    void categories() {
        std::vector<const json*> largest;
        const json list = document_.value("categories", json::array());
        for (const json& category : list)
            if (category.value("category", json()).is_string() && category.value("amount", json()).is_number())
                largest.push_back(&category);
        std::stable_sort(largest.begin(), largest.end(), [](const json* a, const json* b) {
            return std::abs((*a)["amount"].get<double>()) > std::abs((*b)["amount"].get<double>());
        });
        if (largest.size() > most_categories) largest.resize(most_categories);
        for (std::size_t place = 0; place < largest.size(); ++place) {
            const json* const category = largest[place];
            const double amount = (*category)["amount"];
            Fact fact;
            fact.metric = "category";
            fact.topic = amount < 0 ? "expenses" : "revenue";
            const std::string kind = category->value("kind", "");
            for (const char* const topic : {"payroll", "tax", "debt"})
                if (kind == topic) fact.topic += std::string(" ") + topic;
            fact.name = say("category ", "категория ") + conceal_.category((*category)["category"].get<std::string>());
            std::tie(fact.period, fact.span) = period_of("all");
            fact.value = formatted(std::abs(amount), "money");
            fact.unit = "money";
            // Its place in the list: the name stays out of the query.
            fact.query =
                "SELECT c -> 'amount' FROM jsonb_array_elements(fin_analysis($1) -> 'categories') c ORDER BY abs((c "
                "->> 'amount')::numeric) DESC OFFSET " +
                std::to_string(place) + " LIMIT 1";
            add(std::move(fact));
        }
    }

    void forecast() {
        const json& forecast = document_.value("forecast", json::object());
        for (const char* const series : {"revenue", "expenses", "profit", "cash"}) {
            const json points = forecast.value(series, json::array());
            if (points.empty()) continue;
            for (const std::size_t at : {std::size_t{0}, points.size() - 1}) {
                const json& point = points[at];
                Fact fact;
                fact.metric = std::string("forecast:") + series;
                fact.topic = topic_of(series);
                fact.name = std::string(say("forecast of ", "прогноз: ")) + std::string(series_name(series));
                fact.period = analysis::month_name(month_named(point.at("month")), language_);
                fact.span = Span::ahead;
                fact.unit = "money";
                fact.value = formatted(point.at("predicted"), "money");
                if (point.value("lo80", json()).is_number() && point.value("hi80", json()).is_number())
                    fact.value += std::string(say(" (80 % interval ", " (интервал 80 % ")) +
                                  formatted(point["lo80"], "money") + say(" to ", " – ") +
                                  formatted(point["hi80"], "money") + ")";
                fact.query = std::string("SELECT predicted, lo80, hi80 FROM fin_forecast($1) WHERE series = '") +
                             series + "' AND month = '" + point.at("month").get<std::string>() + "-01'";
                add(std::move(fact));
                if (points.size() == 1) break;
            }
        }
        const json runway = forecast.value("runway", json::object());
        if (runway.value("months", json()).is_number()) {
            Fact fact;
            fact.metric = "forecast:runway";
            fact.topic = topic_of("runway");
            fact.name = say("runway by the forecast", "запас времени по прогнозу");
            std::tie(fact.period, fact.span) = std::pair(analysis::month_name(last_, language_), Span::ahead);
            fact.unit = "months";
            fact.value = formatted(runway["months"], "months");
            fact.query = "SELECT fin_analysis($1) -> 'forecast' -> 'runway' -> 'months'";
            add(std::move(fact));
        }
    }
    std::string_view series_name(std::string_view series) const {
        if (series == "profit") return say("profit", "прибыль");
        if (series == "cash") return say("cash", "остаток денег");
        return metric_name(series, language_);
    }

    void effects() {
        std::size_t at = 0;
        for (const json& recommendation : document_.value("recommendations", json::array())) {
            if (at == most_effects) break;
            const std::string lever = recommendation.value("lever", "");
            if (recommendation.value("effect_monthly", json()).is_number()) {
                Fact fact;
                fact.metric = "effect:" + lever;
                fact.topic = "expenses profit cash";
                const json evidence = recommendation.value("evidence", json::object());
                fact.name = std::string(say("effect of ", "эффект: ")) + lever_name(lever);
                if (evidence.contains("category") && evidence["category"].is_string())
                    fact.name += ", " + conceal_.category(evidence["category"].get<std::string>());
                fact.period = say("the coming months", "ближайшие месяцы");
                fact.span = Span::ahead;
                fact.unit = "money/month";
                fact.value = formatted(recommendation["effect_monthly"], "money/month");
                fact.query =
                    "SELECT effect_monthly FROM fin_recommendations($1) OFFSET " + std::to_string(at) + " LIMIT 1";
                add(std::move(fact));
            }
            ++at;
        }
    }
    std::string lever_name(std::string lever) const {
        std::replace(lever.begin(), lever.end(), '_', ' ');
        return lever;
    }

    const json& document_;
    bool ru_;
    Language language_;
    Concealer conceal_;
    FactPack pack_;
    std::string currency_;
    ledger::Month first_ = 0, last_ = 0;
};

std::string_view word(Direction direction) {
    switch (direction) {
        case Direction::up: return "up";
        case Direction::down: return "down";
        case Direction::steady: return "steady";
        case Direction::unknown: break;
    }
    return {};
}

}  // namespace

FactPack fact_pack(const nlohmann::json& document, Language language, std::string_view workspace_key) {
    try {
        return Packer(document, language, workspace_key).pack();
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorCode::bad_data, "this is no analysis document", error.what());
    } catch (const std::logic_error& error) {  // a month that is none
        throw Error(ErrorCode::bad_data, "this is no analysis document", error.what());
    }
}

nlohmann::json FactPack::payload() const {
    json list = json::array();
    for (const Fact& fact : facts) {
        json one = {{"id", fact.id},
                    {"metric", fact.metric},
                    {"name", fact.name},
                    {"period", fact.period},
                    {"value", fact.value}};
        if (!fact.change.empty()) one["change"] = fact.change;
        if (fact.direction != Direction::unknown) one["direction"] = word(fact.direction);
        list.push_back(std::move(one));
    }
    json judged = json::array();
    for (const Item& item : items)
        judged.push_back({{"id", item.id}, {"code", item.code}, {"severity", item.severity}, {"fact_ids", item.facts}});
    return {
        {"language", language == Language::ru ? "ru" : "en"}, {"facts", std::move(list)}, {"items", std::move(judged)}};
}

std::string FactPack::hash() const { return hash::sha256(payload().dump()); }

}  // namespace fin::review
