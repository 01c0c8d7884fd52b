// One series of a GROUP BY: its observations as rows come, the question asked of it, and the answer where it is known.
// Travels between the processes of a parallel statement as bytes.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "forecast/request.hpp"

namespace fin::forecast {

// What leaves a forecast for SQL.
struct Answer {
    Status status = Status::ok;
    std::string reason;  // empty: none
    std::string model;
    std::vector<Point> points;
};

// More are no series of a company but a measurement; they would take the machine's memory in one group.
inline constexpr std::size_t most_observations = 1'000'000;

// How much of a table a process has seen, to tell whole series from pieces.
struct Census {
    std::size_t series = 0, observations = 0;
    std::int64_t latest = INT64_MIN;
};

class Gathered {
public:
    // The first row's question counts for the series.
    void ask(int horizon, std::string options);
    bool asked() const { return asked_; }
    void add(std::int64_t day, double value);
    // A date or value that none can compute with: the series has no forecast, the batch goes on.
    void refuse(Words why);

    // Takes the other's observations; an answer to a part is none to the whole.
    void merge(Gathered&& other);

    // Is this likely the whole series, by what the process has seen of others? A parallel scan cuts tables into blocks
    // and a series at the edge of two: forecasting a piece is work for nothing (never a wrong result).
    bool looks_whole(const Census& census) const;
    // The answer, computed at most once.
    const Answer& answer(const InterruptCheck& check);
    bool answered() const { return answered_; }

    int horizon() const { return horizon_; }
    const std::string& options() const { return options_; }
    const std::vector<Observation>& observations() const { return observations_; }
    const Words& refusal() const { return refusal_; }  // empty: none
    std::size_t size() const { return observations_.size(); }

    std::string bytes() const;
    // Throws Error{bad_data} for bytes that bytes() did not make.
    static Gathered of(std::string_view bytes);

private:
    std::vector<Observation> observations_;
    std::string options_;
    Words refusal_;
    Answer answer_;
    int horizon_ = 0;
    bool asked_ = false, answered_ = false;
};

}  // namespace fin::forecast
