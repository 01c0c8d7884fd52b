// The isolation forest of src/anomaly on a file of doubles, for bench/isolation.
// Usage: isolation_score <rows, row by row> <features> <seed> <scores>; prints the seconds of fitting and of scoring
// on the processor.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "anomaly/isolation_forest.hpp"

namespace {

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 5) return EXIT_FAILURE;
    const std::size_t features = std::strtoul(arguments[2], nullptr, 10);
    std::ifstream file(arguments[1], std::ios::binary | std::ios::ate);
    std::vector<double> rows(static_cast<std::size_t>(file.tellg()) / sizeof(double));
    file.seekg(0).read(reinterpret_cast<char*>(rows.data()),
                       static_cast<std::streamsize>(rows.size() * sizeof(double)));
    if (!file || features == 0 || rows.size() % features != 0) return EXIT_FAILURE;

    const double start = processor_seconds();
    fin::anomaly::RowSample sample(features, std::strtoull(arguments[3], nullptr, 10));
    for (std::size_t at = 0; at < rows.size(); at += features) sample.add(std::span(rows).subspan(at, features));
    const fin::anomaly::IsolationForest forest(fin::anomaly::fit_isolation_forest(sample));
    const double fitted = processor_seconds();
    std::vector<double> scores(rows.size() / features);
    forest.score(rows, scores);
    const double scored = processor_seconds();
    std::printf("%.6f %.6f\n", fitted - start, scored - fitted);
    std::ofstream(arguments[4], std::ios::binary)
        .write(reinterpret_cast<const char*>(scores.data()),
               static_cast<std::streamsize>(scores.size() * sizeof(double)));
}
