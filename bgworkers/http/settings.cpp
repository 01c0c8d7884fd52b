#include "http/settings.hpp"

#include "bridge.hpp"

extern "C" {
#include "utils/guc.h"
}

namespace fin::workers {

namespace {

char* allow_hosts = nullptr;
char* ca_file = nullptr;
bool allow_private = false;
int in_flight = 1000;
int per_host = 100;
int max_body = 16 << 10;
int max_memory = 256 << 10;
Client* current = nullptr;

// Called by PostgreSQL: a bad list is said in words, not thrown.
bool check_hosts(char** text, void**, GucSource) {
    try {
        (void)outbound::HostList::parse(*text ? *text : "");
        return true;
    } catch (const Error& error) {
        GUC_check_errdetail("%s", error.what());
        GUC_check_errhint("%s", error.hint.c_str());
    } catch (...) {
        GUC_check_errdetail("The list is too long.");
    }
    return false;
}

}  // namespace

void define_http_settings() {
    DefineCustomStringVariable(
        "pg_fin.http_allow_hosts", "Hosts that workers may call, separated by commas.",
        "api.example.com, *.example.org, [2001:db8::1]:8443. Empty: none. Redirects are never followed.", &allow_hosts,
        "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, check_hosts, nullptr, nullptr);
    DefineCustomBoolVariable("pg_fin.http_allow_private", "Lets workers connect to addresses that are not public.",
                             "Loopback, private and link-local networks, the metadata services of clouds. For services "
                             "inside one's own network and for tests.",
                             &allow_private, false, PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
    DefineCustomStringVariable("pg_fin.http_ca_file", "Certificate authorities that workers trust, a file in PEM.",
                               "Empty: those of the system.", &ca_file, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr,
                               nullptr, nullptr);
    DefineCustomIntVariable("pg_fin.http_in_flight", "How many requests one worker has under way at most.", nullptr,
                            &in_flight, 1000, 1, 10'000, PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("pg_fin.http_per_host", "How many of them go to one host and port at most.", nullptr,
                            &per_host, 100, 1, 10'000, PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("pg_fin.http_max_body", "How large an answer may be.", nullptr, &max_body, 16 << 10, 1,
                            1 << 20, PGC_SIGHUP, GUC_SUPERUSER_ONLY | GUC_UNIT_KB, nullptr, nullptr, nullptr);
    DefineCustomIntVariable("pg_fin.http_max_memory", "How much of answers one worker may hold at once.", nullptr,
                            &max_memory, 256 << 10, 1 << 10, 4 << 20, PGC_SIGHUP, GUC_SUPERUSER_ONLY | GUC_UNIT_KB,
                            nullptr, nullptr, nullptr);
}

const Policy& http_policy() {
    static Policy policy;
    static std::string parsed;
    const std::string hosts = allow_hosts ? allow_hosts : "";
    if (hosts != parsed) {
        policy.hosts = outbound::HostList::parse(hosts);
        parsed = hosts;
    }
    policy.allow_private = allow_private;
    if (policy.ca_file != (ca_file ? ca_file : "")) policy.ca_file = ca_file;
    policy.in_all = in_flight;
    policy.per_host = per_host;
    policy.max_body = std::size_t(max_body) << 10;
    policy.max_memory = std::size_t(max_memory) << 10;
    return policy;
}

Client& client() { return *current; }
void set_client(Client* made) { current = made; }

}  // namespace fin::workers
