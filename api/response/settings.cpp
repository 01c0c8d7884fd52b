#include "api/response/settings.hpp"

#include <map>

#include "api/request/text.hpp"
#include "api/sql/writer.hpp"

namespace fin::api {

namespace {

using Members = std::map<std::string_view, std::string_view>;

std::string json_object(const Members& members) {
    std::string out = "{";
    for (const auto& [name, value] : members) {
        if (out.size() > 1) out.push_back(',');
        request::append_json_string(out, name);
        out.push_back(':');
        request::append_json_string(out, value);
    }
    out.push_back('}');
    return out;
}

std::string headers_text(const Request& request) {
    Members members;
    for (const auto& [name, value] : request.headers)
        if (name != "cookie") members[name] = value;
    return json_object(members);
}

std::string cookies_text(const Request& request) {
    Members members;
    for (const auto& [name, value] : request.headers) {
        if (name != "cookie") continue;
        for (const std::string_view part : request::split(value, ';')) {
            const std::string_view cookie = request::trimmed(part);
            if (cookie.empty()) continue;
            const std::size_t equals = cookie.find('=');
            members.emplace(cookie.substr(0, equals),
                            equals == std::string_view::npos ? std::string_view() : cookie.substr(equals + 1));
        }
    }
    return json_object(members);
}

std::string search_path(const Config& config, std::string_view schema) {
    std::string out = sql::quoted(schema);
    for (const std::string& extra : config.db_extra_search_path)
        if (!extra.empty()) out += ", " + sql::quoted(extra);
    return out;
}

// select num_nulls(set_config(...), set_config(...), ...): one number comes back, where columns would each have their
// description and value sent, for nobody. Arguments are evaluated in their order.
class Settings {
public:
    Settings() { out_.reserve(1000); }
    void read_only() { next() << "pg_catalog.set_config('transaction_read_only', 'on', true)"; }
    void known(std::string_view name, std::string value) {
        next() << "pg_catalog.set_config('" << name << "', ";
        out_.parameter(std::move(value)) << ", true)";
    }
    void named(const std::string& name, const std::string& value) {
        next() << "pg_catalog.set_config(";
        out_.parameter(name) << ", ";
        out_.parameter(value) << ", true)";
    }
    // Sets the claims of an API key's owner; refuses one that does not hold.
    void key(const Identity& identity) {
        next() << schema::Name{identity.key_schema, "begin_with_key"} << '(';
        out_.parameter(identity.key) << ")::text";
    }
    Query take() {
        out_ << ')';
        return out_.take();
    }

private:
    sql::Writer& next() {
        constexpr std::size_t most = 100;  // arguments of a function
        if (count_ % most == 0)
            out_ << (count_ == 0 ? "select pg_catalog.num_nulls(" : "), pg_catalog.num_nulls(");
        else
            out_ << ", ";
        ++count_;
        return out_;
    }

    sql::Writer out_;
    std::size_t count_ = 0;
};

}  // namespace

Query transaction_settings(const Request& request, const Context& context, Access access, std::string_view schema,
                           const request::Preferences& preferences, const schema::Function* function) {
    Settings settings;
    if (access == Access::read_only) settings.read_only();
    const bool by_key = !context.identity.key.empty();
    if (by_key) settings.key(context.identity);
    settings.known("search_path", search_path(context.config, schema));
    // Before the role is taken: the authenticator may set what the role may not.
    const auto role = context.cache->roles.find(context.identity.role);
    if (role != context.cache->roles.end())
        for (const auto& [name, value] : role->second.settings) settings.named(name, value);
    settings.known("role", context.identity.role);
    if (!by_key) settings.known("request.jwt.claims", context.identity.claims);
    settings.known("request.method", request.method);
    settings.known("request.path", request.path);
    settings.known("request.headers", headers_text(request));
    settings.known("request.cookies", cookies_text(request));
    if (!request.address.empty()) settings.known("request.address", request.address);
    if (preferences.timezone) settings.known("timezone", *preferences.timezone);
    if (function)
        for (const auto& [name, value] : function->settings) settings.named(name, value);
    for (const auto& [name, value] : context.config.app_settings) settings.named(name, value);
    return settings.take();
}

std::optional<Query> pre_request(const Config& config) {
    if (config.db_pre_request.empty()) return std::nullopt;
    const std::size_t dot = config.db_pre_request.find('.');
    schema::Name name{"", config.db_pre_request};
    if (dot != std::string::npos) name = {config.db_pre_request.substr(0, dot), config.db_pre_request.substr(dot + 1)};
    sql::Writer out;
    out << "select " << name << "()";
    return out.take();
}

}  // namespace fin::api
