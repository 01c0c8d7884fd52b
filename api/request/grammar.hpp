// The grammars of the query string's values, over one cursor. Each throws ApiError PGRST100.
#pragma once
#include "api/request/query.hpp"
#include "api/request/scanner.hpp"

namespace fin::api::request {

Field parse_field(Scanner& in);  // with spaces around
std::vector<JsonStep> parse_json_path(Scanner& in);
std::vector<SelectItem> parse_select(Scanner& in);  // up to the end or a closing parenthesis
std::vector<OrderTerm> parse_order(Scanner& in);
std::vector<std::string> parse_columns(Scanner& in);

// "not.eq.5" into filter. `inside`: within a boolean tree, where the value ends at a comma or parenthesis.
// false, nothing read: the text does not begin with an operator (only where `lenient`).
bool parse_operation(Scanner& in, Filter& filter, bool inside, bool lenient);
Logic parse_logic(Scanner& in);

}  // namespace fin::api::request
