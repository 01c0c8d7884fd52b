// Gaps, odd values and scale, on series whose right answer is known because the oddity was put in.
#include "timeseries/clean.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

#include "error.hpp"
#include "timeseries/interpolation.hpp"
#include "timeseries/scale.hpp"

using namespace fin::timeseries;

namespace {

const double missing = std::numeric_limits<double>::quiet_NaN();

// Roughly normal noise (sum of 12 uniforms) from a small generator of its own: the same everywhere.
class Noise {
public:
    explicit Noise(std::uint64_t seed) : state_(seed) {}
    double operator()() {
        double sum = -6;
        for (int k = 0; k < 12; ++k) {
            state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
            sum += static_cast<double>(state_ >> 11) / 9007199254740992.0;
        }
        return sum;
    }

private:
    std::uint64_t state_;
};

std::vector<double> seasonal_series(int n, std::uint64_t seed, double noise = 2) {
    Noise draw(seed);
    std::vector<double> values;
    for (int i = 0; i < n; ++i)
        values.push_back(100 + 0.3 * i + 20 * std::sin(i * 0.5235987755982988) + noise * draw());
    return values;
}

int count_of(const Cleaned& cleaned, Oddity kind) {
    int count = 0;
    for (const auto& one : cleaned.odd) count += one.kind == kind ? 1 : 0;
    return count;
}

}  // namespace

TEST(Gaps, AreFilledWithTrendAndSeason) {
    const auto whole = seasonal_series(60, 1, 0.5);
    auto holed = whole;
    for (const std::size_t i : {14U, 15U, 16U, 33U, 47U}) holed[i] = missing;
    const auto filled = fill_gaps(holed, 12);
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(filled[i], whole[i], std::isnan(holed[i]) ? 4 : 0) << i;
}

TEST(Gaps, WithoutSeasonAreBridgedByLines) {
    const std::vector<double> values = {missing, 2, missing, missing, 8, missing};
    EXPECT_EQ(fill_gaps(values, 1), (std::vector<double>{2, 2, 4, 6, 8, 8}));
    EXPECT_THROW(fill_gaps(std::vector<double>{missing, missing}, 1), fin::Error);
}

TEST(Clean, LeavesAnOrdinarySeriesAlone) {
    int touched = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed)
        touched += clean(seasonal_series(60, seed), 12).odd.empty() ? 0 : 1;
    EXPECT_LE(touched, 5);
}

TEST(Clean, AnOutlierIsFoundAndReplaced) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto whole = seasonal_series(60, seed);
        auto spiked = whole;
        spiked[25] += 80;
        const auto cleaned = clean(spiked, 12);
        EXPECT_EQ(count_of(cleaned, Oddity::outlier), 1) << seed;
        EXPECT_NEAR(cleaned.values[25], whole[25], 12) << seed;
        EXPECT_EQ(cleaned.values[24], spiked[24]);
        for (const auto& one : cleaned.odd)
            if (one.kind == Oddity::outlier) {
                EXPECT_EQ(one.index, 25U) << seed;
            }
    }
}

TEST(Clean, APeakOfEveryYearIsNoOutlier) {
    Noise draw(3);
    for (const int n : {24, 30, 36, 48}) {
        std::vector<double> values;
        for (int i = 0; i < n; ++i) values.push_back(100 + 3 * draw() + (i % 12 == 11 ? 90 : 0));
        EXPECT_TRUE(clean(values, 12).odd.empty()) << n;
    }
}

TEST(Clean, ALoneZeroIsReplaced) {
    auto values = seasonal_series(48, 5);
    values[20] = 0;
    const auto cleaned = clean(values, 12);
    ASSERT_EQ(cleaned.odd.size(), 1U);
    EXPECT_EQ(cleaned.odd[0].kind, Oddity::lone_zero);
    EXPECT_EQ(cleaned.odd[0].index, 20U);
    EXPECT_EQ(cleaned.odd[0].seen, 0);
    EXPECT_GT(cleaned.values[20], 60);
}

TEST(Clean, AShiftOfLevelIsFoundAndThePastMovedToIt) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Noise draw(seed);
        std::vector<double> values;
        for (int i = 0; i < 60; ++i) values.push_back((i < 33 ? 100 : 160) + 3 * draw());
        const auto cleaned = clean(values, 12);
        for (const auto& one : cleaned.odd)
            if (one.kind == Oddity::level_shift && one.index == 33) {
                ++found;
                EXPECT_NEAR(one.expected, 100, 6);
                EXPECT_NEAR(one.seen, 160, 6);
                EXPECT_NEAR(cleaned.levelled[0], cleaned.values[0] + 60, 8);
                EXPECT_EQ(cleaned.levelled[40], cleaned.values[40]);
            }
    }
    EXPECT_GE(found, 18);
}

TEST(Clean, ATrendIsNoShift) {
    Noise draw(9);
    std::vector<double> values;
    for (int i = 0; i < 60; ++i) values.push_back(100 + 5 * i + 2 * draw());
    EXPECT_EQ(count_of(clean(values, 12), Oddity::level_shift), 0);
}

TEST(Clean, OddSeriesStayFinite) {
    for (std::size_t n = 0; n < 30; ++n)
        for (const int period : {1, 4, 12}) {
            for (const double value : clean(std::vector<double>(n, 7), period).values) EXPECT_EQ(value, 7);
            EXPECT_TRUE(clean(std::vector<double>(n, 0), period).odd.empty());
            std::vector<double> demand(n, 0);
            for (std::size_t i = 0; i < n; i += 3) demand[i] = 5;
            EXPECT_TRUE(clean(demand, period).odd.empty());
        }
}

TEST(Scale, IsExactBothWaysForHugeAndTinyValues) {
    for (const double size : {1e14, 1.0, 1e-7, 1e300, 1e-300}) {
        const std::vector<double> values = {1.1 * size, -0.9 * size, 0, 1.3 * size, missing};
        const auto scale = scale_of(values);
        const auto small = scale.down(values);
        EXPECT_GE(std::abs(small[0]), 0.5);
        EXPECT_LE(std::abs(small[0]), 4);
        for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(scale.up(small[i]), values[i]);
    }
    EXPECT_EQ(scale_of(std::vector<double>{0, 0}).down(0.0), 0);
    EXPECT_NEAR(scale_of(std::vector<double>{1000}).up_twice(1), 512.0 * 512, 0);
}
