// Companies by a seed: a ledger up to a day, and what became of them in the six months after it.
#pragma once
#include <cstdint>

#include "ledger/builder.hpp"

namespace fin::risk_model {

struct Simulated {
    ledger::Ledger ledger;  // with kinds
    bool trouble = false;   // within six months: a loss of a tenth of revenue or more, or cash below zero
};

Simulated company(std::uint64_t seed);

}  // namespace fin::risk_model
