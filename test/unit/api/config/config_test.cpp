// The settings' format and names are those of PostgREST's documentation.
#include "api/config/config.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "api/config/database_settings.hpp"
#include "api/config/options.hpp"
#include "api/config/uri.hpp"

using namespace fin::api;

namespace {

const std::string secret = "reallyreallyreallyreallyverysafe";  // 32 characters

std::string complaint(const std::string& file, const std::map<std::string, std::string>& environment = {}) {
    try {
        Config::load(file, environment);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "";
}

class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& content) {
        char name[] = "/tmp/fin_config_XXXXXX";
        const int handle = mkstemp(name);
        if (handle >= 0) close(handle);
        path = name;
        std::ofstream(path, std::ios::binary) << content;
    }
    ~TemporaryFile() { std::remove(path.c_str()); }
    std::string path;
};

}  // namespace

TEST(Config, EmptyMeansTheDefaults) {
    const Config config = Config::load("", {});
    EXPECT_EQ(config.db_schemas, std::vector<std::string>{"public"});
    EXPECT_EQ(config.db_uri, "postgresql://");
    EXPECT_EQ(config.server_port, 3000);
    EXPECT_EQ(config.server_host, "!4");
    EXPECT_EQ(config.jwt_role_claim_key, "$.role");
    EXPECT_FALSE(config.db_max_rows);
    EXPECT_TRUE(config.warnings.empty());
}

TEST(Config, ReadsAFile) {
    const Config config = Config::load(
        "\xef\xbb\xbf# comment\n"
        "db-uri = \"postgres://user:p#w@host/db\"  # behind a value\n"
        "db-schemas = \"api, \\\"x\\\" ,\\u0444\"\r\n"
        "db-pool=20\n\n   db-max-rows   =   1000\n"
        "db-tx-end = \"rollback-allow-override\"\n"
        "jwt-role-claim-key = \"$$.app['a b']\"\n"
        "server-unix-socket-mode = \"777\"\n"
        "log-level = \"debug\"\nlog-query = true\nopenapi-mode = \"disabled\"\n"
        "db-extra-search-path = \"\"\n"
        "server-cors-allowed-origins = \"https://a.example, https://b.example\"\n"
        "app.settings.greeting = \"he said \\\"hi\\\"\"\n"
        "fin-max-body = 1000\nclient-error-verbosity = \"minimal\"\ndb-channel-enabled = off",
        {});
    EXPECT_EQ(config.db_uri, "postgres://user:p#w@host/db");
    EXPECT_EQ(config.db_schemas, (std::vector<std::string>{"api", "\"x\"", "ф"}));
    EXPECT_EQ(config.db_pool, 20);
    EXPECT_EQ(config.db_max_rows, 1000);
    EXPECT_EQ(config.db_tx_end, TxEnd::rollback_allow_override);
    EXPECT_EQ(config.jwt_role_claim_key, "$.app['a b']");
    EXPECT_EQ(config.server_unix_socket_mode, 0777);
    EXPECT_EQ(config.log_level, LogLevel::debug);
    EXPECT_TRUE(config.log_query);
    EXPECT_EQ(config.openapi_mode, OpenApiMode::disabled);
    EXPECT_TRUE(config.db_extra_search_path.empty());
    EXPECT_EQ(config.server_cors_allowed_origins.size(), 2U);
    EXPECT_EQ(config.app_settings.at("app.settings.greeting"), "he said \"hi\"");
    EXPECT_EQ(config.fin_max_body, 1000);
    EXPECT_TRUE(config.client_error_minimal);
    EXPECT_FALSE(config.db_channel_enabled);
}

TEST(Config, TheEnvironmentWinsAndFillsIn) {
    const std::map<std::string, std::string> environment = {
        {"PGRST_DB_POOL", "7"},       {"PGRST_DB_SCHEMA", "old"},          {"PGRST_APP_SETTINGS_Name", "v"},
        {"HOST_OF_DB", "db.example"}, {"PGRST_FIN_CLIENT_TIMEOUT", "5"},   {"PGRST_LOG_QUERY", "True"},
        {"PGRST_DB_ANON_ROLE", ""},   {"PGRST_SERVER_TIMING_ENABLED", "1"}};
    const Config config =
        Config::load("db-pool = 20\ndb-uri = \"postgres://$(HOST_OF_DB)/x$$\"\ndb-anon-role = \"web\"\n", environment);
    EXPECT_EQ(config.db_pool, 7);
    EXPECT_EQ(config.db_schemas, std::vector<std::string>{"old"});
    EXPECT_EQ(config.app_settings.at("app.settings.Name"), "v");
    EXPECT_EQ(config.db_uri, "postgres://db.example/x$");
    EXPECT_EQ(config.fin_client_timeout, 5);
    EXPECT_TRUE(config.log_query);
    EXPECT_TRUE(config.server_timing_enabled);
    EXPECT_EQ(config.db_anon_role, "");  // given empty: not set
}

TEST(Config, OldNamesStillCount) {
    const Config config = Config::load(
        "max-rows = 5\npre-request = \"a.b\"\nroot-spec = \"r\"\nrole-claim-key = \".x\"\ndb-pool-timeout = 9\n", {});
    EXPECT_EQ(config.db_max_rows, 5);
    EXPECT_EQ(config.db_pre_request, "a.b");
    EXPECT_EQ(config.db_root_spec, "r");
    EXPECT_EQ(config.jwt_role_claim_key, ".x");
    EXPECT_EQ(config.db_pool_max_idletime, 9);
    ASSERT_EQ(config.warnings.size(), 1U);  // the role's path is in the older form
    EXPECT_EQ(Config::load("db-max-rows = 1\nmax-rows = 2\n", {}).db_max_rows, 1);
}

TEST(Config, WarnsOfUnknownNames) {
    const Config config = Config::load("\ndb-poool = 5\n", {});
    EXPECT_EQ(config.warnings, std::vector<std::string>{"line 2: unknown setting db-poool"});
}

TEST(Config, SaysWhereAndWhatIsWrong) {
    EXPECT_EQ(complaint("\n\ndb-pool = \"many\"\n"),
              "line 3: db-pool cannot be many; it must be a whole number from 1 to 10000");
    EXPECT_EQ(complaint("", {{"PGRST_DB_TX_END", "later"}}),
              "PGRST_DB_TX_END: db-tx-end cannot be later; it must be commit, commit-allow-override, rollback or "
              "rollback-allow-override");
    EXPECT_EQ(complaint("db-pool 5"), "line 1: expected = after db-pool");
    EXPECT_EQ(complaint("= 5"), "line 1: expected a setting's name");
    EXPECT_EQ(complaint("a = \"x\nb = 1"), "line 2: the value of a has no closing quote");
    EXPECT_EQ(complaint("db-schemas = api"),
              "line 1: the value of db-schemas must be a number, true, false or a text in double quotes");
    EXPECT_EQ(complaint("db-pool = 5 6"), "line 1: unexpected text after the value of db-pool");
    EXPECT_EQ(complaint("db-uri = \"$(NOWHERE)\""),
              "line 1: the environment has no variable NOWHERE, which db-uri names");
    EXPECT_NE(complaint("db-uri = \"\\x\""), "");
    EXPECT_NE(complaint("db-uri = \"\\ud800\""), "");
    EXPECT_NE(complaint("db-schemas = \"api,pg_catalog\""), "");
    EXPECT_NE(complaint("db-schemas = \"api,\""), "");
    EXPECT_NE(complaint("server-unix-socket-mode = \"599\""), "");
    EXPECT_NE(complaint("server-unix-socket-mode = \"6a0\""), "");
    EXPECT_NE(complaint("server-port = 65536"), "");
    EXPECT_NE(complaint("log-query = \"perhaps\""), "");
    EXPECT_NE(complaint("jwt-aud = \"foo://%%$$^^.com\""), "");
    EXPECT_EQ(complaint("jwt-aud = \"https://example.com/a\""), "");
    EXPECT_NE(complaint("jwt-role-claim-key = \"role\""), "");
    EXPECT_NE(complaint("openapi-server-proxy-uri = \"http://user@host/\""), "");
    EXPECT_EQ(complaint("server-port = 3001\nadmin-server-port = 3001"),
              "admin-server-port cannot be the same as server-port");
    EXPECT_NE(complaint("fin-tls-cert = \"/a\""), "");
    EXPECT_NE(complaint("db-uri = \"@/nowhere/at/all\""), "");
}

TEST(Config, SecretsComeInSeveralForms) {
    const TemporaryFile file(secret + "\n"), uri("  postgres://h/d \n");
    EXPECT_EQ(Config::load("jwt-secret = \"" + secret + "\"", {}).jwt_secret, secret);
    EXPECT_EQ(Config::load("jwt-secret = \"@" + file.path + "\"", {}).jwt_secret, secret);
    EXPECT_EQ(Config::load("db-uri = \"@" + uri.path + "\"", {}).db_uri, "postgres://h/d");
    // printf %s "$secret" | base64, and with the bytes fb ff in front in the URL's alphabet
    const std::string encoded = "cmVhbGx5cmVhbGx5cmVhbGx5cmVhbGx5dmVyeXNhZmU=";
    const std::string base64 = "jwt-secret-is-base64 = true\n";
    EXPECT_EQ(Config::load(base64 + "jwt-secret = \" " + encoded + " \"", {}).jwt_secret, secret);
    EXPECT_EQ(Config::load(base64 + "jwt-secret = \"-_9yZWFsbHlyZWFsbHlyZWFsbHlyZWFsbHl2ZXJ5c2FmZQ\"", {}).jwt_secret,
              "\xfb\xff" + secret);
    EXPECT_NE(complaint(base64 + "jwt-secret = \"!\""), "");
    EXPECT_EQ(complaint("jwt-secret = \"short\""), "jwt-secret: The JWT secret must be at least 32 characters long.");
    EXPECT_NE(complaint(R"(jwt-secret = "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}")"), "");
    EXPECT_NE(complaint(R"(jwt-secret = "{\"kty\":\"oct\",\"k\":\"AQAB\"}")"), "");
    // A broken key is no password, however long it is.
    EXPECT_NE(complaint(R"(jwt-secret = "{\"kty\":\"none\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}")"), "");
}

TEST(Config, ComplaintsAndDumpsShowNoSecret) {
    EXPECT_EQ(complaint("jwt-secret = \"hushhush\"").find("hush"), std::string::npos);
    const Config config = Config::load(
        "db-uri = \"postgres://u:hush@h/d?password=hush&x=1\"\nfin-replica-uri = \"host=h password='hu\\\\'sh' "
        "user=u\"\n"
        "jwt-secret = \"" +
            secret + "\"\n",
        {});
    const std::string dump = config.dump();
    EXPECT_EQ(dump.find("hush"), std::string::npos);
    EXPECT_EQ(dump.find("sh'"), std::string::npos);
    EXPECT_EQ(dump.find(secret), std::string::npos);
    EXPECT_NE(dump.find("db-uri = \"postgres://u:***@h/d?password=***&x=1\"\n"), std::string::npos);
    EXPECT_NE(dump.find("fin-replica-uri = \"host=h password=*** user=u\"\n"), std::string::npos);
}

TEST(Config, ADumpReadsBackAsItself) {
    const Config config = Config::load(
        "db-schemas = \"a,b\"\ndb-max-rows = 3\njwt-role-claim-key = \"$$.a[?(@ == 'x')]\"\nlog-level = \"info\"\n"
        "app.settings.x = \"quote \\\" dollar $$ slash \\\\ line\\nend\"\nadmin-server-port = 3003\n",
        {});
    const std::string dump = config.dump();
    const Config again = Config::load(dump, {});
    EXPECT_EQ(again.dump(), dump);
    EXPECT_EQ(again.app_settings, config.app_settings);
    EXPECT_EQ(again.jwt_role_claim_key, "$.a[?(@ == 'x')]");
    EXPECT_NE(Config().dump().find("db-max-rows = \"\"\n"), std::string::npos);
    EXPECT_NE(Config().dump().find("server-unix-socket-mode = \"660\"\n"), std::string::npos);
}

TEST(Config, TheDatabaseHasTheLastWord) {
    const Config config = Config::load("db-schemas = \"file\"\ndb-max-rows = 3\njwt-aud = \"us\"\n", {});
    const Config changed = config.with_database_settings(
        {{"db_schemas", "x,y"}, {"db_max_rows", ""}, {"server_port", "1"}, {"unknown", "1"}, {"jwt_secret", secret}});
    EXPECT_EQ(changed.db_schemas, (std::vector<std::string>{"x", "y"}));
    EXPECT_FALSE(changed.db_max_rows);
    EXPECT_EQ(changed.server_port, 3000);  // not a matter of the database
    EXPECT_EQ(changed.jwt_aud, "us");
    EXPECT_EQ(changed.jwt_secret, secret);
    try {
        config.with_database_settings({{"db_tx_end", "x"}});
        FAIL() << "a wrong value was taken";
    } catch (const ConfigError& error) {
        EXPECT_EQ(std::string(error.what()).substr(0, 35), "pgrst.db_tx_end in the database: db");
    }
}

TEST(Config, TheSecretIsReadAgainWhenTheDatabaseSaysItIsBase64) {
    const std::string encoded = "cmVhbGx5cmVhbGx5cmVhbGx5cmVhbGx5dmVyeXNhZmU=";
    const Config config = Config::load("jwt-secret = \"" + encoded + "\"", {});
    EXPECT_EQ(config.jwt_secret, encoded);
    EXPECT_EQ(config.with_database_settings({{"jwt_secret_is_base64", "true"}}).jwt_secret, secret);
}

TEST(Config, TheDatabasesQueryQuotesTheFunction) {
    EXPECT_EQ(database_settings_query("").find("called"), std::string::npos);
    EXPECT_NE(database_settings_query("a.b\"c").find("from \"a\".\"b\"\"c\"()"), std::string::npos);
    const auto settings = read_database_settings({{{"db_schemas"}, {"x"}}, {{"jwt_aud"}, std::nullopt}});
    EXPECT_EQ(settings, (std::map<std::string, std::string>{{"db_schemas", "x"}}));
}

TEST(Config, AddressesOfProxies) {
    const auto uri = read_http_uri("HTTPS://example.com:8443/base/path");
    ASSERT_TRUE(uri);
    EXPECT_EQ(uri->scheme, "https");
    EXPECT_EQ(uri->host, "example.com");
    EXPECT_EQ(uri->port, 8443);
    EXPECT_EQ(uri->path, "/base/path");
    EXPECT_EQ(read_http_uri("http://[::1]")->host, "[::1]");
    EXPECT_EQ(read_http_uri("http://h")->port, 80);
    for (const char* wrong : {"", "example.com", "ftp://h/", "http:/h", "http://", "http://h:0/", "http://h:65536/",
                              "http://h:x/", "http://h/?q=1", "http://h/#f", "http://u@h/", "http://h/a b"})
        EXPECT_FALSE(read_http_uri(wrong)) << wrong;
}
