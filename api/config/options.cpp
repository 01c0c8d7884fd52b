#include "api/config/options.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "api/auth/role_path.hpp"
#include "api/config/uri.hpp"

namespace fin::api {

namespace {

bool read_number(const std::string& text, std::int64_t& value) {
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

// As lenient as PostgREST: any case, quotes around it, numbers.
bool read_flag(const std::string& text, bool& value) {
    std::string letters;
    for (const char c : text) {
        const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (small >= 'a' && small <= 'z') letters += small;
    }
    std::int64_t number = 0;
    if (letters == "true" || letters == "on" || letters == "yes") return value = true;
    if (letters == "false" || letters == "off" || letters == "no") return !(value = false);
    if (!read_number(text, number)) return false;
    value = number > 0;
    return true;
}

std::vector<std::string> read_list(const std::string& text) {
    std::vector<std::string> items;
    if (text.empty()) return items;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        std::string item = text.substr(from, comma - from);
        item.erase(0, item.find_first_not_of(" \t\r\n"));
        item.erase(item.find_last_not_of(" \t\r\n") + 1);
        items.push_back(std::move(item));
        from = comma + 1;
    }
    return items;
}

std::string write_list(const std::vector<std::string>& items) {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ",") + item;
    return text;
}

template <class T>
std::function<void(Config&)> reset(T Config::*member) {
    return [member](Config& config) { config.*member = Config().*member; };
}

Option text(std::string name, std::string Config::*member, std::string allowed = "a text") {
    return {std::move(name), std::move(allowed),
            [member](Config& config, const std::string& value) {
                config.*member = value;
                return true;
            },
            reset(member), [member](const Config& config) { return config.*member; }};
}

Option text(std::string name, std::string Config::*member, std::string allowed, bool (*fits)(const std::string&)) {
    Option option = text(std::move(name), member, std::move(allowed));
    option.set = [member, fits](Config& config, const std::string& value) {
        config.*member = value;
        return fits(value);
    };
    return option;
}

template <class Number>
Option number(std::string name, Number Config::*member, std::int64_t least, std::int64_t most) {
    Option option{std::move(name), "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
                  [=](Config& config, const std::string& value) {
                      std::int64_t found = 0;
                      if (!read_number(value, found) || found < least || found > most) return false;
                      config.*member = static_cast<Number>(found);
                      return true;
                  },
                  reset(member), [member](const Config& config) { return std::to_string(config.*member); }};
    option.text = false;
    return option;
}

template <class Number>
Option maybe_number(std::string name, std::optional<Number> Config::*member, std::int64_t least, std::int64_t most) {
    Option option{std::move(name),
                  "a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ", or empty",
                  [=](Config& config, const std::string& value) {
                      std::int64_t found = 0;
                      if (!read_number(value, found) || found < least || found > most) return false;
                      config.*member = static_cast<Number>(found);
                      return true;
                  },
                  reset(member),
                  [member](const Config& config) {
                      return config.*member ? std::to_string(*(config.*member)) : std::string("\"\"");
                  }};
    option.text = false;
    return option;
}

Option flag(std::string name, bool Config::*member) {
    Option option{std::move(name), "true or false",
                  [member](Config& config, const std::string& value) { return read_flag(value, config.*member); },
                  reset(member),
                  [member](const Config& config) { return std::string(config.*member ? "true" : "false"); }};
    option.text = false;
    return option;
}

Option list(std::string name, std::vector<std::string> Config::*member) {
    return {std::move(name), "texts with commas between them",
            [member](Config& config, const std::string& value) {
                config.*member = read_list(value);
                return true;
            },
            reset(member), [member](const Config& config) { return write_list(config.*member); }};
}

template <class Choice>
Option choice(std::string name, Choice Config::*member, std::vector<std::pair<std::string, Choice>> choices) {
    std::string allowed;
    for (std::size_t i = 0; i < choices.size(); ++i)
        allowed += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i].first;
    return {std::move(name), std::move(allowed),
            [member, choices](Config& config, const std::string& value) {
                for (const auto& [word, meaning] : choices)
                    if (word == value) {
                        config.*member = meaning;
                        return true;
                    }
                return false;
            },
            reset(member),
            [member, choices](const Config& config) {
                for (const auto& [word, meaning] : choices)
                    if (meaning == config.*member) return word;
                return std::string();
            }};
}

Option named_before(Option option, std::string alias) {
    option.alias = std::move(alias);
    return option;
}

Option in_database(Option option) {
    option.in_database = true;
    return option;
}

Option schemas() {
    Option option = list("db-schemas", &Config::db_schemas);
    option.allowed = "schemas with commas between them, not pg_catalog and not information_schema";
    option.set = [](Config& config, const std::string& value) {
        config.db_schemas = read_list(value);
        return std::none_of(config.db_schemas.begin(), config.db_schemas.end(), [](const std::string& schema) {
            return schema.empty() || schema == "pg_catalog" || schema == "information_schema";
        });
    };
    return option;
}

Option socket_mode() {
    constexpr int least = 0600, most = 0777, base = 8;
    return {"server-unix-socket-mode", "three octal digits from 600 to 777",
            [](Config& config, const std::string& value) {
                int mode = 0;
                const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), mode, base);
                if (error != std::errc() || end != value.data() + value.size() || mode < least || mode > most)
                    return false;
                config.server_unix_socket_mode = mode;
                return true;
            },
            reset(&Config::server_unix_socket_mode),
            [](const Config& config) {
                std::string digits(3, '0');
                for (std::size_t i = 0; i < digits.size(); ++i)
                    digits[i] = static_cast<char>('0' + (config.server_unix_socket_mode >> (6 - 3 * i) & 7));
                return digits;
            }};
}

bool is_role_path(const std::string& value) {
    try {
        RolePath::parse(value);
        return true;
    } catch (const std::invalid_argument&) {
        return false;
    }
}

bool is_audience(const std::string& value) { return value.find(':') == std::string::npos || is_uri(value); }
bool is_proxy(const std::string& value) { return read_http_uri(value).has_value(); }

bool is_table(const std::string& value) {
    const std::size_t dot = value.find('.');
    return value.empty() || (dot != std::string::npos && dot > 0 && dot + 1 < value.size());
}

constexpr std::int64_t most_seconds = 31'536'000, most_int = 2'147'483'647, any_size = INT64_C(1) << 40;

std::vector<Option> all_options() {
    Option path = list("db-extra-search-path", &Config::db_extra_search_path);
    path.may_be_empty = true;
    std::vector<Option> options = {
        in_database(flag("db-aggregates-enabled", &Config::db_aggregates_enabled)),
        in_database(text("db-anon-role", &Config::db_anon_role)),
        text("db-channel", &Config::db_channel),
        flag("db-channel-enabled", &Config::db_channel_enabled),
        in_database(std::move(path)),
        in_database(list("db-hoisted-tx-settings", &Config::db_hoisted_tx_settings)),
        in_database(named_before(maybe_number("db-max-rows", &Config::db_max_rows, 0, any_size), "max-rows")),
        in_database(flag("db-plan-enabled", &Config::db_plan_enabled)),
        number("db-pool", &Config::db_pool, 1, 10'000),
        number("db-pool-acquisition-timeout", &Config::db_pool_acquisition_timeout, 1, most_seconds),
        number("db-pool-max-lifetime", &Config::db_pool_max_lifetime, 1, most_seconds),
        named_before(number("db-pool-max-idletime", &Config::db_pool_max_idletime, 1, most_seconds), "db-pool-timeout"),
        flag("db-pool-automatic-recovery", &Config::db_pool_automatic_recovery),
        in_database(named_before(text("db-pre-request", &Config::db_pre_request), "pre-request")),
        in_database(flag("db-prepared-statements", &Config::db_prepared_statements)),
        in_database(named_before(text("db-root-spec", &Config::db_root_spec), "root-spec")),
        in_database(named_before(schemas(), "db-schema")),
        flag("db-config", &Config::db_config),
        in_database(text("db-pre-config", &Config::db_pre_config)),
        in_database(choice<TxEnd>("db-tx-end", &Config::db_tx_end,
                                  {{"commit", TxEnd::commit},
                                   {"commit-allow-override", TxEnd::commit_allow_override},
                                   {"rollback", TxEnd::rollback},
                                   {"rollback-allow-override", TxEnd::rollback_allow_override}})),
        text("db-uri", &Config::db_uri),
        in_database(text("jwt-aud", &Config::jwt_aud, "a text, or with a colon in it a URI", is_audience)),
        in_database(named_before(text("jwt-role-claim-key", &Config::jwt_role_claim_key,
                                      "a JSON path such as $.role or $.app.roles[0]", is_role_path),
                                 "role-claim-key")),
        in_database(text("jwt-secret", &Config::jwt_secret_given,
                         "a text of at least 32 characters, a JWK, a JWKS, or @ and a file with one")),
        in_database(named_before(flag("jwt-secret-is-base64", &Config::jwt_secret_is_base64), "secret-is-base64")),
        in_database(number("jwt-cache-max-entries", &Config::jwt_cache_max_entries, 0, 10'000'000)),
        choice<LogLevel>("log-level", &Config::log_level,
                         {{"crit", LogLevel::crit},
                          {"error", LogLevel::error},
                          {"warn", LogLevel::warn},
                          {"info", LogLevel::info},
                          {"debug", LogLevel::debug}}),
        flag("log-query", &Config::log_query),
        in_database(choice<OpenApiMode>("openapi-mode", &Config::openapi_mode,
                                        {{"follow-privileges", OpenApiMode::follow_privileges},
                                         {"ignore-privileges", OpenApiMode::ignore_privileges},
                                         {"disabled", OpenApiMode::disabled}})),
        in_database(flag("openapi-security-active", &Config::openapi_security_active)),
        in_database(text("openapi-server-proxy-uri", &Config::openapi_server_proxy_uri,
                         "an http or https address such as https://example.com:8443/basePath", is_proxy)),
        in_database(list("server-cors-allowed-origins", &Config::server_cors_allowed_origins)),
        text("server-host", &Config::server_host),
        number("server-port", &Config::server_port, 0, 65'535),
        in_database(text("server-trace-header", &Config::server_trace_header)),
        in_database(flag("server-timing-enabled", &Config::server_timing_enabled)),
        text("server-unix-socket", &Config::server_unix_socket),
        socket_mode(),
        in_database(flag("url-use-legacy-target-names", &Config::url_use_legacy_target_names)),
        text("admin-server-host", &Config::admin_server_host),
        maybe_number("admin-server-port", &Config::admin_server_port, 0, 65'535),
        in_database(choice<bool>("client-error-verbosity", &Config::client_error_minimal,
                                 {{"verbose", false}, {"minimal", true}})),
        text("fin-replica-uri", &Config::fin_replica_uri),
        number("fin-replica-max-lag", &Config::fin_replica_max_lag, 0, most_int),
        text("fin-tls-cert", &Config::fin_tls_cert),
        text("fin-tls-key", &Config::fin_tls_key),
        number("fin-max-body", &Config::fin_max_body, 1, any_size),
        number("fin-client-timeout", &Config::fin_client_timeout, 1, most_seconds),
        number("fin-threads", &Config::fin_threads, 0, 1024),
        text("fin-access-log", &Config::fin_access_log),
        text("fin-routes", &Config::fin_routes, "a schema and a table such as fin.routes", is_table),
        number("fin-max-upload", &Config::fin_max_upload, 1, any_size),
        number("fin-max-streams", &Config::fin_max_streams, 0, most_int),
        flag("fin-limits", &Config::fin_limits),
        list("fin-trusted-proxies", &Config::fin_trusted_proxies),
    };
    std::sort(options.begin(), options.end(), [](const Option& a, const Option& b) { return a.name < b.name; });
    return options;
}

}  // namespace

const std::vector<Option>& options() {
    static const std::vector<Option> all = all_options();
    return all;
}

}  // namespace fin::api
