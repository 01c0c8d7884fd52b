#include "ledger/money.hpp"

#include "error.hpp"

namespace fin::ledger {

namespace {

[[noreturn]] void refuse(const std::string& amount) {
    throw Error(ErrorCode::out_of_domain, "amount out of range",
                "The amount is " + amount + "; amounts lie between -900 trillion and 900 trillion.");
}

}  // namespace

Money Money::of(double value) {
    const double units = std::round(value * static_cast<double>(scale));
    if (!(std::abs(units) <= static_cast<double>(greatest))) refuse(std::to_string(value));
    return {static_cast<std::int64_t>(units)};
}

std::optional<Money> Money::parse(std::string_view text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (negative || text.front() == '+')) text.remove_prefix(1);
    Wide units = 0;
    int decimals = -1, digits = 0;
    bool round_up = false;
    for (const char c : text) {
        if (c == '.') {
            if (decimals >= 0) return std::nullopt;
            decimals = 0;
        } else if (c < '0' || c > '9') {
            return std::nullopt;
        } else if (decimals < 4) {
            ++digits;
            units = units * 10 + (c - '0');
            if (decimals >= 0) ++decimals;
            if (units > greatest) return std::nullopt;
        } else if (decimals == 4) {
            round_up = c >= '5';
            ++decimals;
        }
    }
    if (digits == 0) return std::nullopt;
    for (int place = decimals < 0 ? 0 : decimals; place < 4; ++place) units *= 10;
    if (round_up) ++units;
    if (units > greatest) return std::nullopt;
    return Money{static_cast<std::int64_t>(negative ? -units : units)};
}

std::string Money::text() const {
    const std::uint64_t magnitude =
        units < 0 ? ~static_cast<std::uint64_t>(units) + 1 : static_cast<std::uint64_t>(units);
    std::string digits = std::to_string(magnitude % scale);
    digits.insert(0, 4 - digits.size(), '0');
    while (digits.size() > 2 && digits.back() == '0') digits.pop_back();
    return (units < 0 ? "-" : "") + std::to_string(magnitude / scale) + "." + digits;
}

Money MoneySum::money() const {
    if (units > Money::greatest || units < -Money::greatest)
        refuse(std::to_string(static_cast<double>(units) / Money::scale));
    return {static_cast<std::int64_t>(units)};
}

}  // namespace fin::ledger
