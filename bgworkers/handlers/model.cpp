#include "handlers/model.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "error.hpp"
#include "handlers/payload.hpp"
#include "hash/sha256.hpp"
#include "http/client.hpp"
#include "http/outcome.hpp"
#include "http/settings.hpp"
#include "secret.hpp"
#include "spi.hpp"

extern "C" {
#include "catalog/pg_type.h"
}
#include "datum.hpp"

namespace fin::workers {

namespace {

using nlohmann::json;

constexpr int most_attempts = 3;

struct Reached {
    std::string base_url;
    secret::Text key;
};

Reached reach(const Context& context, const ModelPlace& place) {
    Reached reached;
    std::string sealed, where;
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT a.connection_id::text, a.provider, a.base_url, a.secret FROM fin.ai_access($1::uuid, $2) a",
            {pg::text_param(context.job().workspace_id), pg::text_param(place.name)});
        if (rows.empty()) return;
        const std::string connection = rows.text(0, 1), provider = rows.text(0, 2);
        reached.base_url = rows.text(0, 3);
        if (const auto secret = rows.cell(0, 4)) sealed = pg::bytes_of(*secret);
        where = connection.empty() ? secret::place_of({"provider", provider, reached.base_url})
                                   : secret::place_of({"connection", context.job().workspace_id, connection, provider});
    });
    if (!sealed.empty()) reached.key = pg::installation_keys().open(sealed, where);
    return reached;
}

// The most that a call can cost: a token is a byte at worst, and usually three or four.
double dearest(const review::Model& model, std::size_t bytes) {
    const double dearest_input = std::max(model.price_input, model.price_cache_write);
    return (static_cast<double>(bytes) / 2 * dearest_input + model.most_output * model.price_output) / 1e6;
}

std::optional<std::int64_t> begin_call(const Context& context, const ModelPlace& place, const char* purpose,
                                       const review::Prompt& prompt, const std::string& report,
                                       const std::string& body) {
    json call = {{"job_id", context.job().id},         {"purpose", purpose},         {"model_name", place.name},
                 {"provider", place.provider},         {"model", place.model.model}, {"prompt", prompt.version},
                 {"payload_hash", hash::sha256(body)}, {"report_id", nullptr}};
    if (!report.empty()) call["report_id"] = report;
    std::optional<std::int64_t> id;
    context.sql([&](pg::Session& session) {
        const auto rows = session.run("SELECT fin.ai_call_begin($1::uuid, $2, $3::numeric)::text",
                                      {pg::text_param(context.job().workspace_id), pg::jsonb_param(call.dump()),
                                       pg::text_param(json(dearest(place.model, body.size())).dump())});
        const std::string made = rows.text(0, 1);
        if (!made.empty()) id = std::stoll(made);
    });
    return id;
}

void end_call(const Context& context, std::int64_t id, const json& ended) {
    context.sql([&](pg::Session& session) {
        session.run("SELECT fin.ai_call_end($1::uuid, $2::bigint, $3)",
                    {pg::text_param(context.job().workspace_id), pg::text_param(std::to_string(id)),
                     pg::jsonb_param(ended.dump(-1, ' ', true, json::error_handler_t::replace))});
    });
}

double seconds_left(Instant until) { return std::chrono::duration<double>(until - Clock::now()).count(); }

// What became of one attempt.
struct Attempt {
    std::optional<Response> response;
    std::string failure;
    bool worth_another = false;
};

Task<Attempt> attempt(const Request& request) {
    Attempt made;
    try {
        Task<Response> sending = client().send(request);
        Response response = co_await sending;
        made.worth_another = outbound::is_worth_another(response.status, response.headers);
        made.response.emplace(std::move(response));
    } catch (const Refused&) {
        made.failure = "host_refused";
    } catch (const CircuitOpen&) {
        made.failure = "host_down";
    } catch (const TransportError& error) {
        made.failure = "no_answer";
        made.worth_another = error.worth_another;
    }
    co_return made;
}

}  // namespace

review::Setup load_review_setup(const Context& context) {
    std::string stored;
    context.sql([&](pg::Session& session) {
        stored =
            session.run("SELECT fin.ai_setup($1::uuid)::text", {pg::text_param(context.job().workspace_id)}).text(0, 1);
    });
    return review::setup_of(stored);
}

Task<Answer> ask_model(Context& context, const ModelPlace& place, const review::Ask& ask, const char* purpose,
                       const review::Prompt& prompt, const std::string& report) {
    Answer answer;
    answer.model = place.model.model;
    answer.key = hash::sha256(place.name + '\n' + place.model.model + '\n' + prompt.version + '\n' + purpose + '\n' +
                              hash::sha256(ask.instructions) + '\n' + hash::sha256(ask.schema.dump()) + '\n' +
                              hash::sha256(ask.input));
    std::string stored;
    context.sql([&](pg::Session& session) {
        stored = session
                     .run("SELECT fin.ai_answer_get($1::uuid, $2)::text",
                          {pg::text_param(context.job().workspace_id), pg::text_param(answer.key)})
                     .text(0, 1);
    });
    if (!stored.empty()) {
        answer.content = json::parse(stored);
        answer.status = "cached";
        co_return answer;
    }

    const Instant began = Clock::now();
    const Instant until =
        std::min(began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(place.deadline)),
                 context.deadline() - std::chrono::seconds(2));
    const review::Call call = review::call_of(place.model, ask);
    const std::optional<std::int64_t> id = begin_call(context, place, purpose, prompt, report, call.body);
    if (!id) {
        answer.status = "no_budget";
        co_return answer;
    }
    json ended = {{"cost", 0}};
    try {
        Request request;
        {
            const Reached reached = reach(context, place);
            request.url = reached.base_url;
            if (!reached.key.empty()) request.headers.push_back(review::key_header(place.model, reached.key.text()));
        }
        if (!request.url.empty() && request.url.back() == '/') request.url.pop_back();
        request.url += call.path;
        request.method = "POST";
        for (const auto& header : call.headers) request.headers.push_back(header);
        request.body = call.body;
        request.retries = 0;
        for (int n = 0; n < most_attempts && answer.status.empty(); ++n) {
            request.timeout = seconds_left(until);
            request.connect_timeout = std::min(10.0, request.timeout);
            if (request.timeout <= 0.05) break;
            Task<Attempt> trying = attempt(request);
            const Attempt made = co_await trying;
            double pause = 0.5 * std::pow(2.0, n);
            if (made.response) {
                ended["request_id"] = std::string(outbound::header(made.response->headers, "x-request-id"));
                if (ended["request_id"] == "")
                    ended["request_id"] = std::string(outbound::header(made.response->headers, "request-id"));
                if (is_success(*made.response)) {
                    review::Reply reply = review::reply_of(place.model, made.response->body);
                    answer.content = std::move(reply.content);
                    answer.status = answer.content ? "ok" : reply.failure;
                    if (!reply.model.empty()) answer.model = reply.model;
                    if (reply.usage.stated) {
                        answer.cost = review::cost_of(place.model, reply.usage);
                        ended["cost"] = answer.cost;
                        ended["input_tokens"] = reply.usage.input;
                        ended["cached_tokens"] = reply.usage.cached;
                        ended["output_tokens"] = reply.usage.output;
                    } else {
                        ended.erase("cost");  // unknown: the most it can cost stays
                    }
                    break;
                }
                if (const auto asked = outbound::retry_after(made.response->headers, std::time(nullptr)))
                    pause = *asked;
            }
            const bool again = made.worth_another && n + 1 < most_attempts && pause + 0.1 < seconds_left(until);
            if (!again) {
                answer.status = made.response ? "http_" + std::to_string(made.response->status) : made.failure;
                // It may have been worked on and charged for, though nothing arrived.
                if (!made.response && made.failure == "no_answer") ended.erase("cost");
                break;
            }
            Sleep sleep(context.scheduler(), Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                                                std::chrono::duration<double>(pause)));
            co_await sleep;
        }
    } catch (const Error&) {
        answer.status = "no_key";  // a secret that cannot be opened
    }
    if (answer.status.empty()) answer.status = "no_answer";
    ended["status"] = answer.status;
    ended["model"] = answer.model;
    ended["seconds"] = std::chrono::duration<double>(Clock::now() - began).count();
    end_call(context, *id, ended);
    co_return answer;
}

void keep_answer(const Context& context, const Answer& answer, const ModelPlace& place) {
    if (answer.status != "ok" || !answer.content) return;
    context.sql([&](pg::Session& session) {
        session.run("SELECT fin.ai_answer_put($1::uuid, $2, $3, $4)",
                    {pg::text_param(context.job().workspace_id), pg::text_param(answer.key),
                     pg::text_param(place.model.model), pg::jsonb_param(answer.content->dump())});
    });
}

}  // namespace fin::workers
