// Polynomials of ARMA models: partial autocorrelations to coefficients and back, products with seasonal factors.
#pragma once
#include <span>
#include <vector>

namespace fin::forecast {

// Coefficients of 1 - c1 B - c2 B^2 ... whose partial autocorrelations are given; all roots lie outside the unit circle
// where each is in (-1, 1) (Durbin-Levinson; Barndorff-Nielsen and Schou 1973, Jones 1980).
std::vector<double> from_partial(std::span<const double> partial);

// The way back. Empty where the polynomial has a root on or inside the unit circle.
std::vector<double> to_partial(std::span<const double> coefficients);

// Whether every root of 1 - c1 B - c2 B^2 ... has a modulus above `modulus`.
bool roots_beyond(std::span<const double> coefficients, double modulus);

// Coefficients of the product (1 - a1 B - ...)(1 - b1 B^period - ...), in the same signs.
std::vector<double> product(std::span<const double> a, std::span<const double> b, int period);

// An ARMA model written out: 1 - phi1 B - ... on the left, 1 + theta1 B + ... on the right.
struct Arma {
    std::vector<double> phi, theta;
};

}  // namespace fin::forecast
