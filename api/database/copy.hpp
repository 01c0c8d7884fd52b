// A transaction that begins with COPY FROM STDIN: what a pipeline cannot carry, one statement after the other.
#pragma once
#include <string>

#include "api/database/exchange.hpp"

namespace fin::api {

// The bytes of a COPY, in pieces, from the beginning each time they are asked for.
class CopySource {
public:
    virtual ~CopySource() = default;
    virtual std::string statement() const = 0;
    virtual void rewind() = 0;
    virtual bool next(std::string& piece) = 0;  // false: there are no more
};

// As exchange() for a transaction with `copy`. An answer with `location` repeats an earlier one: nothing is kept.
Task<Exchanged> exchange_with_copy(Connection& connection, const Handling& handling, const ExchangeFacts& facts);

}  // namespace fin::api
