#include <nlohmann/json.hpp>

#include "datum.hpp"
#include "handlers.hpp"
#include "handlers/payload.hpp"
#include "scan.hpp"
#include "spi.hpp"

namespace fin::workers {

namespace {

constexpr long long portion = 8;  // pieces of 1 MB

struct Held {
    std::string id;
    long long size = 0;
};

Held next_of(const Context& context, const std::string& after, bool everything) {
    Held held;
    context.worker_sql([&](pg::Session& session) {
        const auto rows =
            session.run("SELECT n.id::text, n.size::float8 FROM fin.scan_next($1::uuid, $2::uuid, $3::boolean) n",
                        {pg::text_param(context.job().workspace_id),
                         pg::optional_text_param(after.empty() ? std::nullopt : std::optional<std::string>(after)),
                         pg::text_param(everything ? "true" : "false")});
        if (rows.empty()) return;
        held.id = rows.text(0, 1);
        held.size = static_cast<long long>(rows.number(0, 2).value_or(0));
    });
    return held;
}

std::string content_of(const Context& context, const Held& held) {
    std::string content;
    for (long long first = 1; (first - 1) << 20 < held.size; first += portion)
        context.worker_sql([&](pg::Session& session) {
            const auto rows = session.run(
                "SELECT fin.store_piece($1::uuid, $2::uuid, $3, $4)",
                {pg::text_param(context.job().workspace_id), pg::text_param(held.id),
                 pg::int_param(static_cast<std::int32_t>(first)), pg::int_param(static_cast<std::int32_t>(portion))});
            content += pg::bytes_of(*rows.cell(0, 1));
        });
    return content;
}

std::string note(const Context& context, const std::string& file, const std::string& found) {
    std::string became;
    context.worker_sql([&](pg::Session& session) {
        became = session
                     .run("SELECT fin.scan_verdict($1::uuid, $2::uuid, $3)",
                          {pg::text_param(context.job().workspace_id), pg::text_param(file),
                           pg::optional_text_param(found.empty() ? std::nullopt : std::optional<std::string>(found))})
                     .text(0, 1);
    });
    return became;
}

}  // namespace

// No transaction is open while the scanner thinks.
Task<Outcome> handle_scan_files(Context& context) {
    try {
        const Payload payload(context.job());
        const bool everything = payload.flag("all");
        if (!pg::scanner_is_set()) co_return Outcome::dead("no virus scanner is set up: pg_fin.clamd_socket");
        nlohmann::json result = {{"clean", 0}, {"infected", 0}, {"gone", 0}};
        for (Held held = next_of(context, {}, everything); !held.id.empty();
             held = next_of(context, held.id, everything)) {
            const scan::Verdict verdict = pg::scan_content(content_of(context, held));
            if (verdict.finding == scan::Finding::failed)
                co_return Outcome::postponed("the virus scanner does not answer: " + verdict.words, 15);
            std::string found;
            if (verdict.finding == scan::Finding::infected) found = verdict.words;
            // Nobody will ever know what is in it.
            if (verdict.finding == scan::Finding::too_large) found = "larger than what the virus scanner looks at";
            const std::string became = note(context, held.id, found);
            result[became] = result.value(became, 0) + 1;
        }
        co_return Outcome::succeeded(result.dump());
    } catch (const BadPayload& error) {
        co_return Outcome::dead(error.what());
    } catch (const SqlError& error) {
        co_return outcome_of(error);
    }
}

}  // namespace fin::workers
