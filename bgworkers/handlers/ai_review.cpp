// The second opinion on a stored analysis: one model drafts, another checks, what stands is stored.
#include "error.hpp"
#include "handlers.hpp"
#include "handlers/payload.hpp"
#include "handlers/voices.hpp"
#include "identity.hpp"
#include "spi.hpp"

namespace fin::workers {

namespace {

using nlohmann::json;
using namespace review;

struct Subject {  // NOLINT(bugprone-exception-escape): the library's json may throw where it is moved
    std::string report, analysis;
    json document;
    Language language = Language::en;
};

// The analysis the payload names, else the report's latest, made where there is none.
Subject load_subject(const Context& context, const Payload& payload) {
    Subject subject;
    subject.report = payload.text("report_id");
    const std::optional<std::string> wanted =
        payload.has("analysis_id") ? std::optional(payload.text("analysis_id")) : std::nullopt;
    std::string document;
    const auto find = [&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT a.id::text, a.document::text FROM fin.analyses a WHERE a.report_id = $1::uuid AND (a.id = $2::uuid "
            "OR $2 IS NULL)"
            " ORDER BY a.created_at DESC, a.id LIMIT 1",
            {pg::text_param(subject.report), pg::optional_text_param(wanted)});
        if (rows.empty()) return false;
        subject.analysis = rows.text(0, 1);
        document = rows.text(0, 2);
        return true;
    };
    bool found = false;
    context.sql([&](pg::Session& session) { found = find(session); });
    if (!found && wanted) return subject;  // a later analysis has taken its place
    if (!found) {
        context.sql([&](pg::Session& session) {
            session.run("SELECT " + extension_schema() + ".fin_analyze($1::uuid, '{}')",
                        {pg::text_param(subject.report)});
        });
        context.sql([&](pg::Session& session) { found = find(session); });
        if (!found) throw BadPayload("the report has no stored analysis");
    }
    subject.document = json::parse(document);
    const json summary = subject.document.value("summary", json::object());
    subject.language = analysis::language_named(summary.value("language", "en"));
    return subject;
}

json statement_json(const Statement& statement, std::size_t number, const std::string& by,
                    const std::optional<Verdict>& verdict, const std::string& checker) {
    json row = {{"no", number}, {"text", statement.text}, {"fact_ids", statement.fact_ids}, {"said_by", by}};
    row["verdict"] = verdict ? json(name(*verdict)) : json();
    row["checked_by"] = verdict ? json(checker) : json();
    return row;
}

// What goes to fin.review_store.
json review_json(const Subject& subject, const FactPack& pack, const Prompt& prompt, const Voices& voices,
                 const Opinion& opinion) {
    json facts = json::array(), statements = json::array(), shown = json::array(), judgments = json::array();
    for (const Fact& fact : pack.facts)
        facts.push_back({{"id", fact.id},
                         {"metric", fact.metric},
                         {"name", fact.name},
                         {"period", fact.period},
                         {"value", fact.value},
                         {"change", fact.change},
                         {"unit", fact.unit},
                         {"query", fact.query}});
    const std::optional<Verdict> verdict = voices.check ? std::optional(Verdict::supported) : std::nullopt;
    const auto show = [&](const Statement& statement, std::size_t number) {
        const json row = statement_json(statement, number, voices.drafter, verdict, voices.checker);
        statements.push_back(row);
        json one = {{"text", filled(statement.text, pack)},
                    {"template", statement.text},
                    {"fact_ids", statement.fact_ids},
                    {"said_by", voices.drafter}};
        one["verdict"] = row["verdict"];
        one["checked_by"] = row["checked_by"];
        return one;
    };
    json headline;
    if (!opinion.headline.text.empty()) headline = show(opinion.headline, 0);
    for (std::size_t i = 0; i < opinion.statements.size(); ++i) shown.push_back(show(opinion.statements[i], i + 1));
    const auto or_null = [](const std::optional<std::string>& word) { return word ? json(*word) : json(); };
    for (const Judged& judged : opinion.judged)
        judgments.push_back({{"id", judged.id},
                             {"code", judged.code},
                             {"engine", judged.engine},
                             {"drafter", or_null(judged.drafter)},
                             {"checker", or_null(judged.checker)},
                             {"ensemble", or_null(judged.ensemble)},
                             {"agreement", judged.agreement}});
    const char* const source = opinion.is_template ? "template" : "models";
    const json agreement = opinion.agreement ? json(*opinion.agreement) : json();
    const json ai = {{"source", source},
                     {"language", pack.language == Language::ru ? "ru" : "en"},
                     {"providers", voices.providers},
                     {"agreement", agreement},
                     {"confidence_factor", opinion.confidence_factor},
                     {"headline", headline},
                     {"statements", shown},
                     {"judgments", judgments},
                     {"prompt", prompt.version},
                     {"cost", voices.cost}};
    return {{"analysis_id", subject.analysis},
            {"language", ai["language"]},
            {"source", source},
            {"facts", facts},
            {"names", pack.names},
            {"facts_hash", pack.hash()},
            {"prompt", prompt.version},
            {"agreement", agreement},
            {"confidence_factor", opinion.confidence_factor},
            {"providers", voices.providers},
            {"judgments", judgments},
            {"statements", statements},
            {"ai", ai}};
}

}  // namespace

Task<Outcome> handle_ai_review(Context& context) {
    try {
        const Payload payload(context.job());
        const Setup setup = load_review_setup(context);
        if (!setup.enabled) co_return Outcome::dead("AI is not switched on in the workspace");
        const Subject subject = load_subject(context, payload);
        if (subject.document.is_null()) co_return Outcome::succeeded(R"({"review": "the analysis is gone"})");
        const FactPack pack = fact_pack(subject.document, subject.language, setup.name_key);

        Voices voices;
        for (const char* const role : {"drafter", "fallback"}) {
            const ModelPlace* const place = setup.of_role(role);
            if (!place || voices.draft) continue;
            context.progress(0.1, "draft");
            Task<bool> drafting = draft_by(context, *place, subject.report, pack, setup.prompt, voices);
            if (!co_await drafting) voices.failed = true;
        }
        const ModelPlace* const checker = setup.of_role("checker");
        if (checker && (voices.draft || !pack.items.empty())) {
            context.progress(0.6, "check");
            Task<void> checking = check_by(context, *checker, subject.report, pack, setup.prompt, voices);
            co_await checking;
        }
        Weights weights;
        if (const ModelPlace* const place = setup.of_role("drafter")) weights.drafter = place->weight;
        if (checker) weights.checker = checker->weight;
        const Opinion opinion = combine(pack, voices.draft, voices.check, voices.failed, weights);
        const json review = review_json(subject, pack, setup.prompt, voices, opinion);
        std::string made;
        context.sql([&](pg::Session& session) {
            made = session
                       .run("SELECT fin.review_store($1::uuid, $2)::text",
                            {pg::text_param(context.job().workspace_id),
                             pg::jsonb_param(review.dump(-1, ' ', false, json::error_handler_t::replace))})
                       .text(0, 1);
        });
        const json result = {{"review_id", made},
                             {"analysis_id", subject.analysis},
                             {"source", review["source"]},
                             {"cost", voices.cost}};
        co_return Outcome::succeeded(result.dump());
    } catch (const BadPayload& error) {
        co_return Outcome::dead(error.what());
    } catch (const SqlError& error) {
        co_return outcome_of(error);
    } catch (const Error& error) {
        co_return Outcome::dead(error.what());
    }
}

}  // namespace fin::workers
