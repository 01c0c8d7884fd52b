#include "analysis/analysis.hpp"

#include "analysis/facts.hpp"
#include "error.hpp"
#include "recommendation/recommend.hpp"
#include "risk/find.hpp"

namespace fin::analysis {

namespace {

constexpr int default_horizon = 6;  // months, as fin_forecast's

void write_period(json::Writer& out, const ledger::Ledger& ledger, const ledger::Monthly& monthly) {
    out.begin_object()
        .field("from", ledger::date_text(ledger.day.front()))
        .field("to", ledger::date_text(ledger.day.back()));
    out.field("months", static_cast<int>(monthly.months.size()))
        .field("complete_months", monthly.complete)
        .key("last_complete_month");
    if (monthly.complete > 0)
        out.value(ledger::month_text(monthly.last_complete()));
    else
        out.null();
    out.end_object();
}

void write_text(json::Writer& out, std::string_view key, const std::string& text) {
    out.key(key);
    if (text.empty())
        out.null();
    else
        out.value(std::string_view(text));
}

// An identifier taken for a category makes a document that no reader and no jsonb can hold.
constexpr std::size_t most_categories = 20'000, most_bytes = std::size_t{32} << 20;

void refuse_too_many(const ledger::Ledger& ledger) {
    if (ledger.categories.size() <= most_categories) return;
    throw Error(ErrorCode::limit_exceeded, "the ledger has too many categories",
                "It has " + std::to_string(ledger.categories.size()) + " of them; at most " +
                    std::to_string(most_categories) + " can be analysed.",
                "Check which column holds the category: a number of each row is none.");
}

void refuse_too_large(const std::string& text, std::size_t recurring) {
    if (text.size() <= most_bytes) return;
    throw Error(ErrorCode::limit_exceeded, "the analysis would be larger than 32 MB",
                "It would list " + std::to_string(recurring) + " recurring payments, and every category.",
                "Look for texts that are too long or belong to one row each, or analyse a part of the ledger.");
}

}  // namespace

std::string document(Subject& subject, const InterruptCheck& check) {
    auto& ledger = subject.built.ledger;
    if (ledger.empty())
        throw Error(ErrorCode::bad_data, "report " + subject.report_id + " has no rows to analyse",
                    std::to_string(subject.skipped) + " rows were skipped at import.");
    refuse_too_many(ledger);
    const auto kinds = ledger::assign_kinds(ledger, subject.rules, check);
    check();
    const auto monthly = ledger::by_month(ledger, check);
    const auto recurring = ledger::find_recurring(ledger, check);
    const auto forecast = forecast::forecast_ledger(
        ledger, monthly, recurring, {default_horizon, {}, forecast::seed_of(subject.content_hash)}, check);
    const anomaly::Setting setting{ledger,
                                   monthly,
                                   recurring,
                                   ledger::usual_expenses(monthly),
                                   forecast::seed_of(subject.content_hash),
                                   subject.strictness,
                                   check,
                                   &subject.dismissed};
    const auto anomalies = anomaly::find_anomalies(setting);
    const metrics::Facts facts{ledger, monthly, recurring, &forecast, &anomalies};
    const auto metrics = metrics::compute(facts, check);
    const risk::Picture picture(facts, check);
    check();
    auto risks = risk::find_risks(picture, risk::with_learned(subject.thresholds, subject.risk_strictness));
    leave_out(risks, subject.put_aside);
    check();
    auto recommendations = recommendation::recommend(picture, risks);
    leave_out(recommendations, subject.put_aside);
    check();
    const Findings findings{subject,         facts, language_named(subject.language), kinds, metrics, risks,
                            recommendations, check};

    json::Writer out([&](const std::string& text) {
        check();
        refuse_too_large(text, recurring.size());
    });
    out.begin_object().field("report_id", subject.report_id).key("period");
    write_period(out, ledger, monthly);
    write_text(out, "currency", ledger.currency);
    out.key("metrics");
    write_metrics(out, findings);
    out.key("monthly");
    write_monthly(out, findings);
    out.key("categories");
    write_categories(out, findings);
    out.key("comparison");
    write_comparison(out, findings);
    out.key("anomalies");
    write_anomalies(out, findings);
    out.key("risks");
    write_risks(out, findings, risks.size());
    out.key("recommendations");
    write_recommendations(out, findings);
    out.key("recurring");
    write_recurring(out, findings);
    out.key("forecast");
    write_forecast(out, findings);
    out.key("dashboard");
    write_dashboard(out, findings);
    out.key("summary").begin_object().field("text", summary(findings)).field("language", subject.language).end_object();
    out.key("ai").null();
    out.key("quality");
    write_quality(out, findings);
    out.field("confidence", confidence(findings));
    out.key("engine")
        .begin_object()
        .field("version", subject.engine)
        .field("content_hash", subject.content_hash)
        .end_object();
    out.end_object();
    return out.text();
}

}  // namespace fin::analysis
