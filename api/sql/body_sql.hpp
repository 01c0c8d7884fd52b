// The body of an answer as an expression over its rows, and the columns around it.
#pragma once
#include "api/plan/call.hpp"
#include "api/plan/handler.hpp"
#include "api/sql/writer.hpp"

namespace fin::api::sql {

// Functions are named with pg_catalog everywhere: one of the same name with closer types, planted in a schema of the
// search path, would otherwise run with the rights of every client.
constexpr std::string_view row_alias = "_fin_row";
constexpr std::string_view response_headers = "nullif(pg_catalog.current_setting('response.headers', true), '')";
constexpr std::string_view response_status = "nullif(pg_catalog.current_setting('response.status', true), '')";

// An aggregate over row_alias. function: that the rows come from, nullptr: none. header_source: where CSV takes its
// first line from.
void write_body(Writer& out, const plan::Handler& handler, const schema::Function* function,
                std::string_view header_source);

// Answers in pieces; only where the handler can do that.
bool can_stream(const plan::Handler& handler);
// SELECT of one column per piece, joined by UNION ALL with the columns of `rest` after each.
// rows: a common table expression that holds the rows.
void write_pieces(Writer& out, const plan::Handler& handler, const schema::Function* function, std::string_view rows,
                  std::string_view rest);

}  // namespace fin::api::sql
