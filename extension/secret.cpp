// SQL face of sealed secrets: what is sealed here is opened by workers and where one-time codes are checked, in their
// own memory; no function of SQL returns it.
#include "secret.hpp"

#include <openssl/crypto.h>
#include <sys/stat.h>

#include <fstream>
#include <vector>

#include "datum.hpp"
#include "spi.hpp"

extern "C" {
#include "pgstat.h"
#include "storage/fd.h"
#include "tcop/tcopprot.h"
#include "utils/array.h"
#include "utils/backend_status.h"
#include "utils/guc.h"
}

namespace fin::pg {

namespace {

char* key_file = nullptr;
char* key_command = nullptr;
constexpr std::size_t largest_keys = 8192;
emit_log_hook_type next_log = nullptr;

constexpr const char* hint =
    "The administrator of the server sets pg_fin.secret_key_file or pg_fin.secret_key_command. See docs/outbound.md.";

std::string run_command(const char* command) {
    std::string text(largest_keys, '\0');
    const int status = guard([&] {
        FILE* pipe = OpenPipeStream(command, "r");
        if (!pipe) return -1;
        const std::size_t count = fread(text.data(), 1, largest_keys, pipe);
        text[count < largest_keys ? count : largest_keys - 1] = '\0';
        return ClosePipeStream(pipe);
    });
    text.resize(strlen(text.c_str()));
    if (status != 0) throw Error(ErrorCode::not_ready, "pg_fin.secret_key_command failed", {}, hint);
    return text;
}

bool names_a_secret(const char* text) {
    if (!text) return false;
    // Those of accounts by their beginnings, each as the API's function and as the one behind it; the headers and
    // cookies of a request carry tokens.
    for (const char* name :
         {"fin_connection_set", "fin_provider_set", "fin_seal",        "fin_totp",          "auth_register",
          "auth_login",         "auth_refresh",     "auth_password",   "auth_verify",       "auth_totp",
          "fin.register",       "fin.sign_in",      "fin.refresh",     "fin.password_",     "fin.verify",
          "fin.totp_",          "begin_with_key",   "request.headers", "oidc_provider_set", "auth_oidc",
          "fin.oidc_",          "accept_invitation"})
        if (strcasestr(text, name)) return true;
    return false;
}

// Statements that carry a secret stay out of the log, whatever log_statement and its like say. Plain PostgreSQL code.
void keep_secrets_out(ErrorData* data) {
    if (names_a_secret(data->message) || names_a_secret(debug_query_string)) {
        data->hide_stmt = true;
        if (data->elevel == LOG && (names_a_secret(data->message) || data->detail)) {
            // PostgreSQL frees what it finds here.
            data->message =
                MemoryContextStrdup(data->assoc_context, "pg_fin: a statement that carries a secret is not logged");
            data->detail = nullptr;
        }
        data->detail_log = nullptr;
        if (data->context && strstr(data->context, "parameters")) data->context = nullptr;
    }
    if (next_log) next_log(data);
}

}  // namespace

void define_secret_settings() {
    DefineCustomStringVariable("pg_fin.secret_key_file", "File with the key that seals the secrets of connections.",
                               "32 random bytes in base64 on a line; older keys may follow on lines of their own.",
                               &key_file, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
    DefineCustomStringVariable("pg_fin.secret_key_command", "Command that prints what would be in that file.", nullptr,
                               &key_command, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
    next_log = emit_log_hook;
    emit_log_hook = keep_secrets_out;
}

std::string read_key_file(const std::string& path, const std::string& setting, const char* help) {
    struct stat about {};
    if (stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode))
        throw Error(ErrorCode::not_ready, "the file of " + setting + " cannot be read", {}, help);
    // As PostgreSQL asks of its TLS key.
    const bool ours = about.st_uid == geteuid();
    if ((!ours && about.st_uid != 0) || (about.st_mode & (ours ? 077 : 027)) != 0)
        throw Error(ErrorCode::not_ready, "the file of " + setting + " is open to others", {},
                    "It must belong to the server's user with mode 0600, or to root with mode 0640.");
    std::ifstream file(path, std::ios::binary);
    std::string text(largest_keys, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

secret::Keyring installation_keys() {
    std::string text;
    if (key_file && *key_file)
        text = read_key_file(key_file, "pg_fin.secret_key_file", hint);
    else if (key_command && *key_command)
        text = run_command(key_command);
    else
        throw Error(ErrorCode::not_ready, "there is no key to seal secrets with", {}, hint);
    const secret::Text wiped(std::move(text));
    return secret::Keyring::parse(wiped.text());
}

}  // namespace fin::pg

using namespace fin;
using namespace fin::pg;

FIN_FUNCTION(fin_seal) {
    const secret::Text plain{std::string(utf8_of(PG_GETARG_DATUM(1)))};
    // A statement with the secret in its text does not stay in pg_stat_activity.
    if (debug_query_string && !plain.empty() && strstr(debug_query_string, plain.text().c_str()))
        guard([] { pgstat_report_activity(STATE_RUNNING, "<not shown: it carries a secret>"); });
    if (plain.text().size() > 65'536) throw Error(ErrorCode::limit_exceeded, "a secret has at most 65536 bytes");
    ArrayType* const parts = guard([&] { return PG_GETARG_ARRAYTYPE_P(0); });
    Datum* values = nullptr;
    bool* nulls = nullptr;
    int count = 0;
    guard([&] { deconstruct_array(parts, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &count); });
    std::string place = secret::place_of({});
    for (int i = 0; i < count; ++i) {
        if (nulls[i]) throw Error(ErrorCode::invalid_argument, "a part of a secret's place is NULL");
        place = secret::place_and(place, utf8_of(values[i]));
    }
    const std::string sealed = installation_keys().seal(plain.text(), place);
    return guard([&] {
        auto* bytes = static_cast<bytea*>(palloc(VARHDRSZ + sealed.size()));
        SET_VARSIZE(bytes, VARHDRSZ + sealed.size());
        memcpy(VARDATA(bytes), sealed.data(), sealed.size());
        return PointerGetDatum(bytes);
    });
}

FIN_FUNCTION(fin_connection_reseal) {
    if (!superuser()) throw Error(ErrorCode::invalid_argument, "fin_connection_reseal() must be run by a superuser");
    const secret::Keyring keys = installation_keys();
    Session session(Access::write);
    int resealed = 0;
    const auto reseal = [&](const std::string& rows_sql, const std::string& change_sql) {
        const auto rows = session.run(rows_sql);
        for (std::uint64_t row = 0; row < rows.size(); ++row) {
            const std::string id = rows.text(row, 1);
            const std::string place = rows.text(row, 2);
            const std::string sealed(bytes_of(*rows.cell(row, 3)));
            if (!keys.is_old(sealed)) continue;
            const std::string fresh = keys.seal(keys.open(sealed, place).text(), place);
            const Datum value = guard([&] {
                auto* bytes = static_cast<bytea*>(palloc(VARHDRSZ + fresh.size()));
                SET_VARSIZE(bytes, VARHDRSZ + fresh.size());
                memcpy(VARDATA(bytes), fresh.data(), fresh.size());
                return PointerGetDatum(bytes);
            });
            session.run(change_sql, {text_param(id), Parameter{BYTEAOID, value}});
            ++resealed;
        }
    };
    // The place is spelled as secret::place_of does.
    const std::string part = "|| ':' || octet_length(convert_to(%, 'UTF8')) || ':' || %";
    const auto place = [&part](std::initializer_list<const char*> parts) {
        std::string sql = "'pg_fin'";
        for (const char* const one : parts) {
            std::string piece = part;
            for (std::size_t at = 0; (at = piece.find('%', at)) != std::string::npos;) piece.replace(at, 1, one);
            sql += piece;
        }
        return sql;
    };
    reseal("SELECT c.id::text, " + place({"'connection'", "c.workspace_id::text", "c.id::text", "c.provider"}) +
               ", c.secret FROM fin.connections c WHERE c.secret IS NOT NULL FOR UPDATE",
           "UPDATE fin.connections SET secret = $2 WHERE id = $1::uuid");
    reseal("SELECT p.name, " + place({"'provider'", "p.name", "p.base_url"}) +
               ", p.secret FROM fin.providers p WHERE p.secret IS NOT NULL FOR UPDATE",
           "UPDATE fin.providers SET secret = $2 WHERE name = $1");
    reseal("SELECT o.name, " + place({"'oidc'", "o.name", "o.issuer"}) +
               ", o.client_secret FROM fin.oidc_providers o WHERE o.client_secret IS NOT NULL FOR UPDATE",
           "UPDATE fin.oidc_providers SET client_secret = $2 WHERE name = $1");
    for (const char* column : {"totp_secret", "totp_pending"}) {
        std::string rows = "SELECT u.id::text, ";
        rows.append(place({"'totp'", "u.id::text"})).append(", u.").append(column);
        rows.append(" FROM fin.users u WHERE u.").append(column).append(" IS NOT NULL FOR UPDATE");
        std::string change = "UPDATE fin.users SET ";
        change.append(column).append(" = $2 WHERE id = $1::uuid");
        reseal(rows, change);
    }
    session.finish();
    PG_RETURN_INT32(resealed);
}
