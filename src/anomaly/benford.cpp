#include "anomaly/benford.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

#include "json/writer.hpp"

namespace fin::anomaly {

namespace {

constexpr std::int64_t least_count = 300;
constexpr double least_span = 1000;

// 95 % quantiles of sqrt(n) x MAD, the same to three digits from n = 300 to a million:
// test/reference/benford_limits.py.
struct Law {
    int first;  // the first of its digits: 1, 10
    double limit, practical;
};
constexpr Law one_digit = {1, 0.350, 0.015}, two_digits = {10, 0.0905, 0.0022};

DigitTest test_digits(const Law& law, std::span<const std::int64_t> counts) {
    DigitTest test;
    double total = 0;
    for (const std::int64_t count : counts) total += static_cast<double>(count);
    double least_expected = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const int digits = law.first + static_cast<int>(i);
        const double share = std::log10(1 + 1.0 / digits), expected = share * total;
        const auto count = static_cast<double>(counts[i]);
        test.mad += std::abs(count / total - share) / static_cast<double>(counts.size());
        test.chi_square += (count - expected) * (count - expected) / expected;
        least_expected = std::min(least_expected, expected);
        constexpr double one_in_a_thousand = 3.29;  // standard errors, two-sided
        // The continuity correction of half a count, as Nigrini's z-statistic has it.
        if ((count - expected - 0.5) / std::sqrt(expected * (1 - share)) > one_in_a_thousand)
            test.surplus.push_back({digits, counts[i], expected});
    }
    test.freedom = static_cast<int>(counts.size()) - 1;
    test.p_value = least_expected < 5 ? std::numeric_limits<double>::quiet_NaN()
                                      : boost::math::gamma_q(test.freedom / 2.0, test.chi_square / 2);
    test.limit = law.limit / std::sqrt(total);
    if (test.mad > test.limit) test.verdict = test.mad > law.practical ? "nonconforming" : "marginal";
    test.counts.assign(counts.begin(), counts.end());
    return test;
}

void write(json::Writer& json, const char* name, const DigitTest& test) {
    json.key(name).begin_object();
    json.field("verdict", test.verdict).field("mad", test.mad).field("limit", test.limit);
    json.field("chi_square", test.chi_square).field("degrees_of_freedom", test.freedom).field("p_value", test.p_value);
    json.key("counts").begin_array();
    for (const std::int64_t count : test.counts) json.value(count);
    json.end_array().key("surplus").begin_array();
    for (const Surplus& each : test.surplus)
        json.begin_object()
            .field("digits", each.digits)
            .field("count", each.count)
            .field("expected", each.expected)
            .end_object();
    json.end_array().end_object();
}

}  // namespace

int first_two_digits(double amount) {
    if (!std::isfinite(amount) || amount == 0) return 0;
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, std::abs(amount), std::chars_format::scientific);
    // d.ddde+xx or de+xx
    const bool several = written.ptr - text > 2 && text[1] == '.';
    return 10 * (text[0] - '0') + (several ? text[2] - '0' : 0);
}

void DigitCounts::add(double amount) {
    const int digits = first_two_digits(amount);
    if (digits == 0) {
        ++left_out;
        return;
    }
    ++first_two[static_cast<std::size_t>(digits - 10)];
    const double size = std::abs(amount);
    least = least > 0 ? std::min(least, size) : size;
    greatest = std::max(greatest, size);
}

void DigitCounts::add(const DigitCounts& other) {
    for (std::size_t i = 0; i < first_two.size(); ++i) first_two[i] += other.first_two[i];
    left_out += other.left_out;
    if (other.least > 0) least = least > 0 ? std::min(least, other.least) : other.least;
    greatest = std::max(greatest, other.greatest);
}

std::int64_t DigitCounts::count() const {
    std::int64_t count = 0;
    for (const std::int64_t each : first_two) count += each;
    return count;
}

Benford test_benford(const DigitCounts& counts) {
    Benford result;
    const std::int64_t count = counts.count();
    if (count > 0) {
        std::array<std::int64_t, 9> first{};
        for (std::size_t i = 0; i < counts.first_two.size(); ++i) first[i / 10] += counts.first_two[i];
        result.first = test_digits(one_digit, first);
        result.first_two = test_digits(two_digits, counts.first_two);
    }
    if (count < least_count) {
        result.status = "insufficient_data";
        result.reason = "at least " + std::to_string(least_count) + " amounts other than zero are needed, there are " +
                        std::to_string(count);
    } else if (counts.greatest / counts.least < least_span) {
        result.status = "not_applicable";
        result.reason = "the amounts span less than three orders of magnitude";
    }
    return result;
}

std::string benford_json(const DigitCounts& counts) {
    const Benford result = test_benford(counts);
    json::Writer json;
    json.begin_object().field("status", result.status).key("reason");
    result.reason.empty() ? json.null() : json.value(result.reason);
    json.field("n", counts.count()).field("left_out", counts.left_out);
    if (counts.count() > 0) {
        json.field("least", counts.least).field("greatest", counts.greatest);
        write(json, "first_digit", result.first);
        write(json, "first_two", result.first_two);
    }
    json.end_object();
    return json.text();
}

}  // namespace fin::anomaly
