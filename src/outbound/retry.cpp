#include "outbound/retry.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace fin::outbound {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<double> number_of(std::string_view text) {
    text = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
        return std::nullopt;
    return value;
}

// Takes digits from the front of `text`; -1 where there are not as many.
int take_digits(std::string_view& text, std::size_t least, std::size_t most) {
    std::size_t count = 0;
    int value = 0;
    while (count < most && count < text.size() && text[count] >= '0' && text[count] <= '9')
        value = value * 10 + (text[count++] - '0');
    if (count < least) return -1;
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

int take_month(std::string_view& text) {
    static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() < 3) return -1;
    const auto place = months.find(text.substr(0, 3));
    if (place == std::string_view::npos || place % 3 != 0) return -1;
    text.remove_prefix(3);
    return static_cast<int>(place / 3) + 1;
}

struct Moment {
    int year = -1, month = -1, day = -1, hour = -1, minute = -1, second = -1;
};

bool take_time(std::string_view& text, Moment& moment) {
    moment.hour = take_digits(text, 2, 2);
    const bool first = take(text, ":");
    moment.minute = take_digits(text, 2, 2);
    const bool second = take(text, ":");
    moment.second = take_digits(text, 2, 2);
    return first && second && moment.hour >= 0 && moment.minute >= 0 && moment.second >= 0;
}

std::optional<std::int64_t> seconds_of(const Moment& m) {
    using namespace std::chrono;
    const year_month_day date{year(m.year), month(static_cast<unsigned>(m.month)), day(static_cast<unsigned>(m.day))};
    if (m.year < 0 || m.month < 0 || m.day < 0 || !date.ok() || m.hour > 23 || m.minute > 59 || m.second > 60)
        return std::nullopt;
    return std::int64_t{sys_days(date).time_since_epoch().count()} * 86'400 + m.hour * 3600 + m.minute * 60 + m.second;
}

}  // namespace

std::string_view header(const Headers& headers, std::string_view name) {
    const auto found =
        std::find_if(headers.begin(), headers.end(), [name](const auto& entry) { return entry.first == name; });
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool is_worth_another(long status, const Headers& headers) {
    for (const std::string_view name : {"x-should-retry", "stripe-should-retry"}) {
        const std::string_view said = trimmed(header(headers, name));
        if (said == "true") return true;
        if (said == "false") return false;
    }
    return status == 408 || status == 409 || status == 429 || status >= 500;
}

std::optional<std::int64_t> http_date(std::string_view text) {
    text = trimmed(text);
    Moment moment;
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) {
        // asctime: Sun Nov  6 08:49:37 1994
        if (text.size() < 4 || text[3] != ' ') return std::nullopt;
        text.remove_prefix(4);
        moment.month = take_month(text);
        if (!take(text, " ")) return std::nullopt;
        take(text, " ");
        moment.day = take_digits(text, 1, 2);
        if (!take(text, " ") || !take_time(text, moment) || !take(text, " ")) return std::nullopt;
        moment.year = take_digits(text, 4, 4);
        return text.empty() ? seconds_of(moment) : std::nullopt;
    }
    text.remove_prefix(comma + 1);
    if (!take(text, " ")) return std::nullopt;
    moment.day = take_digits(text, 2, 2);
    const bool dashes = take(text, "-");
    if (!dashes && !take(text, " ")) return std::nullopt;
    moment.month = take_month(text);
    if (!take(text, dashes ? "-" : " ")) return std::nullopt;
    moment.year = take_digits(text, dashes ? 2 : 4, 4);
    if (dashes && moment.year >= 0 && moment.year < 100) moment.year += moment.year < 70 ? 2000 : 1900;
    if (!take(text, " ") || !take_time(text, moment) || !take(text, " GMT") || !text.empty()) return std::nullopt;
    return seconds_of(moment);
}

std::optional<double> retry_after(const Headers& headers, std::int64_t now) {
    if (const auto milliseconds = number_of(header(headers, "retry-after-ms"))) return *milliseconds / 1000;
    const std::string_view value = header(headers, "retry-after");
    if (const auto seconds = number_of(value)) return *seconds;
    if (const auto date = http_date(value)) return std::max(0.0, static_cast<double>(*date - now));
    return std::nullopt;
}

double backoff(int repetition, std::uint64_t seed) {
    const double full = std::min(0.5 * std::ldexp(1.0, std::clamp(repetition - 1, 0, 10)), 8.0);
    // splitmix64: neighbouring seeds give unrelated fractions.
    std::uint64_t mixed = seed + 0x9e3779b97f4a7c15 * static_cast<std::uint64_t>(repetition);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    mixed ^= mixed >> 31;
    return full * (1 - 0.25 * static_cast<double>(mixed >> 11) * 0x1p-53);
}

}  // namespace fin::outbound
