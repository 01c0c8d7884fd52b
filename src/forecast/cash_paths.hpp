// Possible futures of cash: joint paths of revenue, expenses and the other flows, and what they say of the runway.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "interrupt.hpp"

namespace fin::forecast {

// Splitmix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
class Draws {
public:
    explicit Draws(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    double uniform();  // [0, 1)
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(uniform() * static_cast<double>(n)); }
    double normal();

private:
    std::uint64_t state_;
};

// A series whose future is drawn: prediction and error paths over the same months, and what is known besides.
struct Drawn {
    std::vector<double> predicted;            // without the known part
    std::vector<double> known;                // added to every path; as long as the paths are to be
    std::vector<std::vector<double>> errors;  // [path][step]; empty: `spread` is used
    std::vector<double> spread;               // standard deviation by step
    bool nonnegative = false;
};

struct CashPlan {
    double cash = 0;  // at the end of the last complete month
    Drawn revenue, expenses;
    std::vector<double> other_known;  // as long as the paths are to be, in > 0
    std::vector<double> unsteady;     // past months to draw from, in > 0
    int months = 60;                  // of a path; months beyond the prediction repeat its last twelve
    int paths = 1000;
    std::uint64_t seed = 0;
};

// [path * months + month]
struct CashPaths {
    int months = 0, paths = 0;
    std::vector<double> revenue, expenses, cash;                          // cash at the end of the month
    std::vector<double> central_revenue, central_expenses, central_cash;  // the prediction, by month
    double unsteady_mean = 0;                                             // of a month, part of every path

    std::size_t at(int path, int month) const {
        return static_cast<std::size_t>(path) * static_cast<std::size_t>(months) + static_cast<std::size_t>(month);
    }
};

// Errors of revenue and expenses are drawn by one index, so that what moved both in the past moves both. Months beyond
// the errors' length continue with another draw, from where the first one has moved the level to.
CashPaths draw_paths(const CashPlan& plan, const InterruptCheck& check = never_interrupted);

// The months until cash is used up, a part of a month by straight line; nullopt: not within these months. Cash that is
// below 0 at the start has lasted 0 months.
std::optional<double> months_until_empty(double start, const double* cash, int months);

}  // namespace fin::forecast
