// One figure with what a reader needs to trust it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fin::metrics {

enum class Status { ok, estimated, insufficient_data, not_applicable, undefined, infinite, not_available };
std::string_view name(Status status);

struct Input {
    std::string name;
    double value;  // used where text is empty
    std::string text = {};
};

struct Metric {
    std::string metric;           // code of the taxonomy
    std::string period;           // all, T3, T6, T12, P12 or YYYY-MM
    std::optional<double> value;  // absent where status says why
    std::string unit;             // money, money/month, ratio, ratio/month, months, days, count, points, date
    Status status = Status::ok;
    std::string reason = {};         // English; empty where status is ok
    int n = 0;                       // complete months (rows, for counts of rows) behind the figure
    std::vector<Input> inputs = {};  // the numbers used
};

}  // namespace fin::metrics
