// Options of the forecasting functions: read, checked, refused by name.
#include "forecast/request.hpp"

#include "error.hpp"

using namespace fin;
using namespace fin::forecast;

namespace {

std::string refusal(const char* json, Use use = Use::forecast) {
    try {
        Request::parse(json, use);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST(Request, ReadsEveryOption) {
    const auto request = Request::parse(
        R"({"model": "ets", "frequency": "weekly", "period": 52, "nonnegative": true, "last_incomplete": true,
            "language": "ru", "events": {"fair": ["1970-01-11", "1970-01-03"]}})",
        Use::forecast);
    EXPECT_EQ(request.options.model, "ets");
    EXPECT_EQ(request.options.frequency, Frequency::weekly);
    EXPECT_EQ(request.options.period, 52);
    EXPECT_EQ(request.options.nonnegative, true);
    EXPECT_TRUE(request.options.last_incomplete);
    EXPECT_TRUE(request.russian);
    ASSERT_EQ(request.options.events.size(), 1u);
    EXPECT_EQ(request.options.events[0].name, "fair");
    EXPECT_EQ(request.options.events[0].steps, (std::vector<int>{2, 10}));
}

TEST(Request, LeavesTheRestToWhoAskedForIt) {
    const auto request = Request::parse(R"({"model": "theta", "rates": {"USD": 2}})", Use::ledger, {"rates"});
    EXPECT_EQ(request.options.model, "theta");
    EXPECT_EQ(request.rest, R"({"rates":{"USD":2}})");
}

TEST(Request, RefusesByName) {
    EXPECT_EQ(refusal(R"({"modell": "ets"})"), "unknown option \"modell\"");
    EXPECT_EQ(refusal(R"({"origins": 3})"), "unknown option \"origins\"");
    EXPECT_EQ(refusal(R"({"origins": 0})", Use::backtest), "option \"origins\" must be a whole number from 1 to 60");
    EXPECT_EQ(refusal(R"({"frequency": "hourly"})"),
              "option \"frequency\" must be daily, weekly, monthly, quarterly or yearly");
    EXPECT_EQ(refusal(R"({"period": 4.5})"), "option \"period\" must be a whole number from 1 to 366");
    EXPECT_EQ(refusal(R"({"nonnegative": 1})"), "option \"nonnegative\" must be true or false");
    EXPECT_EQ(refusal(R"({"events": {"fair": ["2023-02-29"]}})"),
              "option \"events.fair\" must be a list of dates as \"2024-11-29\"");
    EXPECT_EQ(refusal("[1]"), "options must be a JSON object");
    EXPECT_EQ(refusal("{"), "options must be a JSON object");
    EXPECT_NE(refusal(R"({"model": "oracle"})"), "");
    EXPECT_NE(refusal(R"({"models": ["ets", "oracle"]})", Use::backtest), "");
}
