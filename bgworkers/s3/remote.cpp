#include "s3/remote.hpp"

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

// Parts of 8 MB through a slow line; the job's own limit ends what takes longer in all.
constexpr double patience = 300;

std::string words_of(const Remote& remote, const std::string& what, const Response& response,
                     const s3::Refusal& refusal) {
    std::string words =
        "the bucket at " + remote.bucket.host + " answered " + what + " with " + std::to_string(response.status);
    if (!refusal.code.empty()) words += " " + refusal.code;
    if (refusal.code == "RequestTimeTooSkewed")
        words += ": the clocks of this server and of the bucket differ by more than 15 minutes";
    if (refusal.code == "SignatureDoesNotMatch") words += ": the secret key is another, or the region";
    if (response.attempts > 1) words += " (attempts in a row: " + std::to_string(response.attempts) + ")";
    return words;
}

bool is_read(const std::string& method) { return method == "GET" || method == "HEAD"; }

// What must not be trusted as success though its status says so: an error in the body, as completing an upload has it.
void judge(const Remote& remote, const s3::Unsigned& request, const Response& response) {
    const bool is_ok = response.status >= 200 && response.status < 300;
    if (response.status == 404 && is_read(request.method)) return;
    const bool may_carry_error = !is_ok || request.method == "POST";
    const auto refusal = may_carry_error ? s3::refusal_in(response.body) : std::nullopt;
    if (is_ok && !refusal) return;
    const s3::Refusal said = refusal.value_or(s3::Refusal{});
    const bool again = outbound::is_worth_another(response.status, response.headers) || s3::passes_by_itself(said.code);
    std::optional<double> delay = outbound::retry_after(response.headers, std::time(nullptr));
    if (delay && *delay > 86'400) delay = 86'400;
    std::string what = request.method;
    if (response.status >= 300 && response.status < 400) what += " (redirects are not followed; is the region right?)";
    throw StorageError(words_of(remote, what, response, said), again, response.status, said.code, delay);
}

}  // namespace

bool load_remote(const Context& context, const std::string& name, Remote& remote) {
    std::string base_url, settings, sealed;
    bool found = false;
    context.worker_sql([&](pg::Session& session) {
        const auto rows =
            session.run("SELECT s.provider, s.base_url, s.settings::text, s.secret FROM fin.storage_in_use($1) s",
                        {pg::optional_text_param(name.empty() ? std::nullopt : std::optional<std::string>(name))});
        found = !rows.empty();
        if (!found) return;
        remote.provider = rows.text(0, 1);
        base_url = rows.text(0, 2);
        settings = rows.text(0, 3);
        if (const auto secret = rows.cell(0, 4)) sealed = pg::bytes_of(*secret);
    });
    if (!found) return false;
    remote.bucket = s3::bucket_of(base_url, settings);
    if (sealed.empty()) throw Error(ErrorCode::invalid_argument, "provider " + remote.provider + " has no secret key");
    const secret::Text secret =
        pg::installation_keys().open(sealed, secret::place_of({"provider", remote.provider, base_url}));
    remote.credentials = s3::credentials_of(remote.bucket, secret.text());
    return true;
}

Task<Response> call(const Remote& remote, const s3::Unsigned& request, const std::string& body, std::size_t max_body) {
    Request sent;
    sent.method = request.method;
    sent.url = s3::url_of(remote.bucket, request);
    sent.headers = s3::sign(request, hash::sha256(body), remote.credentials, remote.bucket.region, std::time(nullptr));
    sent.body = body;
    sent.timeout = patience;
    sent.max_body = max_body;
    Task<Response> sending = client().send(sent);
    Response response = co_await sending;
    judge(remote, request, response);
    co_return response;
}

Outcome outcome_of_storage() {
    try {
        throw;
    } catch (const StorageError& error) {
        return error.worth_another ? Outcome::failed(error.what(), error.delay) : Outcome::dead(error.what());
    } catch (const BadPayload& error) {
        return Outcome::dead(error.what());
    } catch (const SqlError& error) {
        return outcome_of(error);
    } catch (const Error& error) {
        // An answer that makes no sense may come from something between; settings that make none stay as they are.
        return error.code == ErrorCode::invalid_argument ? Outcome::dead(error.what()) : Outcome::failed(error.what());
    } catch (const std::runtime_error&) {
        return outcome_of_exception();
    }
}

}  // namespace fin::workers
