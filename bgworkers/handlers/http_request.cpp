#include <nlohmann/json.hpp>

#include "handlers.hpp"
#include "handlers/connection.hpp"
#include "handlers/payload.hpp"
#include "http/client.hpp"
#include "http/outcome.hpp"
#include "http/settings.hpp"

namespace fin::workers {

namespace {

using nlohmann::json;

constexpr std::size_t stored_body = 64 << 10;
// What is stored of an answer's headers: nothing that could be a credential.
constexpr const char* stored_headers[] = {"content-type", "content-length", "retry-after", "x-request-id",
                                          "request-id"};

bool is_ours(std::string name) {
    name = outbound::normal_host(name);
    for (const char* const ours :
         {"host", "content-length", "transfer-encoding", "connection", "idempotency-key", "upgrade"})
        if (name == ours) return true;
    return false;
}

void fill(Request& request, const json& content) {
    const auto text = [&](const char* key, const char* otherwise) {
        if (!content.contains(key) || content[key].is_null()) return std::string(otherwise);
        if (!content[key].is_string()) throw BadPayload(std::string(key) + " in the payload is not a text");
        return content[key].get<std::string>();
    };
    request.method = text("method", "GET");
    const std::string path = text("path", "/");
    if (path.empty() || path.front() != '/') throw BadPayload("path in the payload does not begin with /");
    request.url += path;
    request.body = text("body", "");
    const json headers = content.value("headers", json::object());
    for (const auto& [name, value] : headers.items()) {
        if (!value.is_string()) throw BadPayload("header " + name + " in the payload is not a text");
        if (is_ours(name)) throw BadPayload("header " + name + " is set by pg_fin itself");
        request.headers.emplace_back(name, value.get<std::string>());
    }
    request.timeout = std::min(request.timeout, content.value("timeout", request.timeout));
    request.retries = std::clamp(content.value("retries", request.retries), 0, 5);
}

std::string result_of(const Response& response) {
    json headers = json::object();
    for (const char* const name : stored_headers) {
        const std::string_view value = outbound::header(response.headers, name);
        if (!value.empty()) headers[name] = value;
    }
    const json result = {{"status", response.status},
                         {"headers", headers},
                         {"bytes", response.body.size()},
                         {"attempts", response.attempts},
                         {"body", response.body.substr(0, stored_body)}};
    // Bytes that are no UTF-8 are replaced; jsonb takes no NUL.
    std::string text = result.dump(-1, ' ', false, json::error_handler_t::replace);
    for (std::size_t at = 0; (at = text.find("\\u0000", at)) != std::string::npos; at += 6)
        text.replace(at, 6, "\\ufffd");
    return text;
}

}  // namespace

Task<Outcome> handle_http_request(Context& context) {
    Request request;
    std::string origin;
    try {
        const Payload payload(context.job());
        const json content = json::parse(context.job().payload);
        request.timeout = context.job().timeout;
        if (payload.has("connection")) {
            const Connection connection = load_connection(context, payload.text("connection"));
            request.url = connection.base_url;
            if (!connection.secret.empty())
                request.headers.emplace_back("Authorization", "Bearer " + connection.secret.text());
        } else {
            request.url = payload.text("origin");
        }
        if (!request.url.empty() && request.url.back() == '/') request.url.pop_back();
        fill(request, content);
        request.idempotency_key = context.job().idempotency_key;
        origin = target_of(request.url, false).origin;
        Task<Response> sending = client().send(request);
        const Response response = co_await sending;
        if (!is_success(response)) co_return outcome_of(response, origin);
        co_return Outcome::succeeded(result_of(response));
    } catch (const BadPayload& error) {
        co_return Outcome::dead(error.what());
    } catch (const nlohmann::json::exception&) {
        co_return Outcome::dead("the payload has a value of the wrong type");
    } catch (const SqlError& error) {
        co_return outcome_of(error);
    } catch (const std::runtime_error&) {
        co_return outcome_of_exception();
    }
}

}  // namespace fin::workers
