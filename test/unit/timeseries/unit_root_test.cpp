// Tests for differences against R (test/reference/unit_root.R made the numbers).
#include "timeseries/unit_root.hpp"

#include "support/reference_table.hpp"

using namespace fin::timeseries;

namespace {

TEST(UnitRoot, AgreesWithR) {
    const auto cases = reference_table("unit_root.csv");
    ASSERT_EQ(cases.size(), 11U);
    int seasonal = 0;
    for (const auto& [name, one] : cases) {
        SCOPED_TRACE(name);
        const auto& values = one.at("value");
        const int period = static_cast<int>(one.at("period")[0]);
        EXPECT_NEAR(*kpss(values), one.at("kpss")[0], 1e-9);
        EXPECT_EQ(level_differences(values), static_cast<int>(one.at("ndiffs")[0]));
        if (period == 1) continue;
        ++seasonal;
        EXPECT_NEAR(seasonal_strength(values, period), one.at("strength")[0], 0.005);
        EXPECT_EQ(seasonal_differences(values, period), static_cast<int>(one.at("nsdiffs")[0]));
    }
    EXPECT_EQ(seasonal, 5);
}

TEST(UnitRoot, OddSeries) {
    const std::vector<double> constant(30, 7.0), two{1, 2};
    std::vector<double> line;
    for (int t = 0; t < 30; ++t) line.push_back(t);
    EXPECT_FALSE(kpss(constant));
    EXPECT_FALSE(kpss(two));
    EXPECT_EQ(level_differences(constant), 0);
    EXPECT_EQ(level_differences(line), 1);
    EXPECT_EQ(seasonal_strength(constant, 12), 0);
    EXPECT_EQ(seasonal_strength(line, 12), 0);
    EXPECT_EQ(seasonal_strength(std::vector<double>(line.begin(), line.begin() + 24), 12), 0);
    EXPECT_TRUE(is_constant(constant));
    EXPECT_FALSE(is_constant(two));
    EXPECT_EQ(difference(line, 12), std::vector<double>(18, 12.0));
}

}  // namespace
