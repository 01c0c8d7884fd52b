#include "exporter/chart.hpp"

#include <nlohmann/json.hpp>

#include "drawn.hpp"
#include "error.hpp"
#include "exporter/text_tables.hpp"
#include "exporter/texts.hpp"

namespace fin::exporter {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

TEST(Chart, EveryNameDrawsSomethingInBothLanguages) {
    for (const std::string language : {"en", "ru"}) {
        const Report report = read_report(sample_document(language));
        for (const std::string_view name : chart_names()) {
            const std::string svg = chart_svg(report, house_palette(), report.language, name);
            EXPECT_TRUE(svg.starts_with("<svg ") && svg.ends_with("</svg>\n")) << name;
            EXPECT_GT(count(svg, "<rect") + count(svg, "<polyline"), 6U) << name;
            EXPECT_EQ(count(svg, "chart."), 0U) << name;  // a missing text would show its key
            EXPECT_EQ(svg, chart_svg(report, house_palette(), report.language, name)) << name;
            EXPECT_EQ(count(svg, "nan"), 0U) << name;
        }
    }
}

TEST(Chart, TrendHasABarForEachMonthAndSeries) {
    const Report report = read_report(sample_document("en"));
    const std::string svg = chart_svg(report, house_palette(), Language::en, "revenue_trend");
    std::size_t revenue = 0, expenses = 0;
    for (const MonthRow& row : report.complete()) revenue += row.revenue != 0, expenses += row.expenses != 0;
    // One square of the legend each.
    EXPECT_EQ(count(svg, "fill=\"#17456f\""), revenue + 1);
    EXPECT_EQ(count(svg, "fill=\"#d97a1e\""), expenses + 1);
}

TEST(Chart, FanOpensAtTheLastKnownValue) {
    const Report report = read_report(sample_document("en"));
    const std::string svg = chart_svg(report, house_palette(), Language::en, "forecast_cash");
    EXPECT_EQ(count(svg, "<polygon"), 2U);  // 95 % and 80 %
    // Both begin in the same point.
    const auto first = svg.find("<polygon points=\"") + 17, second = svg.rfind("<polygon points=\"") + 17;
    EXPECT_EQ(svg.substr(first, svg.find(' ', first) - first), svg.substr(second, svg.find(' ', second) - second));
}

TEST(Chart, HostileNamesStayText) {
    auto document = nlohmann::json::parse(sample_document("en"));
    document["dashboard"]["charts"]["categoryBreakdown"] = {
        {{"category", "</text><script>x()</script>"}, {"amount", 5}}};
    const std::string svg =
        chart_svg(read_report(document.dump()), house_palette(), Language::en, "category_breakdown");
    EXPECT_EQ(count(svg, "<script"), 0U);
    EXPECT_GE(count(svg, "&lt;script&gt;"), 1U);
}

TEST(Chart, UnknownNameSaysWhichThereAre) {
    const Report report = read_report(sample_document("en"));
    try {
        chart_svg(report, house_palette(), Language::en, "pie");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(error.hint.find("revenue_trend"), std::string::npos);
    }
}

TEST(Chart, NothingToDrawSaysWhy) {
    auto document = nlohmann::json::parse(sample_document("ru"));
    document["monthly"] = nlohmann::json::array(), document["recommendations"] = nlohmann::json::array();
    document["dashboard"]["charts"]["categoryBreakdown"] = nlohmann::json::array();
    document["comparison"] = {{"status", "insufficient_data"}};
    document["forecast"] = nlohmann::json::object();
    const Report report = read_report(document.dump());
    for (const std::string_view name : chart_names())
        EXPECT_NE(chart_svg(report, house_palette(), Language::ru, name).find("<text"), std::string::npos) << name;
}

TEST(Texts, TablesHaveNoEmptyWordsAndSlotsAgree) {
    for (const auto table : {page_words(), name_words()})
        for (const Words& words : table) {
            EXPECT_FALSE(words.en.empty() || words.ru.empty()) << words.key;
            for (const char* slot : {"{1}", "{2}", "{3}", "{4}"})
                EXPECT_EQ(words.en.find(slot) == std::string_view::npos, words.ru.find(slot) == std::string_view::npos)
                    << words.key;
        }
}

}  // namespace
}  // namespace fin::exporter
