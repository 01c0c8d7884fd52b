// The identity of a report's rows: equal rows in equal order have an equal hash, whatever stored them.
#pragma once
#include <string>

#include "hash/sha256.hpp"
#include "ledger/ledger.hpp"

namespace fin::ledger {

class ContentHash {
public:
    void add(const Row& row);  // in order of row_no
    std::string hex();         // 64 hexadecimal digits; ends the hash

private:
    void text(std::string_view content);
    void number(std::int64_t content);
    void flush();
    std::string buffer_;  // rows are small and the hash likes large pieces
    hash::Sha256 hash_;
};

}  // namespace fin::ledger
