#include "datum.hpp"

extern "C" {
#include "mb/pg_wchar.h"
#include "port/pg_bswap.h"
}

namespace fin::pg {

std::string_view plain_utf8_of(Datum text) {
    const struct varlena* detoasted = PG_DETOAST_DATUM_PACKED(text);
    const char* data = VARDATA_ANY(detoasted);
    const int size = VARSIZE_ANY_EXHDR(detoasted);
    const char* utf8 = pg_server_to_any(data, size, PG_UTF8);
    return {utf8, utf8 == data ? static_cast<std::size_t>(size) : strlen(utf8)};
}

Datum plain_text_of(std::string_view utf8) {
    const char* server = pg_any_to_server(utf8.data(), static_cast<int>(utf8.size()), PG_UTF8);
    const std::size_t size = server == utf8.data() ? utf8.size() : strlen(server);
    return PointerGetDatum(cstring_to_text_with_len(server, static_cast<int>(size)));
}

std::string_view utf8_of(Datum text) {
    return guard([&] { return plain_utf8_of(text); });
}
Datum text_of(std::string_view utf8) {
    return guard([&] { return plain_text_of(utf8); });
}

std::string_view bytes_of(Datum bytea) {
    struct varlena* detoasted = guard([&] { return PG_DETOAST_DATUM_PACKED(bytea); });
    return {VARDATA_ANY(detoasted), VARSIZE_ANY_EXHDR(detoasted)};
}

std::string json_text(Datum jsonb) {
    const char* text = guard([&]() -> const char* {
        Jsonb* document = DatumGetJsonbP(jsonb);
        char* server = JsonbToCString(nullptr, &document->root, VARSIZE(document));
        return pg_server_to_any(server, static_cast<int>(strlen(server)), PG_UTF8);
    });
    return text;
}

// numeric's wire format is documented by numeric_send: counts and base-10000 digits, so that the digit after the point
// is exactly one of Money's ten-thousandths.
bool money_of(Datum numeric, ledger::Money& money) {
    const bytea* wire = DatumGetByteaPP(DirectFunctionCall1(numeric_send, numeric));
    const char* at = VARDATA_ANY(wire);
    const auto next = [&at] {
        std::uint16_t word;
        memcpy(&word, at, sizeof word);
        at += sizeof word;
        return pg_ntoh16(word);
    };
    const int digits = next();
    const int weight = static_cast<std::int16_t>(next());
    const int sign = next();
    next();                                         // display scale
    if (sign != 0 && sign != 0x4000) return false;  // NaN, infinities
    if (digits > 0 && weight > 4) return false;
    ledger::Wide units = 0;
    int place = weight;  // power of 10000 of the digit; Money keeps places >= -1
    for (int i = 0; i < digits; ++i, --place) {
        const int digit = next();
        if (place >= -1) units = units * 10000 + digit;
        if (place == -2 && digit >= 5000) ++units;
    }
    if (digits > 0 && weight < -1) units = weight == -2 && units > 0 ? 1 : 0;
    for (; place >= -1 && digits > 0; --place) units *= 10000;
    if (units > ledger::Money::greatest) return false;
    money.units = static_cast<std::int64_t>(sign ? -units : units);
    return true;
}

ledger::Money money_of(Datum numeric) {
    ledger::Money money;
    if (!guard([&] { return money_of(numeric, money); }))
        throw Error(ErrorCode::out_of_domain, "amount out of range",
                    "Amounts lie between -900 trillion and 900 trillion.");
    return money;
}

Datum plain_numeric_of(ledger::Money money) {
    std::int64_t units = money.units;
    int decimals = 4;
    while (decimals > 2 && units % 10 == 0) units /= 10, --decimals;
    return NumericGetDatum(int64_div_fast_to_numeric(units, decimals));
}

Datum numeric_of(ledger::Money money) {
    return guard([&] { return plain_numeric_of(money); });
}

std::string uuid_text(Datum uuid) {
    return guard([&] { return DatumGetCString(DirectFunctionCall1(uuid_out, uuid)); });
}

}  // namespace fin::pg
