// Benford's law: do the leading digits of amounts occur as often as in amounts that grew by themselves?
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace fin::anomaly {

// First two significant digits (10 to 99) of the shortest decimal text of a number: those a person reads. 0 for zero
// and for what is not finite. 5 has the digits 50.
int first_two_digits(double amount);

// Counts only, so that parts counted apart can be added.
struct DigitCounts {
    std::array<std::int64_t, 90> first_two{};  // [0] is 10
    std::int64_t left_out = 0;                 // zeros, NaN, infinities: they have no first digit
    double least = 0, greatest = 0;            // of the absolute amounts counted; 0 where there are none

    void add(double amount);  // its sign does not matter
    void add(const DigitCounts& other);
    std::int64_t count() const;
};

// A digit that occurs more often than chance would allow in one of a thousand.
struct Surplus {
    int digits;
    std::int64_t count;
    double expected;
};

struct DigitTest {
    double mad = 0;    // mean absolute difference of shares
    double limit = 0;  // what 95 of 100 lawful sets of this size stay below; falls with the root of n
    double chi_square = 0;
    int freedom = 0;
    double p_value = 1;  // of chi_square; NaN where a digit is expected fewer than five times
    // conforming: within the limit. marginal: beyond it, yet below the size that matters in practice, Nigrini's (2012)
    // 0.015 and 0.0022. nonconforming: beyond both.
    const char* verdict = "conforming";
    std::vector<std::int64_t> counts;
    std::vector<Surplus> surplus;
};

struct Benford {
    const char* status = "ok";  // insufficient_data, not_applicable: the tests are there but prove nothing
    std::string reason;
    DigitTest first, first_two;
};

// Applies to at least 300 amounts over at least three orders of magnitude. The tests are empty where there is no
// amount.
Benford test_benford(const DigitCounts& counts);

// As JSON, with status and reason.
std::string benford_json(const DigitCounts& counts);

}  // namespace fin::anomaly
