// Money as a count of ten-thousandths of a currency unit: exact sums, no binary fractions.
// Four decimals hold every ISO 4217 currency; 64 bits hold 900 trillion units, 128-bit sums cannot overflow over a
// ledger.
#pragma once
#include <cmath>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fin::ledger {

__extension__ typedef __int128 Wide;

struct Money {
    static constexpr std::int64_t scale = 10000;
    static constexpr std::int64_t greatest = 9'000'000'000'000'000'000;  // 900 trillion units

    std::int64_t units = 0;  // ten-thousandths; in > 0, out < 0

    auto operator<=>(const Money&) const = default;
    Money operator-() const { return {-units}; }
    Money operator+(Money other) const { return {units + other.units}; }
    Money operator-(Money other) const { return {units - other.units}; }
    Money& operator+=(Money other) { return units += other.units, *this; }
    Money& operator-=(Money other) { return units -= other.units, *this; }
    Money abs() const { return {units < 0 ? -units : units}; }
    double value() const { return static_cast<double>(units) / scale; }

    // Half away from zero. Throws Error{out_of_domain} beyond `greatest` or for NaN.
    static Money of(double value);
    // Plain decimal text "-1234.5"; nullopt for anything else. More than 4 decimals round half away from zero.
    static std::optional<Money> parse(std::string_view text);
    // "1234.50", "-0.0125": at least two decimals, more only where they are not zero.
    std::string text() const;
};

// A sum that cannot overflow; money() throws Error{out_of_domain} where the total is beyond Money::greatest.
struct MoneySum {
    Wide units = 0;
    MoneySum& operator+=(Money money) { return units += money.units, *this; }
    Money money() const;
};

}  // namespace fin::ledger
