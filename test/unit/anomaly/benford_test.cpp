// Benford's law: digits as people read them, known statistics, limits that fit every size.
#include "anomaly/benford.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "anomaly/random.hpp"

namespace fin::anomaly {
namespace {

// Logarithms spread evenly over whole decades: the law holds exactly in expectation.
DigitCounts lawful(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    DigitCounts counts;
    for (std::size_t i = 0; i < count; ++i) counts.add(std::pow(10, 4 * random.uniform()));
    return counts;
}

TEST(Benford, ReadsTheDigitsOfTheDecimalText) {
    EXPECT_EQ(first_two_digits(5), 50);
    EXPECT_EQ(first_two_digits(-1.05), 10);
    EXPECT_EQ(first_two_digits(0.29), 29);  // 0.28999999999999998 in binary
    EXPECT_EQ(first_two_digits(1e23), 10);  // 9.999999999999999e22 by a naive division
    EXPECT_EQ(first_two_digits(99.999), 99);
    EXPECT_EQ(first_two_digits(4.9e-324), 50);  // its shortest text is 5e-324
    EXPECT_EQ(first_two_digits(0), 0);
    EXPECT_EQ(first_two_digits(std::numeric_limits<double>::infinity()), 0);
    EXPECT_EQ(first_two_digits(std::nan("")), 0);
}

// By hand: 1 to 9 once each. Shares 1/9; the sum of |1/9 - log10(1 + 1/d)| is 2 x (log10(4) - 3/9) = 0.537454.
TEST(Benford, HasTheStatisticsOfAnExampleByHand) {
    DigitCounts counts;
    for (int digit = 1; digit <= 9; ++digit) counts.add(digit);
    const DigitTest test = test_benford(counts).first;
    EXPECT_NEAR(test.mad, 2 * (std::log10(4) - 3.0 / 9) / 9, 1e-12);
    double chi_square = 0;
    for (int digit = 1; digit <= 9; ++digit) {
        const double expected = 9 * std::log10(1 + 1.0 / digit);
        chi_square += (1 - expected) * (1 - expected) / expected;
    }
    EXPECT_NEAR(test.chi_square, chi_square, 1e-12);
    EXPECT_EQ(test.freedom, 8);
    EXPECT_NEAR(test.limit, 0.35 / 3, 1e-12);
    EXPECT_TRUE(std::isnan(test.p_value));
}

// The fixed limits would call more than half of these nonconforming; 5 of 100 may be beyond the limit by chance.
TEST(Benford, PassesLawfulAmountsOfEverySize) {
    for (const std::size_t count : {300U, 1000U, 10000U}) {
        int beyond_first = 0, beyond_two = 0;
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            const Benford result = test_benford(lawful(count, seed * 7919 + count));
            EXPECT_STREQ(result.status, "ok");
            beyond_first += result.first.mad > result.first.limit;
            beyond_two += result.first_two.mad > result.first_two.limit;
        }
        EXPECT_LT(beyond_first, 22) << count;  // 10 expected, four standard errors
        EXPECT_LT(beyond_two, 22) << count;
        EXPECT_GT(beyond_first + beyond_two, 2) << count;
    }
}

TEST(Benford, FindsInventedAmounts) {
    Random random(3);
    DigitCounts counts;
    for (int i = 0; i < 500; ++i) counts.add(1 + 9999 * random.uniform());
    EXPECT_STREQ(test_benford(counts).first.verdict, "nonconforming");
    EXPECT_LT(test_benford(counts).first.p_value, 1e-6);
}

// 60 payments just below a limit of 5,000 among 3,000 lawful amounts.
TEST(Benford, NamesTheDigitsInSurplus) {
    DigitCounts counts = lawful(3000, 1);
    for (int i = 0; i < 60; ++i) counts.add(4900 + i);
    const auto surplus = test_benford(counts).first_two.surplus;
    ASSERT_EQ(surplus.size(), 1U);
    EXPECT_EQ(surplus[0].digits, 49);
    EXPECT_NEAR(surplus[0].expected, 3060 * std::log10(50.0 / 49), 1e-9);
}

TEST(Benford, CallsASmallDeviationOfManyAmountsMarginal) {
    DigitCounts counts = lawful(1'000'000, 2);
    for (int i = 0; i < 10'000; ++i) counts.add(7000);
    EXPECT_STREQ(test_benford(counts).first.verdict, "marginal");
}

TEST(Benford, SaysWhyItDoesNotApply) {
    EXPECT_STREQ(test_benford({}).status, "insufficient_data");
    EXPECT_STREQ(test_benford(lawful(299, 1)).status, "insufficient_data");
    DigitCounts equal;
    for (int i = 0; i < 1000; ++i) equal.add(-42);
    const Benford result = test_benford(equal);
    EXPECT_STREQ(result.status, "not_applicable");
    EXPECT_EQ(result.reason, "the amounts span less than three orders of magnitude");
    EXPECT_EQ(benford_json({}),
              "{\"status\":\"insufficient_data\",\"reason\":\"at least 300 amounts other than zero are needed, "
              "there are 0\",\"n\":0,\"left_out\":0}");
}

TEST(Benford, AddsUpParts) {
    DigitCounts whole, part, other;
    for (const double amount : {0.0, 12.5, -300.0, 7e5, 0.02}) whole.add(amount);
    for (const double amount : {0.0, 12.5}) part.add(amount);
    for (const double amount : {-300.0, 7e5, 0.02}) other.add(amount);
    part.add(other);
    part.add(DigitCounts());
    EXPECT_EQ(benford_json(part), benford_json(whole));
    EXPECT_EQ(whole.left_out, 1);
    EXPECT_EQ(whole.least, 0.02);
    EXPECT_EQ(whole.greatest, 7e5);
}

}  // namespace
}  // namespace fin::anomaly
