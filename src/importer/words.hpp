// The words files use: column headers, states, directions, totals; in English, Russian, German and Dutch.
#pragma once
#include <string>
#include <string_view>

#include "importer/importer.hpp"

namespace fin::importer {

// How well a folded header (unicode.hpp) names a role, 0 to 100; 0: not at all. The best of several columns wins.
int header_score(std::string_view folded_header, Role role);

// A header of money that is no cash movement of its own: fees, tax, prices, bonuses.
bool is_side_amount(std::string_view folded_header);

// Headers such as Supplier, Invoice, Spend: of lists of payments made.
bool names_spending(std::string_view folded_header);

// Headers such as Customer, Sales: of lists of payments received, which may name invoices too.
bool names_sales(std::string_view folded_header);

// Headers that only occur outside the United States: German, Dutch, Russian.
bool is_not_english(std::string_view folded_header);

// +1 money in, -1 money out, 0 neither ("Bij", "withdrawal in cash", "Расход"), of a folded value.
int direction(std::string_view folded_value);

// "Failed", "Pending", "В обработке": the row moved no money (yet).
bool is_void_status(std::string_view folded_value);

// Types of payment processors that block or free money without moving it ("Payment Hold").
bool is_hold(std::string_view folded_value);

// "Grand Total", "Total for 1010", "Итого", "Beginning Balance", of raw text; quick where it does not hold.
bool is_total(std::string_view text);
bool is_opening(std::string_view text);

// ISO code of what a currency column says: "usd", "RUR", "руб.", "€"; the text in upper case where unknown.
std::string currency_code(std::string_view text);
// The code a header names: "Bedrag (EUR)", "Amount GBP", "Сумма, руб."; empty: none.
std::string header_currency(std::string_view header);

std::string_view role_name(Role role);

}  // namespace fin::importer
