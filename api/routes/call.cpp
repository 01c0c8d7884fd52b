#include "api/routes/call.hpp"

#include <algorithm>
#include <utility>

#include "api/request/preferences.hpp"
#include "api/response/settings.hpp"
#include "api/routes/answer.hpp"
#include "api/routes/arguments.hpp"
#include "api/routes/call_sql.hpp"
#include "api/routes/upload_copy.hpp"

namespace fin::api::routes {

namespace {

constexpr std::size_t longest_key = 255;

// OPTIONS: the methods, and nothing of the database.
class Methods final : public Handling {
public:
    explicit Methods(std::string allow) : allow_(std::move(allow)) {}
    const Transaction* transaction() const override { return nullptr; }
    Response respond(const Answer&) const override {
        Response response;
        response.headers.emplace_back("Allow", allow_);
        return response;
    }

private:
    std::string allow_;
};

class Document final : public Handling {
public:
    Document(const Request& request, schema::CachePtr cache)
        : head_(request.method == "HEAD"), none_match_(request.header("if-none-match")), cache_(std::move(cache)) {}
    const Transaction* transaction() const override { return nullptr; }
    Response respond(const Answer&) const override {
        Route route;
        route.cached = true;
        Answer answer;
        answer.body = cache_->routes->document();
        return answer_of({&route, head_, none_match_}, answer);
    }

private:
    const bool head_;
    const std::string none_match_;
    const schema::CachePtr cache_;
};

class Routed final : public Handling {
public:
    Routed(Transaction transaction, Asked asked, schema::CachePtr cache)
        : transaction_(std::move(transaction)), asked_(std::move(asked)), cache_(std::move(cache)) {}
    const Transaction* transaction() const override { return &transaction_; }
    Response respond(const Answer& answer) const override { return answer_of(asked_, answer); }

private:
    const Transaction transaction_;
    const Asked asked_;
    const schema::CachePtr cache_;  // the route is in it
};

// Idempotency-Key of a request that may be repeated; empty: none.
std::string repeat_key(const Request& request, const Context& context, const Route& route) {
    // A key belongs to a person: without one, anybody who guesses it would read another's answer.
    if (request.method != "POST" || !route.keyed || context.identity.anonymous) return {};
    if (!request.has_header("idempotency-key")) return {};
    std::string key = request.header("idempotency-key");
    const bool fits = !key.empty() && key.size() <= longest_key &&
                      std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
    if (!fits) throw ApiError(400, "FIN400", "Idempotency-Key must be 1 to 255 printable characters without blanks");
    return key;
}

std::string hash_of(const std::string& body) {
    const std::string tag = entity_tag(body);
    return tag.substr(1, tag.size() - 2);
}

}  // namespace

std::unique_ptr<Handling> understand(const Request& request, const Context& context, const Match& match) {
    if (request.method == "OPTIONS") return std::make_unique<Methods>(match.allow);
    if (match.document && context.config.openapi_mode != OpenApiMode::disabled)
        return std::make_unique<Document>(request, context.cache);
    if (match.document) throw ApiError(404, "PGRST126", "Root endpoint metadata is disabled");
    if (match.route == nullptr)
        throw ApiError(405, "FIN405", "This address does not know the method " + request.method,
                       "Allowed: " + match.allow, {}, {{"Allow", match.allow}});
    const Route& route = *match.route;
    const schema::Function& function = *route.function;
    const std::string& schema = context.cache->routes->schema();
    const bool asks = route.method == "GET";
    const bool visits = route.kind == Kind::visit;
    const bool uploads = route.kind == Kind::upload;

    Transaction transaction;
    Pairs fields, given;
    if (uploads) {
        // Its head came before this route was known, so that its body was not taken for a file.
        if (request.upload == nullptr && !request.body.empty())
            throw ApiError(503, "PGRST002", "Could not query the database for the schema cache. Retrying.", {}, {},
                           {{"Retry-After", "1"}});
        if (request.upload == nullptr) throw ApiError(400, "FIN400", "The upload holds no file");
        const auto spool = std::static_pointer_cast<Spool>(request.upload);
        spool->finish();
        const std::string id = random_uuid();
        fields = spool->fields();
        given = {{"upload_id", id}, {"filename", spool->filename()}, {"media_type", spool->media_type()}};
        transaction.copy = std::make_shared<UploadCopy>(spool, schema, id);
    }
    plan::Call call = collect_arguments(match, request, !asks && !uploads, fields, given);

    const bool writes = uploads || ((!asks || visits) && function.volatility == schema::Volatility::volatile_);
    transaction.access = writes ? Access::read_write : Access::read_only;
    transaction.may_use_replica = asks && !visits;
    const auto role = context.cache->roles.find(context.identity.role);
    if (role != context.cache->roles.end()) transaction.isolation = role->second.isolation;
    if (function.isolation) transaction.isolation = *function.isolation;
    transaction.settings = transaction_settings(request, context, transaction.access, function.name.schema,
                                                request::Preferences::parse(request, false), &function);
    transaction.pre_request = pre_request(context.config);
    const TxEnd end = context.config.db_tx_end;
    transaction.roll_back = end == TxEnd::rollback || end == TxEnd::rollback_allow_override;

    if (const std::string key = repeat_key(request, context, route); !key.empty() && writes) {
        Repeat repeat;
        repeat.key = key;
        repeat.method = request.method;
        repeat.path = request.path + (request.query.empty() ? "" : "?" + request.query);
        repeat.hash = uploads ? std::static_pointer_cast<Spool>(request.upload)->hash() : hash_of(request.body);
        transaction.main = keyed_call_query(call, repeat, schema, route.status);
    } else {
        transaction.main = call_query(call, route.kind);
    }
    Asked asked;
    asked.route = match.route;
    asked.head = request.method == "HEAD";
    if (route.cached && asks) asked.none_match = request.header("if-none-match");
    return std::make_unique<Routed>(std::move(transaction), std::move(asked), context.cache);
}

}  // namespace fin::api::routes
