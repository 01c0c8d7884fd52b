// The settings of pg_fin_api: PostgREST's names and meanings, and a few of our own.
// Order of precedence: database over environment (PGRST_DB_URI ...) over file; unset: the defaults below.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fin::api {

enum class TxEnd { commit, commit_allow_override, rollback, rollback_allow_override };
enum class OpenApiMode { follow_privileges, ignore_privileges, disabled };
enum class LogLevel { crit, error, warn, info, debug };

struct Config {
    // database
    std::string db_uri = "postgresql://";
    std::vector<std::string> db_schemas = {"public"};
    std::string db_anon_role;  // empty: no anonymous access
    std::vector<std::string> db_extra_search_path = {"public"};
    std::optional<std::int64_t> db_max_rows;
    int db_pool = 10;
    int db_pool_acquisition_timeout = 10;  // s
    int db_pool_max_lifetime = 1800;       // s
    int db_pool_max_idletime = 30;         // s
    bool db_pool_automatic_recovery = true;
    std::string db_pre_request, db_pre_config, db_root_spec;  // functions, may be qualified; empty: none
    bool db_config = true;                                    // read settings of the authenticator role
    std::string db_channel = "pgrst";
    bool db_channel_enabled = true;
    bool db_prepared_statements = true;
    TxEnd db_tx_end = TxEnd::commit;
    bool db_plan_enabled = false;
    bool db_aggregates_enabled = false;
    std::vector<std::string> db_hoisted_tx_settings = {"statement_timeout", "plan_filter.statement_cost_limit",
                                                       "default_transaction_isolation"};
    // JWT
    std::string jwt_secret;        // text, JWK or JWKS, after @file was read and base64 decoded
    std::string jwt_secret_given;  // as configured, before that
    bool jwt_secret_is_base64 = false;
    std::string jwt_aud;                        // empty: not checked
    std::string jwt_role_claim_key = "$.role";  // JSON path; .role of older versions is understood
    int jwt_cache_max_entries = 1000;
    // HTTP
    OpenApiMode openapi_mode = OpenApiMode::follow_privileges;
    bool openapi_security_active = false;
    std::string openapi_server_proxy_uri;
    std::string server_host = "!4";  // !4 *4 *6 !6 * as PostgREST, or an address
    int server_port = 3000;          // 0: any free one (printed at the start)
    std::string server_unix_socket;
    int server_unix_socket_mode = 0660;
    std::vector<std::string> server_cors_allowed_origins;  // empty: *
    std::string server_trace_header;
    bool server_timing_enabled = false;
    std::string admin_server_host;  // empty: server_host
    std::optional<int> admin_server_port;
    LogLevel log_level = LogLevel::error;
    bool log_query = false;
    bool client_error_minimal = false;  // client-error-verbosity = minimal
    bool url_use_legacy_target_names = true;
    std::map<std::string, std::string> app_settings;  // app.settings.x = value

    // Ours, PGRST_FIN_... in the environment.
    std::string fin_replica_uri;            // fin-replica-uri: a standby for read-only requests; empty: none
    int fin_replica_max_lag = 1000;         // ms
    std::string fin_tls_cert, fin_tls_key;  // PEM files; both or none
    std::int64_t fin_max_body = 64 << 20;   // bytes of a request's body
    int fin_client_timeout = 30;            // s a client may be silent within a request
    int fin_threads = 0;                    // io threads; 0: one per core, half of that beside the database
    std::string fin_access_log;             // "-": standard output as JSON lines; a file; empty: none
    bool fin_limits = false;                // fin-limits: requests are counted and limited by user (fin.plan_limits)
    std::string fin_routes;                 // table of named routes; empty: none

    std::int64_t fin_max_upload = 200 << 20;  // bytes of an uploaded file
    int fin_max_streams = 1000;               // streams of server-sent events at a time

    std::vector<std::string> fin_trusted_proxies;  // addresses, networks, "unix": their X-Forwarded-For counts

    // Unknown names and outdated forms, one sentence each, to be logged at the start and by --check-config.
    std::vector<std::string> warnings;

    // `environment` is the whole environment: file values may name any variable as $(NAME).
    // Throws ConfigError naming the key, the line where it comes from a file, and what is allowed.
    static Config load(std::string_view file_text, const std::map<std::string, std::string>& environment);
    // Settings of the database (name without "pgrst.") on top; unknown names are ignored as PostgREST does.
    Config with_database_settings(const std::map<std::string, std::string>& settings) const;
    std::string dump() const;  // as a file, without secrets
};

struct ConfigError : std::exception {
    std::string message;
    explicit ConfigError(std::string text) : message(std::move(text)) {}
    const char* what() const noexcept override { return message.c_str(); }
};

}  // namespace fin::api
