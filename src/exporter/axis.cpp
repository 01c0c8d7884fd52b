#include "exporter/axis.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fin::exporter {

std::vector<double> nice_ticks(double low, double high, int wanted) {
    if (!std::isfinite(low) || !std::isfinite(high)) low = 0, high = 1;
    if (low > high) std::swap(low, high);
    // One value needs room around it.
    if (high - low <= std::max(std::abs(low), std::abs(high)) * 1e-12) {
        const double around = high == 0 ? 1 : std::abs(high) * 0.5;
        low -= around, high += around;
    }
    const double rough = (high - low) / std::max(1, wanted);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : std::array{1.0, 2.0, 2.5, 5.0})
        if (factor * power >= rough * 0.999) {
            step = factor * power;
            break;
        }
    std::vector<double> ticks;
    const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
    const long count = std::lround(last - first);
    for (long i = 0; i <= count; ++i) {
        const double at = first + static_cast<double>(i);
        ticks.push_back(at == 0 ? 0.0 : at * step);
    }
    return ticks;
}

Scale::Scale(double low, double high, double start, double end, bool with_zero, int wanted) : start_(start), end_(end) {
    if (with_zero) low = std::min(low, 0.0), high = std::max(high, 0.0);
    ticks_ = nice_ticks(low, high, wanted);
}

double Scale::at(double value) const {
    const double span = ticks_.back() - ticks_.front();
    return start_ + (end_ - start_) * (value - ticks_.front()) / span;
}

}  // namespace fin::exporter
