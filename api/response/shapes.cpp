#include "api/response/shapes.hpp"

#include <array>

#include "api/request/query.hpp"
#include "api/response/settings.hpp"

namespace fin::api {

namespace {

constexpr std::size_t longest_query = 2048;
// An application asks in few ways. Where somebody asks in ever new ones all are forgotten at once, which costs nobody
// more than the order in which they were used would.
constexpr std::size_t most_shapes = 256;
constexpr std::size_t most_values = 64;

// What decides beside address and query string. The rest of the headers only goes into the settings.
constexpr std::array<std::string_view, 4> deciding = {"accept", "prefer", "range", "accept-profile"};

// No text of a request holds a null byte here, so that parts cannot run into each other.
void append(std::string& key, std::string_view text) {
    key.append(text);
    key.push_back('\0');
}

bool has_null(std::string_view text) { return text.find('\0') != std::string_view::npos; }

}  // namespace

std::optional<Shaped> shape_of(const Request& request, const Context& context) {
    if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
    if (request.query.size() > longest_query || request.path.size() > longest_query) return std::nullopt;
    if (request.path.size() < 2 || request.path.find('/', 1) != std::string::npos) return std::nullopt;
    Shaped shaped;
    shaped.pairs = request::form_pairs(request.query);
    std::string& key = shaped.key;
    key.reserve(256);
    append(key, request.method);
    append(key, request.path);
    append(key, context.identity.role);
    for (const auto& [name, value] : request.headers)
        for (const std::string_view one : deciding)
            if (name == one) {
                if (value.size() > longest_query || has_null(value)) return std::nullopt;
                append(key, name);
                append(key, value);
            }
    key.push_back('\0');  // the query string begins
    std::size_t values = 0;
    for (const request::Pair& pair : shaped.pairs) {
        if (has_null(pair.key) || has_null(pair.value)) return std::nullopt;
        append(key, pair.key);
        const auto value = request::value_of_comparison(pair.value);
        const bool varies = pair.has_value && value && request::is_filter_key(pair.key);
        if (varies && ++values > most_values) return std::nullopt;
        // 1: any value; 2: this one; 3: none.
        key.push_back(varies ? '\1' : pair.has_value ? '\2' : '\3');
        append(key, varies ? std::string_view(pair.value).substr(0, pair.value.size() - value->size()) : pair.value);
    }
    return shaped;
}

Understood filled(const Understood& known, const Shaped& shaped, const Request& request, const Context& context) {
    Understood out = known;
    out.canonical = request::canonical_query(shaped.pairs);
    Transaction& transaction = *out.transaction;
    const auto fill = [&](Query& query) {
        for (const auto& [parameter, pair] : query.compared)
            query.parameters[parameter] = std::string(*request::value_of_comparison(shaped.pairs[pair].value));
    };
    fill(transaction.main);
    if (transaction.count) fill(*transaction.count);
    transaction.settings =
        transaction_settings(request, context, transaction.access, out.schema, out.preferences, nullptr);
    return out;
}

void Shapes::under(const std::shared_ptr<const void>& serving) {
    if (serving == serving_) return;
    known_.clear();
    serving_ = serving;
}

const Understood* Shapes::find(const std::string& key) const {
    const auto found = known_.find(key);
    return found == known_.end() ? nullptr : &found->second;
}

void Shapes::keep(std::string key, const Understood& understood) {
    if (understood.action != Action::read || !understood.transaction) return;
    if (known_.size() >= most_shapes) known_.clear();
    Understood& kept = known_.emplace(std::move(key), understood).first->second;
    kept.transaction->settings = {};  // of one request: nothing of it stays
    for (Query* query : {&kept.transaction->main, kept.transaction->count ? &*kept.transaction->count : nullptr})
        if (query != nullptr)
            for (const auto& [parameter, pair] : query->compared) query->parameters[parameter].reset();
    kept.canonical.clear();
}

}  // namespace fin::api
