// PostgreSQL's text form of one-dimensional arrays and vectors: {a,"b c",NULL} and oidvector's "23 25".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fin::api::schema {

// Throws std::invalid_argument on anything else. NULL becomes an empty text.
std::vector<std::string> read_array(std::string_view text);
std::string write_array(const std::vector<std::string>& items);
std::vector<std::uint32_t> read_oids(std::string_view text);  // of an oid[], int2[] or oidvector
std::int64_t read_integer(std::string_view text);             // throws std::invalid_argument

}  // namespace fin::api::schema
