// Categories for merchants whose rows have none: asked once for each, kept as suggestions.
#include "error.hpp"
#include "handlers.hpp"
#include "handlers/model.hpp"
#include "handlers/payload.hpp"
#include "identity.hpp"
#include "review/categories.hpp"
#include "review/conceal.hpp"
#include "spi.hpp"

namespace fin::workers {

namespace {

using nlohmann::json;
using namespace review;

constexpr int most_questions = 10;  // of one job

struct Open {
    std::vector<Merchant> merchants;  // that no model was asked about
    json known = json::array();       // that one was
    std::vector<std::string> categories;
    double usual = 0;
};

json described(const Merchant& merchant) {
    return {{"merchant", merchant.key},
            {"inflow", merchant.inflow},
            {"counterparty", merchant.counterparty},
            {"rows", merchant.rows}};
}

Open load_open(const Context& context, const std::string& report) {
    Open open;
    context.sql([&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT o.merchant, o.inflow::text, o.counterparty, o.rows::text, o.amount,"
            " (EXISTS (SELECT FROM fin.merchant_categories m WHERE m.workspace_id = $1::uuid AND m.merchant = "
            "o.merchant AND"
            " m.inflow = o.inflow))::text FROM (SELECT " +
                extension_schema() +
                ".fin_merchant(t.counterparty) AS merchant, t.amount > 0 AS inflow, min(t.counterparty) AS "
                "counterparty, count(*) AS rows,"
                " percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(t.amount)::float8) AS amount, sum(abs(t.amount)) AS "
                "money"
                " FROM fin.transactions t WHERE t.workspace_id = $1::uuid AND t.report_id = $2::uuid AND "
                "coalesce(t.category, '') = ''"
                " AND coalesce(t.counterparty, '') <> '' GROUP BY 1, 2) o ORDER BY o.money DESC, o.merchant LIMIT 2000",
            {pg::text_param(context.job().workspace_id), pg::text_param(report)});
        for (std::uint64_t i = 0; i < rows.size(); ++i) {
            const Merchant one{rows.text(i, 1), rows.text(i, 3), rows.text(i, 2) == "true", std::stoi(rows.text(i, 4)),
                               rows.number(i, 5).value_or(0)};
            if (rows.text(i, 6) == "true")
                open.known.push_back(described(one));
            else if (may_leave(one))
                open.merchants.push_back(one);
        }
        // The workspace's categories, most used first; strict answers enumerate them.
        const auto names = session.run(
            "SELECT t.category FROM fin.transactions t WHERE t.workspace_id = $1::uuid AND t.category <> '' GROUP BY "
            "t.category"
            " ORDER BY count(*) DESC, t.category LIMIT 100",
            {pg::text_param(context.job().workspace_id)});
        for (std::uint64_t i = 0; i < names.size(); ++i)
            if (is_plain_category(names.text(i, 1))) open.categories.push_back(names.text(i, 1));
        open.usual =
            session
                .run(
                    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(t.amount)::float8) FROM fin.transactions t"
                    " WHERE t.workspace_id = $1::uuid AND t.report_id = $2::uuid",
                    {pg::text_param(context.job().workspace_id), pg::text_param(report)})
                .number(0, 1)
                .value_or(0);
    });
    return open;
}

int store(const Context& context, const std::string& report, const json& said) {
    int made = 0;
    context.sql([&](pg::Session& session) {
        made = std::stoi(session
                             .run("SELECT fin.suggestions_store($1::uuid, $2::uuid, $3)::text",
                                  {pg::text_param(context.job().workspace_id), pg::text_param(report),
                                   pg::jsonb_param(said.dump(-1, ' ', false, json::error_handler_t::replace))})
                             .text(0, 1));
    });
    return made;
}

}  // namespace

Task<Outcome> handle_ai_categories(Context& context) {
    try {
        const Payload payload(context.job());
        const std::string report = payload.text("report_id");
        const Setup setup = load_review_setup(context);
        if (!setup.enabled) co_return Outcome::dead("AI is not switched on in the workspace");
        const ModelPlace* place = setup.of_role("drafter");
        if (!place) place = setup.of_role("fallback");
        if (!place) co_return Outcome::dead("no model is set up that could be asked");
        const Open open = load_open(context, report);
        // What was said of a merchant before is suggested again without a question.
        int made = store(context, report, open.known);
        int asked = 0, unsure = 0;
        std::string failure;
        const bool any_category = !open.categories.empty();
        for (std::size_t at = 0;
             any_category && at < open.merchants.size() && asked < most_questions && failure.empty();
             at += most_merchants) {
            const std::vector<Merchant> part(open.merchants.begin() + static_cast<std::ptrdiff_t>(at),
                                             open.merchants.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                          at + most_merchants, open.merchants.size())));
            const Ask ask = ask_for_categories(part, open.categories, open.usual);
            Task<Answer> asking = ask_model(context, *place, ask, "category", setup.prompt, report);
            const Answer answer = co_await asking;
            ++asked;
            if (answer.failed()) {
                failure = answer.status;
                break;
            }
            json said = json::array();
            try {
                const auto named = read_categories(*answer.content, part.size(), open.categories);
                for (std::size_t i = 0; i < part.size(); ++i) {
                    json one = described(part[i]);
                    one["category"] = named[i] ? json(*named[i]) : json();
                    one["said_by"] = place->name;
                    unsure += named[i] ? 0 : 1;
                    said.push_back(std::move(one));
                }
            } catch (const Error& error) {
                failure = error.what();
                break;
            }
            made += store(context, report, said);
        }
        const json result = {{"suggested", made},
                             {"questions", asked},
                             {"unsure", unsure},
                             {"failure", failure.empty() ? json() : json(failure)}};
        co_return Outcome::succeeded(result.dump());
    } catch (const BadPayload& error) {
        co_return Outcome::dead(error.what());
    } catch (const SqlError& error) {
        co_return outcome_of(error);
    }
}

}  // namespace fin::workers
