// Conversion between PostgreSQL's values and the core's.
#pragma once
#include "bridge.hpp"
#include "ledger/calendar.hpp"
#include "ledger/money.hpp"

namespace fin::pg {

// Text of the database in UTF-8; a view into the datum (detoasted in the current memory context).
std::string_view utf8_of(Datum text);
// UTF-8 of the core as text of the database.
Datum text_of(std::string_view utf8);
// The same below guard().
std::string_view plain_utf8_of(Datum text);
Datum plain_text_of(std::string_view utf8);
// Bytes of a bytea, detoasted in the current memory context.
std::string_view bytes_of(Datum bytea);

Datum jsonb_of(std::string_view json);
std::string json_text(Datum jsonb);  // UTF-8

// Ten-thousandths, rounded half away from zero. Throws Error{out_of_domain} beyond Money's range, for NaN and infinity.
ledger::Money money_of(Datum numeric);
// The same without exceptions, for use below PostgreSQL frames: false where there is no such money.
bool money_of(Datum numeric, ledger::Money& money);
// numeric with two decimals, more only where they are not zero.
Datum numeric_of(ledger::Money money);
// The same below guard().
Datum plain_numeric_of(ledger::Money money);

inline constexpr ledger::Day postgres_epoch = ledger::day_of(2000, 1, 1);
inline ledger::Day day_of(Datum date) { return DatumGetDateADT(date) + postgres_epoch; }
inline Datum date_of(ledger::Day day) { return DateADTGetDatum(day - postgres_epoch); }

std::string uuid_text(Datum uuid);

}  // namespace fin::pg
