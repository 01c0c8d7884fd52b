#include "api/config/config.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "account/base64url.hpp"
#include "api/auth/keys.hpp"
#include "api/auth/role_path.hpp"
#include "api/config/file.hpp"
#include "api/config/options.hpp"
#include "api/config/uri.hpp"
#include "api/request/proxies.hpp"

namespace fin::api {

namespace {

std::string environment_name(std::string name) {
    for (char& c : name) {
        if (c == '-') c = '_';
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return "PGRST_" + name;
}

struct Given {
    std::string value, where;
};

void apply(Config& config, const Option& option, const Given& given) {
    if (given.value.empty()) {  // as if it were not there
        option.reset(config);
        if (option.may_be_empty) option.set(config, "");
        return;
    }
    if (option.set(config, given.value)) return;
    // A secret that is wrong is a secret still.
    const std::string shown = option.name == "jwt-secret" || option.name == "db-uri" ? "" : " " + given.value;
    throw ConfigError(given.where + ": " + option.name + " cannot be" + shown + "; it must be " + option.allowed);
}

std::string read_file(const std::string& setting, const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw ConfigError(setting + ": cannot read the file " + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void read_secret(Config& config) {
    std::string secret = config.jwt_secret_given;
    if (secret.starts_with('@')) {
        secret = read_file("jwt-secret", secret.substr(1));
        if (secret.ends_with('\n')) secret.pop_back();
    }
    if (config.jwt_secret_is_base64 && !secret.empty()) {
        secret.erase(0, secret.find_first_not_of(" \t\r\n"));
        secret.erase(secret.find_last_not_of(" \t\r\n") + 1);
        for (char& c : secret) c = c == '+' ? '-' : c == '/' ? '_' : c == '.' ? '=' : c;
        const auto bytes = account::from_base64url(secret.substr(0, secret.find_last_not_of('=') + 1));
        if (!bytes) throw ConfigError("jwt-secret: not base64, though jwt-secret-is-base64 says so");
        secret = *bytes;
    }
    if (!secret.empty()) try {
            Keys::parse(secret);
        } catch (const std::invalid_argument& error) {
            throw ConfigError("jwt-secret: " + std::string(error.what()));
        }
    config.jwt_secret = std::move(secret);
}

void read_uri(std::string& uri, const std::string& setting) {
    if (!uri.starts_with('@')) return;
    uri = read_file(setting, uri.substr(1));
    uri.erase(0, uri.find_first_not_of(" \t\r\n"));
    uri.erase(uri.find_last_not_of(" \t\r\n") + 1);
}

// What one setting cannot say about another.
void agree(Config& config) {
    read_secret(config);
    if (config.admin_server_port && *config.admin_server_port != 0 && *config.admin_server_port == config.server_port &&
        config.server_unix_socket.empty())
        throw ConfigError("admin-server-port cannot be the same as server-port");
    try {
        const Proxies check(config.fin_trusted_proxies);
    } catch (const std::invalid_argument& error) {
        throw ConfigError("fin-trusted-proxies: " + std::string(error.what()));
    }
    if (config.fin_tls_cert.empty() != config.fin_tls_key.empty())
        throw ConfigError("fin-tls-cert and fin-tls-key are given together or not at all");
    if (RolePath::parse(config.jwt_role_claim_key).is_outdated())
        config.warnings.push_back("jwt-role-claim-key = " + config.jwt_role_claim_key +
                                  " is in the form of older versions; as a JSON path it begins with $");
}

std::string in_quotes(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        if (c == '$') result += '$';
        if (c == '\n')
            result += "\\n";
        else
            result += c;
    }
    return result + "\"";
}

constexpr std::string_view app_settings_prefix = "app.settings.", app_environment_prefix = "PGRST_APP_SETTINGS_";

}  // namespace

Config Config::load(std::string_view file_text, const std::map<std::string, std::string>& environment) {
    Config config;
    auto file = read_config_file(file_text, environment);
    for (const auto& option : options()) {
        for (const auto& name : {option.name, option.alias}) {
            if (name.empty()) continue;
            const std::string variable = environment_name(name);
            const auto outside = environment.find(variable);
            const auto inside = file.find(name);
            if (outside != environment.end())
                apply(config, option, {outside->second, variable});
            else if (inside != file.end())
                apply(config, option, {inside->second.value, "line " + std::to_string(inside->second.line)});
            else
                continue;
            break;
        }
        file.erase(option.name);
        if (!option.alias.empty()) file.erase(option.alias);
    }
    for (const auto& [name, setting] : file) {
        if (name.starts_with(app_settings_prefix))
            config.app_settings[name] = setting.value;
        else
            config.warnings.push_back("line " + std::to_string(setting.line) + ": unknown setting " + name);
    }
    for (const auto& [name, value] : environment)
        if (name.starts_with(app_environment_prefix))
            config.app_settings[std::string(app_settings_prefix) + name.substr(app_environment_prefix.size())] = value;
    read_uri(config.db_uri, "db-uri");
    read_uri(config.fin_replica_uri, "fin-replica-uri");
    agree(config);
    return config;
}

Config Config::with_database_settings(const std::map<std::string, std::string>& settings) const {
    Config config = *this;
    for (const auto& option : options()) {
        if (!option.in_database) continue;
        std::string name = option.name;
        std::replace(name.begin(), name.end(), '-', '_');
        if (const auto found = settings.find(name); found != settings.end())
            apply(config, option, {found->second, "pgrst." + name + " in the database"});
    }
    config.warnings.clear();
    agree(config);
    return config;
}

std::string Config::dump() const {
    std::map<std::string, std::string> lines;
    for (const auto& option : options()) {
        std::string value = option.get(*this);
        if (option.name == "jwt-secret" && !value.empty() && !value.starts_with('@')) value = "***";
        if (option.name == "db-uri" || option.name == "fin-replica-uri") value = without_password(value);
        lines[option.name] = option.text ? in_quotes(value) : value;
    }
    for (const auto& [name, value] : app_settings) lines[name] = in_quotes(value);
    std::string text;
    for (const auto& [name, value] : lines) {
        text += name;
        text += " = ";
        text += value;
        text += '\n';
    }
    return text;
}

}  // namespace fin::api
