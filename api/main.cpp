// pg_fin_api: the REST server's program.
#include <malloc.h>
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "api/config/config.hpp"
#include "api/logger.hpp"
#include "api/server/service.hpp"
#include "api/server/tls.hpp"
#include "api/server/version.hpp"

extern char** environ;

namespace {

using fin::api::Config;
using fin::api::ConfigError;

constexpr int wrong_use = 2, bad_settings = 3, cannot_serve = 4;

const char* const help =
    R"(NAME
    pg_fin_api - serves a PostgreSQL database over HTTP in PostgREST's dialect

SYNOPSIS
    pg_fin_api [FILE]
    pg_fin_api --check-config [FILE]
    pg_fin_api --dump-config [FILE]
    pg_fin_api --help | --version

DESCRIPTION
    Serves tables, views and functions of the schemas named by db-schemas. FILE holds settings as lines of
    name = "value", with the names PostgREST uses. A variable PGRST_NAME of the environment (PGRST_DB_URI for
    db-uri) wins over the file; pgrst.name of the database role (ALTER ROLE ... SET pgrst.name) wins over both.

OPTIONS
    --check-config   Reads the settings, says what is wrong with them, and ends. The database is not asked.
    --dump-config    Prints the settings as they are understood, without secrets, and ends.
    --help           Prints this page.
    --version        Prints the version.

SETTINGS
    db-uri                  connection string of the database; libpq's forms and variables
    db-schemas              schemas that are served, the first one by default
    db-anon-role            role of requests without a token; none: a token is required
    db-pool                 most connections to the database (10)
    jwt-secret              key that signs tokens: text, JWK, JWK set, or @FILE
    server-host, -port      where it listens (!4, 3000); port 0: any free one, printed at the start
    server-unix-socket      a path to listen on instead
    admin-server-port       /live /ready /metrics /config /schema_cache; never for the outside
    fin-replica-uri         a standby that answers reads while it lags less than fin-replica-max-lag (1000 ms)
    fin-tls-cert, -key      PEM files; both: only TLS is spoken
    fin-max-body            most bytes of a request's body (67108864)
    fin-client-timeout      seconds a client may be silent within a request (30)
    fin-threads             io threads (0: one per core, half of that beside the database)
    fin-limits              requests are limited by user and address (false); the database holds pg_fin
    fin-trusted-proxies     addresses, networks, unix: proxies whose X-Forwarded-For is believed; none
    fin-access-log          a file, or - for standard output: one JSON object per request
    fin-routes              table of the product's named routes, such as fin.routes; none: the dialect alone
    fin-max-upload          most bytes of an uploaded file (209715200); they wait in TMPDIR, else in /var/tmp
    fin-max-streams         most streams of server-sent events at a time (1000)

SIGNALS
    SIGTERM, SIGINT   ends; requests under way are finished (30 s at most). Twice: at once.
    SIGUSR1           reads the schema cache again.
    SIGUSR2           reads the settings again, and the TLS files; opens the access log again.

EXIT STATUS
    0  ended as told    1  the database is gone and db-pool-automatic-recovery is off
    2  wrong use    3  the settings are wrong    4  it cannot serve (port, TLS files)

NOTIFICATIONS
    NOTIFY pgrst, 'reload schema'; NOTIFY pgrst, 'reload config'; NOTIFY pgrst does both.
)";

std::map<std::string, std::string> environment() {
    std::map<std::string, std::string> found;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const char* equals = std::strchr(*entry, '=');
        if (equals != nullptr)
            found.emplace(std::string(*entry, static_cast<std::size_t>(equals - *entry)), equals + 1);
    }
    return found;
}

std::string text_of(const std::string& path) {
    if (path.empty()) return {};
    std::ifstream file(path, std::ios::binary);
    if (!file) throw ConfigError("the settings file " + path + " cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

Config load(const std::string& path, const std::map<std::string, std::string>& database_settings) {
    Config config = Config::load(text_of(path), environment());
    return database_settings.empty() ? config : config.with_database_settings(database_settings);
}

void check(const Config& config) {
    const fin::api::Authenticator authenticator(config);
    if (!config.fin_tls_cert.empty()) fin::api::tls_context(config.fin_tls_cert, config.fin_tls_key);
}

}  // namespace

int main(int count, char** arguments) {
    std::string path, action;
    for (int i = 1; i < count; ++i) {
        const std::string argument = arguments[i];
        if (argument == "--help" || argument == "-h") {
            std::fputs(help, stdout);
            return 0;
        }
        if (argument == "--version" || argument == "-V") {
            std::puts("pg_fin_api " FIN_API_VERSION);
            return 0;
        }
        if (argument == "--check-config" || argument == "--dump-config") {
            action = argument;
        } else if (argument.empty() || argument[0] == '-' || !path.empty()) {
            std::fprintf(stderr, "pg_fin_api: %s is not understood; see pg_fin_api --help\n", argument.c_str());
            return wrong_use;
        } else {
            path = argument;
        }
    }
    ::signal(SIGPIPE, SIG_IGN);
    // Few arenas: memory that one thread gave back is there for the others.
    ::mallopt(M_ARENA_MAX, 2);
    ::mallopt(M_TRIM_THRESHOLD, 8 << 20);
    try {
        if (!action.empty()) {
            const Config config = load(path, {});
            check(config);
            for (const auto& warning : config.warnings) std::fprintf(stderr, "pg_fin_api: %s\n", warning.c_str());
            if (action == "--dump-config")
                std::fputs(config.dump().c_str(), stdout);
            else
                std::puts(config.warnings.empty() ? "The settings are fine." : "The settings can be used.");
            return 0;
        }
        auto* service = new fin::api::Service(
            [path](const std::map<std::string, std::string>& settings) { return load(path, settings); });
        const int status = service->run();
        std::fflush(nullptr);
        // Requests cut off at the end still refer to the service: the process is their end.
        std::_Exit(status);
    } catch (const ConfigError& error) {
        std::fprintf(stderr, "pg_fin_api: %s\n", error.what());
        return bad_settings;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "pg_fin_api: %s\n", error.what());
        return cannot_serve;
    }
}
