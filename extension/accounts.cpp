// SQL face of accounts: signed access tokens and one-time codes. Who may sign in is decided in schema fin; these
// functions are executable by its definer functions alone.
#include "accounts.hpp"

#include <algorithm>

#include "account/token.hpp"
#include "account/totp.hpp"
#include "datum.hpp"
#include "secret.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/timestamp.h"
}

namespace fin::pg {

namespace {

char* token_file = nullptr;
constexpr std::size_t secret_size = 20;  // bytes; RFC 4226 asks for 160 bits

constexpr const char* token_hint =
    "The administrator of the server sets pg_fin.jwt_secret_file to the file that pg_fin_api reads as jwt-secret. "
    "See docs/accounts.md.";

account::SigningKey signing_key() {
    if (!token_file || !*token_file)
        throw Error(ErrorCode::not_ready, "there is no key to sign access tokens with", {}, token_hint);
    const secret::Text text(read_key_file(token_file, "pg_fin.jwt_secret_file", token_hint));
    return account::SigningKey::parse(text.text());
}

// As fin_seal spells it.
std::string place_of(Datum parts_datum) {
    ArrayType* const parts = guard([&] { return DatumGetArrayTypeP(parts_datum); });
    Datum* values = nullptr;
    bool* nulls = nullptr;
    int count = 0;
    guard([&] { deconstruct_array(parts, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &count); });
    std::string place = secret::place_of({});
    for (int i = 0; i < count; ++i) {
        if (nulls[i]) throw Error(ErrorCode::invalid_argument, "a part of a secret's place is NULL");
        place = secret::place_and(place, utf8_of(values[i]));
    }
    return place;
}

}  // namespace

void define_token_settings() {
    DefineCustomStringVariable("pg_fin.jwt_secret_file", "File with the key that signs access tokens.",
                               "The one that pg_fin_api reads as jwt-secret: a text, a JWK or a JWKS.", &token_file, "",
                               PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
}

}  // namespace fin::pg

using namespace fin;
using namespace fin::pg;

FIN_FUNCTION(fin_access_token) { return text_of(signing_key().sign(json_text(PG_GETARG_DATUM(0)))); }

FIN_FUNCTION(fin_csrf_token) { return text_of(signing_key().csrf(uuid_text(PG_GETARG_DATUM(0)))); }

FIN_FUNCTION(fin_totp_secret) {
    std::string bytes(secret_size, '\0');
    if (!guard([&] { return pg_strong_random(bytes.data(), secret_size); }))
        throw Error(ErrorCode::not_ready, "the system gives no random numbers");
    const secret::Text wiped(std::move(bytes));
    return text_of(account::base32(wiped.text()));
}

FIN_FUNCTION(fin_totp_step) {
    const std::string_view sealed = guard([&] { return bytes_of(PG_GETARG_DATUM(0)); });
    const std::string place = place_of(PG_GETARG_DATUM(1));
    const std::string_view code = utf8_of(PG_GETARG_DATUM(2));
    constexpr std::int64_t epochs_apart = (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * std::int64_t{SECS_PER_DAY};
    const std::int64_t seconds = PG_GETARG_TIMESTAMPTZ(3) / USECS_PER_SEC + epochs_apart;
    const secret::Text text = installation_keys().open(sealed, place);
    auto bytes = account::from_base32(text.text());
    if (!bytes) throw Error(ErrorCode::bad_data, "the stored secret of one-time codes is none");
    const secret::Text key(std::move(*bytes));
    const auto step = account::totp_step(key.text(), code, seconds);
    if (!step) PG_RETURN_NULL();
    PG_RETURN_INT64(*step);
}
