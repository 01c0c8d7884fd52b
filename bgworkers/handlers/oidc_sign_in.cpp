#include <ctime>

#include "account/id_token.hpp"
#include "error.hpp"
#include "handlers.hpp"
#include "handlers/oidc_provider.hpp"
#include "handlers/payload.hpp"
#include "spi.hpp"

extern "C" {
#include "catalog/pg_type.h"
}
#include "datum.hpp"

namespace fin::workers {

namespace {

using nlohmann::json;

struct Taken {
    std::string provider, code, verifier, nonce;
};

Taken take(const Context& context, const std::string& id) {
    Taken taken;
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run("SELECT t.provider, t.code, t.verifier, t.nonce FROM fin.oidc_take($1::uuid) t",
                                      {pg::text_param(id)});
        if (rows.empty()) return;
        taken = {rows.text(0, 1), rows.text(0, 2), rows.text(0, 3), rows.text(0, 4)};
    });
    return taken;
}

void store_failure(const Context& context, const std::string& id, int status, const std::string& words) {
    context.worker_sql([&](pg::Session& session) {
        session.run("SELECT fin.oidc_failed($1::uuid, $2, $3)",
                    {pg::text_param(id), pg::int_param(status), pg::text_param(words)});
    });
}

void store_person(const Context& context, const std::string& id, const account::Person& person) {
    json known = {{"issuer", person.issuer}, {"subject", person.subject}};
    if (person.email) known["email"] = *person.email;
    if (person.name) known["name"] = *person.name;
    if (person.hosted) known["hosted"] = *person.hosted;
    const std::string text = known.dump(-1, ' ', false, json::error_handler_t::replace);
    context.worker_sql([&](pg::Session& session) {
        session.run("SELECT fin.oidc_known($1::uuid, $2)", {pg::text_param(id), pg::jsonb_param(text)});
    });
}

void prepare(Request& request, const OidcProvider& provider, const account::Endpoints& endpoints, const Taken& taken) {
    using account::form_encoded;
    request.method = "POST";
    request.url = endpoints.token;
    request.timeout = 8;
    request.connect_timeout = 4;
    request.max_body = 256 << 10;
    request.retries = 0;  // a code counts once
    request.headers.emplace_back("Accept", "application/json");
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = "grant_type=authorization_code&code=" + form_encoded(taken.code) +
                   "&redirect_uri=" + form_encoded(provider.redirect_uri) +
                   "&code_verifier=" + form_encoded(taken.verifier);
    if (provider.secret.empty() || endpoints.secret_in_body)
        request.body += "&client_id=" + form_encoded(provider.client_id);
    if (provider.secret.empty()) return;
    if (endpoints.secret_in_body)
        request.body += "&client_secret=" + form_encoded(provider.secret.text());
    else
        request.headers.emplace_back("Authorization",
                                     account::basic_credentials(provider.client_id, provider.secret.text()));
}

std::string text(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The person; nullopt: the key is not among those that are known.
std::optional<account::Person> read_token(const std::string& token, const OidcProvider& provider,
                                          const account::Endpoints& endpoints, const Taken& taken) {
    account::Expected expected;
    expected.issuer = endpoints.issuer;
    expected.client_id = provider.client_id;
    expected.nonce = taken.nonce;
    expected.now = std::time(nullptr);
    expected.tenants = provider.tenants;
    try {
        return account::read_id_token(token, provider.keys, expected);
    } catch (const account::UnknownKey&) {
        return std::nullopt;
    }
}

Task<account::Person> exchange(Context& context, const Taken& taken) {
    OidcProvider provider = load_oidc_provider(context, taken.provider);
    Task<account::Endpoints> finding = find_endpoints(context, provider);
    const account::Endpoints endpoints = co_await finding;
    Request request;
    prepare(request, provider, endpoints, taken);
    Task<json> asking = ask_provider(request, "token endpoint");
    const json tokens = co_await asking;
    const std::string id_token = text(tokens, "id_token");
    if (id_token.empty()) throw OidcFailure(502, "the provider has sent no ID token");

    bool fresh = false;
    if (provider.keys.is_null() || provider.keys_are_old) {
        Task<bool> reading = read_keys(context, provider, endpoints);
        fresh = co_await reading;
    }
    std::optional<account::Person> person = read_token(id_token, provider, endpoints, taken);
    if (!person && !fresh) {
        // A provider changes its keys without a word: the newer set is asked for, at most once a minute.
        Task<bool> reading = read_keys(context, provider, endpoints);
        if (co_await reading) person = read_token(id_token, provider, endpoints, taken);
    }
    if (!person) throw OidcFailure(502, account::UnknownKey().what());

    const std::string access_token = text(tokens, "access_token");
    if (!person->email && !endpoints.userinfo.empty() && !access_token.empty()) {
        Request ask;
        ask.url = endpoints.userinfo;
        ask.timeout = 5;
        ask.connect_timeout = 3;
        ask.max_body = 64 << 10;
        ask.retries = 0;
        ask.headers.emplace_back("Accept", "application/json");
        ask.headers.emplace_back("Authorization", "Bearer " + access_token);
        Task<json> inquiring = ask_provider(ask, "userinfo");
        const json userinfo = co_await inquiring;
        account::add_userinfo(*person, userinfo);
    }
    co_return std::move(*person);
}

}  // namespace

Task<Outcome> handle_oidc_sign_in(Context& context) {
    if (!context.job().workspace_id.empty()) co_return Outcome::dead("members do not queue this kind of job");
    std::string id, cause;  // cause: for operators, who read it in the job
    std::optional<OidcFailure> failure;
    try {
        const Payload payload(context.job());
        id = payload.text("sign_in");
        const Taken taken = take(context, id);
        if (taken.code.empty()) co_return Outcome::dead("the code was taken before, or the sign-in has ended");
        Task<account::Person> exchanging = exchange(context, taken);
        const account::Person person = co_await exchanging;
        store_person(context, id, person);
        co_return Outcome::succeeded();
    } catch (const BadPayload& error) {
        co_return Outcome::dead(error.what());
    } catch (const OidcFailure& error) {
        failure.emplace(error);
        cause = error.what();
    } catch (const Error& error) {
        // bad_data is of the provider's making; anything else is ours, and the person need not know it.
        const bool theirs = error.code == ErrorCode::bad_data;
        failure.emplace(theirs ? 502 : 503, theirs ? error.what() : "signing in by this provider is not set up fully");
        cause = error.what();
    } catch (const SqlError& error) {
        failure.emplace(503, "signing in by this provider is not possible now");
        cause = words_of(error);
    }
    store_failure(context, id, failure->status, failure->what());
    co_return Outcome::dead(cause);
}

}  // namespace fin::workers
