// Trend, season and spread of monthly series.
#include "risk/series.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace fin::risk {

namespace {

std::vector<double> detrended(Series values) {
    const Line line = theil_sen(values);
    std::vector<double> rest(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        rest[i] = values[i] - line.level - line.slope * static_cast<double>(i);
    return rest;
}

double correlation(Series a, Series b) {
    const double mean_a = mean(a), mean_b = mean(b);
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - mean_a) * (b[i] - mean_b);
        aa += (a[i] - mean_a) * (a[i] - mean_a);
        bb += (b[i] - mean_b) * (b[i] - mean_b);
    }
    return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

double squares(Series values) {
    double total = 0;
    for (const double value : values) total += value * value;
    return total;
}

// Takes the mean of each calendar month off.
void without_month_means(std::vector<double>& rest) {
    for (std::size_t start = 0; start < 12 && start < rest.size(); ++start) {
        double total = 0, count = 0;
        for (std::size_t i = start; i < rest.size(); i += 12) total += rest[i], ++count;
        for (std::size_t i = start; i < rest.size(); i += 12) rest[i] -= total / count;
    }
}

// Takes the least-squares wave of one year off (two unknowns, normal equations).
void without_wave(std::vector<double>& rest) {
    double cc = 0, ss = 0, cs = 0, yc = 0, ys = 0;
    const auto angle = [](std::size_t i) { return 2 * std::numbers::pi * static_cast<double>(i) / 12; };
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const double c = std::cos(angle(i)), s = std::sin(angle(i));
        cc += c * c, ss += s * s, cs += c * s, yc += rest[i] * c, ys += rest[i] * s;
    }
    const double determinant = cc * ss - cs * cs;
    if (determinant <= 0) return;
    const double a = (yc * ss - ys * cs) / determinant, b = (ys * cc - yc * cs) / determinant;
    for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= a * std::cos(angle(i)) + b * std::sin(angle(i));
}

}  // namespace

double sum(Series values) {
    double total = 0;
    for (const double value : values) total += value;
    return total;
}

double mean(Series values) { return values.empty() ? 0 : sum(values) / static_cast<double>(values.size()); }

double median(Series values) {
    if (values.empty()) return 0;
    std::vector<double> sorted(values.begin(), values.end());
    std::ranges::sort(sorted);
    const std::size_t half = sorted.size() / 2;
    return sorted.size() % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

double deviation(Series values) {
    if (values.size() < 2) return 0;
    const double centre = mean(values);
    double total = 0;
    for (const double value : values) total += (value - centre) * (value - centre);
    return std::sqrt(total / static_cast<double>(values.size() - 1));
}

Line theil_sen(Series values) {
    if (values.size() < 2) return {0, mean(values)};
    std::vector<double> slopes, levels;
    for (std::size_t i = 0; i < values.size(); ++i)
        for (std::size_t j = i + 1; j < values.size(); ++j)
            slopes.push_back((values[j] - values[i]) / static_cast<double>(j - i));
    const double slope = median(slopes);
    for (std::size_t i = 0; i < values.size(); ++i) levels.push_back(values[i] - slope * static_cast<double>(i));
    return {slope, median(levels)};
}

bool season_is_strong(Series values) {
    if (values.size() < 15) return false;
    const Series recent = values.last(std::min<std::size_t>(values.size(), 48));
    const double level = mean(recent);
    if (level <= 0) return false;
    const std::vector<double> rest = detrended(recent);
    if (deviation(rest) < 0.08 * level) return false;
    const std::size_t pairs = rest.size() - 12;
    const double likeness = correlation(Series(rest).first(pairs), Series(rest).last(pairs));
    return likeness >= (pairs >= 9 ? 0.6 : 0.8);
}

std::vector<double> season_factors(Series values, int count) {
    const std::size_t n = values.size();
    if (n < 24) return {};
    std::vector<std::vector<double>> ratios(12);
    for (std::size_t i = 6; i + 6 < n; ++i) {
        // 2 x 12 mean: half weights at both ends centre an even span on month i.
        double total = (values[i - 6] + values[i + 6]) / 2;
        for (std::size_t j = i - 5; j <= i + 5; ++j) total += values[j];
        if (total > 0) ratios[i % 12].push_back(values[i] * 12 / total);
    }
    std::vector<double> factors(12);
    double total = 0;
    for (std::size_t month = 0; month < 12; ++month) {
        factors[month] = ratios[month].empty() ? 1 : median(ratios[month]);
        total += factors[month];
    }
    std::vector<double> last;
    for (std::size_t i = n - static_cast<std::size_t>(count); i < n; ++i) {
        const double factor = total > 0 ? factors[i % 12] * 12 / total : 1;
        // A month that never earns anything would divide by nothing.
        last.push_back(std::max(factor, 0.05));
    }
    return last;
}

double residual_cv(Series values) {
    const double level = mean(values);
    if (values.size() < 4 || level <= 0) return 0;
    std::vector<double> rest = detrended(values);
    double spent = 2;
    // The straight line through medians leaves a mean; the spread is about that mean.
    const double centre = mean(rest);
    for (double& value : rest) value -= centre;
    if (values.size() >= 24 && season_is_strong(values)) {
        without_month_means(rest);
        spent += 11;
    } else if (values.size() >= 12 && values.size() < 24) {
        std::vector<double> waved = rest;
        without_wave(waved);
        if (squares(waved) < 0.5 * squares(rest)) rest = std::move(waved), spent += 2;
    }
    const double freedom = std::max(1.0, static_cast<double>(values.size()) - spent);
    return std::sqrt(squares(rest) / freedom) / level;
}

}  // namespace fin::risk
