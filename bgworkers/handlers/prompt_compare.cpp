// The workspace's own style of reviews beside the default, on the same past reports. Stores no review.
#include "error.hpp"
#include "handlers.hpp"
#include "handlers/payload.hpp"
#include "handlers/voices.hpp"
#include "spi.hpp"

namespace fin::workers {

namespace {

using nlohmann::json;
using namespace review;

std::vector<std::pair<std::string, std::string>> latest_analyses(const Context& context, int count) {
    std::vector<std::pair<std::string, std::string>> found;
    context.sql([&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT l.report_id::text, l.document::text FROM (SELECT DISTINCT ON (a.report_id) a.report_id, "
            "a.document, a.created_at FROM fin.analyses a"
            " WHERE a.workspace_id = $1::uuid ORDER BY a.report_id, a.created_at DESC) l ORDER BY l.created_at DESC, "
            "l.report_id LIMIT $2",
            {pg::text_param(context.job().workspace_id), pg::int_param(count)});
        for (std::uint64_t i = 0; i < rows.size(); ++i) found.emplace_back(rows.text(i, 1), rows.text(i, 2));
    });
    return found;
}

Task<void> try_style(Context& context, const Setup& setup, const Prompt& prompt, const char* variant,
                     const std::string& report, const FactPack& pack) {
    const Instant began = Clock::now();
    Voices voices;
    if (const ModelPlace* const drafter = setup.of_role("drafter")) {
        Task<bool> drafting = draft_by(context, *drafter, report, pack, prompt, voices);
        co_await drafting;
    }
    if (const ModelPlace* const checker = setup.of_role("checker"); checker && voices.draft) {
        Task<void> checking = check_by(context, *checker, report, pack, prompt, voices);
        co_await checking;
    }
    const Opinion opinion = combine(pack, voices.draft, voices.check, voices.failed);
    const json trial = {{"job_id", context.job().id},
                        {"report_id", report},
                        {"variant", variant},
                        {"prompt", prompt.version},
                        {"drafted", voices.draft ? voices.draft->statements.size() : 0},
                        {"stored", opinion.statements.size()},
                        {"refused", voices.refused},
                        {"agreement", opinion.agreement ? json(*opinion.agreement) : json()},
                        {"cost", voices.cost},
                        {"seconds", std::chrono::duration<double>(Clock::now() - began).count()}};
    context.sql([&](pg::Session& session) {
        session.run("SELECT fin.prompt_trial_add($1::uuid, $2)",
                    {pg::text_param(context.job().workspace_id), pg::jsonb_param(trial.dump())});
    });
}

}  // namespace

Task<Outcome> handle_prompt_compare(Context& context) {
    try {
        const Payload payload(context.job());
        const Setup setup = load_review_setup(context);
        if (!setup.enabled) co_return Outcome::dead("AI is not switched on in the workspace");
        if (setup.prompt.version == prompt_version) co_return Outcome::dead("the workspace has no style of its own");
        const Prompt standard{std::string(default_style()), std::string(prompt_version)};
        const auto analyses = latest_analyses(context, payload.number("reports", 5));
        std::size_t done = 0;
        for (const auto& [report, document] : analyses) {
            const json content = json::parse(document);
            const auto language =
                analysis::language_named(content.value("summary", json::object()).value("language", "en"));
            const FactPack pack = fact_pack(content, language, setup.name_key);
            context.progress(static_cast<double>(done++) / static_cast<double>(analyses.size()), "compare");
            Task<void> with_default = try_style(context, setup, standard, "default", report, pack);
            co_await with_default;
            Task<void> with_own = try_style(context, setup, setup.prompt, "own", report, pack);
            co_await with_own;
        }
        const json result = {{"reports", analyses.size()}};
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
