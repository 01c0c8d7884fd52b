#include "handlers/oidc_provider.hpp"

#include <algorithm>
#include <charconv>

#include "error.hpp"
#include "http/client.hpp"
#include "http/outcome.hpp"
#include "http/settings.hpp"
#include "secret.hpp"
#include "spi.hpp"

#include "datum.hpp"

namespace fin::workers {

namespace {

using nlohmann::json;

constexpr double request_time = 6;  // s; somebody waits in front of a browser
constexpr std::size_t largest_answer = 256 << 10;
constexpr double shortest_life = 300, usual_life = 3600;  // s of keys

// s for which keys may be kept, as Cache-Control says.
double life_of(const Response& response) {
    const std::string_view control = outbound::header(response.headers, "cache-control");
    const std::size_t at = control.find("max-age=");
    double seconds = usual_life;
    if (at != std::string_view::npos) {
        int said = 0;
        const std::string_view number = control.substr(at + 8);
        if (std::from_chars(number.data(), number.data() + number.size(), said).ec == std::errc()) seconds = said;
    }
    return std::max(seconds, shortest_life);
}

json object_of(const Response& response, const char* what) {
    json parsed = json::parse(response.body, nullptr, false);
    if (!parsed.is_object()) throw OidcFailure(502, std::string("the provider's ") + what + " is no JSON object");
    return parsed;
}

// Outside a coroutine's frame: an exception may be looked at there while nothing waits.
OidcFailure failure_of_exception(const char* what) {
    try {
        throw;
    } catch (const OidcFailure& failure) {
        return failure;
    } catch (const Refused&) {
        return {502, std::string("the provider's ") + what + " may not be reached from here"};
    } catch (const CircuitOpen&) {
        return {503, "the provider does not answer at the moment"};
    } catch (const TransportError& error) {
        if (!error.host_is_down) return {502, std::string("the provider's ") + what + " answered too much"};
        return {504, std::string("the provider's ") + what + " did not answer"};
    } catch (const Error& error) {
        return {502, error.what()};
    }
}

Task<Response> fetch(const Request& request, const char* what) {
    std::optional<OidcFailure> failure;
    Response response;
    try {
        Task<Response> sending = client().send(request);
        response = co_await sending;
    } catch (const std::runtime_error&) {
        failure.emplace(failure_of_exception(what));
    }
    if (failure) throw OidcFailure(*failure);
    co_return response;
}

void prepare(Request& request, const std::string& url) {
    request.url = url;
    request.headers.emplace_back("Accept", "application/json");
    request.timeout = request_time;
    request.connect_timeout = request_time / 2;
    request.max_body = largest_answer;
    request.retries = 0;
}

}  // namespace

OidcProvider load_oidc_provider(const Context& context, const std::string& name) {
    OidcProvider provider;
    std::string sealed;
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT p.name, p.issuer, p.client_id, p.redirect_uri, p.hosts, p.tenants::text, "
            "coalesce(p.discovery::text, "
            "'null'), p.discovery_is_old::text, coalesce(p.keys::text, 'null'), p.keys_are_old::text, p.client_secret "
            "FROM fin.oidc_provider_for_worker($1) p",
            {pg::text_param(name)});
        if (rows.empty()) return;
        provider.name = rows.text(0, 1);
        provider.issuer = rows.text(0, 2);
        provider.client_id = rows.text(0, 3);
        provider.redirect_uri = rows.text(0, 4);
        provider.hosts = rows.text(0, 5);
        provider.tenants = json::parse(rows.text(0, 6)).get<std::vector<std::string>>();
        provider.discovery = json::parse(rows.text(0, 7));
        provider.discovery_is_old = rows.text(0, 8) == "true";
        provider.keys = json::parse(rows.text(0, 9));
        provider.keys_are_old = rows.text(0, 10) == "true";
        if (const auto secret = rows.cell(0, 11)) sealed = pg::bytes_of(*secret);
    });
    if (provider.name.empty()) throw OidcFailure(503, "the provider is not set up any more");
    if (!sealed.empty())
        provider.secret =
            pg::installation_keys().open(sealed, secret::place_of({"oidc", provider.name, provider.issuer}));
    return provider;
}

Task<json> ask_provider(const Request& request, const char* what) {
    Task<Response> fetching = fetch(request, what);
    const Response response = co_await fetching;
    // RFC 6749, section 5.2: used before, expired, or another client's.
    const json said = response.status == 400 ? json::parse(response.body, nullptr, false) : json();
    if (said.is_object() && said.value("error", json()) == "invalid_grant")
        throw OidcFailure(400, "the provider does not accept the code");
    if (!is_success(response))
        throw OidcFailure(502, std::string("the provider's ") + what + " answered " + std::to_string(response.status));
    co_return object_of(response, what);
}

Task<account::Endpoints> find_endpoints(Context& context, OidcProvider& provider) {
    const outbound::HostList hosts = outbound::HostList::parse(provider.hosts);
    if (provider.discovery.is_null() || provider.discovery_is_old) {
        std::optional<OidcFailure> failure;
        json document;
        Request request;
        prepare(request, account::discovery_url(provider.issuer));
        try {
            Task<json> asking = ask_provider(request, "configuration");
            document = co_await asking;
            account::read_discovery(document, provider.issuer, hosts);
        } catch (const std::runtime_error&) {
            failure.emplace(failure_of_exception("configuration"));
        }
        if (failure && provider.discovery.is_null()) throw OidcFailure(*failure);
        if (!failure) {
            provider.discovery = std::move(document);
            context.worker_sql([&](pg::Session& session) {
                session.run("SELECT fin.oidc_discovered($1, $2, $3)",
                            {pg::text_param(provider.name), pg::text_param(provider.issuer),
                             pg::jsonb_param(provider.discovery.dump())});
            });
        }
    }
    // What is stored was checked by the rules of then.
    co_return account::read_discovery(provider.discovery, provider.issuer, hosts);
}

Task<bool> read_keys(Context& context, OidcProvider& provider, const account::Endpoints& endpoints) {
    bool may = false;
    context.worker_sql([&](pg::Session& session) {
        may = session.run("SELECT fin.oidc_keys_ask($1)::text", {pg::text_param(provider.name)}).text(0, 1) == "true";
    });
    if (!may) {
        // Somebody has just asked, or is asking: what that brings is as new.
        for (int tries = 0; tries < 5; ++tries) {
            const OidcProvider stored = load_oidc_provider(context, provider.name);
            if (stored.keys != provider.keys || (provider.keys_are_old && !stored.keys_are_old)) {
                provider.keys = stored.keys;
                provider.keys_are_old = stored.keys_are_old;
                co_return true;
            }
            Sleep pause(context.scheduler(), Clock::now() + std::chrono::milliseconds(500));
            co_await pause;
        }
        co_return false;
    }
    Request request;
    prepare(request, endpoints.keys);
    Task<Response> fetching = fetch(request, "keys");
    const Response response = co_await fetching;
    if (!is_success(response))
        throw OidcFailure(502, "the provider's keys answered " + std::to_string(response.status));
    provider.keys = object_of(response, "keys");
    provider.keys_are_old = false;
    const double life = life_of(response);
    context.worker_sql([&](pg::Session& session) {
        session.run("SELECT fin.oidc_keys_store($1, $2, $3, $4::float8)",
                    {pg::text_param(provider.name), pg::text_param(provider.issuer),
                     pg::jsonb_param(provider.keys.dump()), pg::text_param(std::to_string(life))});
    });
    co_return true;
}

}  // namespace fin::workers
