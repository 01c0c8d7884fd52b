// fin_ai_preview: what would leave for a review. fin_prompt_problem: whether a workspace's style may be used.
#include "review/setup.hpp"

#include "datum.hpp"
#include "hash/sha256.hpp"
#include "report.hpp"
#include "spi.hpp"

namespace {

using namespace fin;
using namespace fin::pg;
using nlohmann::json;

json payload_of(const review::ModelPlace& place, const review::Ask& ask) {
    const review::Call call = review::call_of(place.model, ask);
    return {{"model", place.name},
            {"role", place.role},
            {"provider", place.provider},
            {"path", call.path},
            {"bytes", call.body.size()},
            {"sha256", hash::sha256(call.body)},
            {"payload", json::parse(call.body)}};
}

}  // namespace

FIN_FUNCTION(fin_ai_preview) {
    require_schema();
    Session session(Access::read);
    const Report report = find_report(session, PG_GETARG_DATUM(0));
    const std::string schema = own_schema(fcinfo->flinfo->fn_oid);
    const auto document =
        session.run("SELECT " + schema + ".fin_analysis($1, '{}')::text", {uuid_param(report.id)}).text(0, 1);
    const auto stored = session.run("SELECT fin.ai_setup($1)::text", {uuid_param(report.workspace)}).text(0, 1);
    const review::Setup setup = review::setup_of(stored);
    const json analysis = json::parse(document);
    const auto language = analysis::language_named(analysis.value("summary", json::object()).value("language", "en"));
    const review::FactPack pack = review::fact_pack(analysis, language, setup.name_key);
    const review::Ask ask = review::ask_for_draft(pack, setup.prompt);

    json calls = json::array();
    for (const auto& place : setup.models) {
        // The checker gets the same facts and what the drafter wrote.
        const review::Ask asked = place.role == "checker" ? review::ask_for_check(pack, setup.prompt, nullptr) : ask;
        calls.push_back(payload_of(place, asked));
    }
    const json preview = {{"enabled", setup.enabled},       {"instructions", ask.instructions},
                          {"prompt", setup.prompt.version}, {"facts", pack.payload()},
                          {"facts_sha256", pack.hash()},    {"names_kept_here", pack.names.size()},
                          {"calls", std::move(calls)}};
    session.finish();
    Session audit(Access::write);
    audit.run("SELECT fin.audit('ai_preview', $1, jsonb_build_object('facts_sha256', $2))",
              {text_param(report.id_text), text_param(pack.hash())});
    audit.finish();
    return jsonb_of(preview.dump(-1, ' ', false, json::error_handler_t::replace));
}

FIN_FUNCTION(fin_prompt_problem) {
    const std::string problem = review::style_problem(utf8_of(PG_GETARG_DATUM(0)));
    if (problem.empty()) PG_RETURN_NULL();
    return text_of(problem);
}
