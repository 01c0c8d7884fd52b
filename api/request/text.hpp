// Text on the wire: percent-encoding, JSON strings, lists of words.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fin::api::request {

std::string percent_decoded(std::string_view text, bool plus_is_space);
void append_percent_encoded(std::string& out, std::string_view text);  // all but letters, digits and -_.~
std::string percent_encoded(std::string_view text);

// "a=1&b=2" as decoded pairs in order; has_value is false for a key without "=".
struct Pair {
    std::string key, value;
    bool has_value = true;
};
std::vector<Pair> form_pairs(std::string_view encoded);

// Pairs sorted by key, values of the same key joined by commas: what Content-Location shows.
std::string canonical_query(const std::vector<Pair>& pairs);

// A JSON string with its quotes; what is not UTF-8 becomes U+FFFD, so that the result is always valid.
void append_json_string(std::string& out, std::string_view text);

std::string_view trimmed(std::string_view text);  // spaces and tabs
std::vector<std::string_view> split(std::string_view text, char separator);
std::string lower_case(std::string_view text);  // ASCII only
bool equal_ignoring_case(std::string_view a, std::string_view b);

// '{"a","b"}': an array as PostgreSQL reads it.
std::string array_literal(const std::vector<std::string>& items);

}  // namespace fin::api::request
