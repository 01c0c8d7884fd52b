#include "timeseries/scale.hpp"

#include <cmath>

#include "timeseries/robust.hpp"

namespace fin::timeseries {

double Scale::down(double value) const { return std::ldexp(value, -exponent); }
double Scale::up(double value) const { return std::ldexp(value, exponent); }
double Scale::up_twice(double value) const { return std::ldexp(value, 2 * exponent); }

std::vector<double> Scale::down(std::span<const double> values) const {
    std::vector<double> result;
    result.reserve(values.size());
    for (const double value : values) result.push_back(down(value));
    return result;
}

Scale scale_of(std::span<const double> values) {
    std::vector<double> sizes;
    for (const double value : values)
        if (std::isfinite(value) && value != 0) sizes.push_back(std::abs(value));
    const auto size = median(std::move(sizes));
    return {size ? std::ilogb(*size) : 0};
}

}  // namespace fin::timeseries
