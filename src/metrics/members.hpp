// The members behind a total, largest first, with the nameless ones as one bucket.
#pragma once
#include "metrics/tallies.hpp"

namespace fin::metrics {

inline constexpr const char* unknown_member = "unknown";

struct Member {
    std::string name;
    double amount;
};

// Members with a sum other than zero, largest first, then by name.
std::vector<Member> ranked(const Members& members, const ledger::Dictionary& names, const InterruptCheck& check);

}  // namespace fin::metrics
