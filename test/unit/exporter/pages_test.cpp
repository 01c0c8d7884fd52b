#include "exporter/pages.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "drawn.hpp"
#include "error.hpp"
#include "exporter/format.hpp"
#include "exporter/texts.hpp"

namespace fin::exporter {
namespace {

using nlohmann::json;

std::unique_ptr<Drawn> drawn_of(const json& document, Language language = Language::en, Setting setting = {}) {
    setting.language = language;
    if (setting.workspace.empty()) setting.workspace = "Harbor Ltd";
    if (setting.source.empty()) setting.source = "ledger.csv";
    auto made = std::make_unique<Drawn>();
    Drawn& drawn = *made;
    const int pages = draw_pages(drawn, read_report(document.dump()), setting);
    EXPECT_EQ(pages, drawn.pages);
    EXPECT_FALSE(drawn.outside);
    EXPECT_GE(pages, 8);
    EXPECT_LE(pages, 15);
    return made;
}

json sample(const std::string& language = "en") { return json::parse(sample_document(language)); }

TEST(Pages, EveryChapterIsThereWithItsBookmarkAndPageNumber) {
    const auto drawn_paper = drawn_of(sample());
    const Drawn& drawn = *drawn_paper;
    for (const char* key : {"chapter.key_figures", "chapter.results", "chapter.categories", "chapter.comparison",
                            "chapter.months", "chapter.cash", "chapter.anomalies", "chapter.risks", "chapter.advice",
                            "chapter.forecast", "chapter.metrics", "chapter.method"}) {
        const std::string title(say(key, Language::en));
        EXPECT_EQ(std::ranges::count(drawn.bookmarks, title), 1) << title;
        // The contents of the cover name the page on which the chapter's title stands.
        const auto listed =
            std::ranges::find_if(drawn.texts, [&](const DrawnText& t) { return t.page == 1 && t.text == title; });
        ASSERT_NE(listed, drawn.texts.end()) << title;
        const auto head =
            std::ranges::find_if(drawn.texts, [&](const DrawnText& t) { return t.page > 1 && t.text == title; });
        ASSERT_NE(head, drawn.texts.end()) << title;
        EXPECT_EQ(std::next(listed)->text, std::to_string(head->page)) << title;
        EXPECT_EQ(std::ranges::count(drawn.links, std::pair(1, head->page)), 1) << title;
    }
    EXPECT_TRUE(drawn.says("2 / " + std::to_string(drawn.pages)));
}

TEST(Pages, FiguresAreThoseOfTheAnalysis) {
    // 278464.5, 275301.45 and 3163.05 are metrics of the document; 72181.13 is the operating profit of 2016-01.
    const auto english_paper = drawn_of(sample());
    const Drawn& english = *english_paper;
    for (const char* figure : {"278,464.50", "275,301.45", "3,163.05", "17,772.39", "72,181.13"})
        EXPECT_TRUE(english.says(figure)) << figure;
    const auto russian_paper = drawn_of(sample("ru"), Language::ru);
    const Drawn& russian = *russian_paper;
    for (const char* figure :
         {"278\u00a0464,50", "275\u00a0301,45", "3\u00a0163,05", "17\u00a0772,39", "\u22124\u00a0065,37"})
        EXPECT_TRUE(russian.says(figure)) << figure;
    EXPECT_TRUE(russian.says("Главные показатели"));
    EXPECT_FALSE(russian.says("Key figures"));
}

TEST(Pages, EveryMonthIsListedToTheCent) {
    const json document = sample();
    const auto drawn_paper = drawn_of(document);
    const Drawn& drawn = *drawn_paper;
    for (const json& month : document["monthly"]) {
        const Format format(Language::en, 2);
        EXPECT_TRUE(drawn.says(format.money(month["cash"].get<double>()))) << month["month"];
        EXPECT_TRUE(drawn.says(format.money(month["revenue"].get<double>()))) << month["month"];
    }
}

TEST(Pages, NoAnomaliesRisksOrAdvice) {
    json document = sample();
    document["anomalies"] = json::array(), document["risks"] = json::array(),
    document["recommendations"] = json::array();
    const auto drawn_paper = drawn_of(document);
    const Drawn& drawn = *drawn_paper;
    for (const char* key : {"none.anomalies", "none.risks", "none.advice"})
        EXPECT_TRUE(drawn.says(say(key, Language::en))) << key;
}

TEST(Pages, ThreeHundredCategoriesOfLongNamesSumToTheWhole) {
    json document = sample();
    json categories = json::array(), slices = json::array();
    for (int i = 0; i < 300; ++i)
        categories.push_back(
            {{"category",
              "Очень длинное название статьи расходов, которое не поместится в столбец, номер " + std::to_string(i)},
             {"kind", "opex"},
             {"amount", -10.25},
             {"t3", -1.5},
             {"rows", 2}});
    for (int i = 0; i < 9; ++i) slices.push_back({{"category", std::string(400, 'W')}, {"amount", 5.0 - i}});
    document["categories"] = categories;
    document["dashboard"]["charts"]["categoryBreakdown"] = slices;
    const auto drawn_paper = drawn_of(document);
    const Drawn& drawn = *drawn_paper;
    EXPECT_TRUE(drawn.says("\u22123,075.00"));  // 300 * 10.25
    EXPECT_TRUE(drawn.says("\u2212450.00"));
    EXPECT_TRUE(drawn.says("600"));
}

TEST(Pages, ManyFindingsKeepWithinFifteenPages) {
    json document = sample();
    for (int i = 0; i < 300; ++i) document["anomalies"].push_back(document["anomalies"][0]);
    for (int i = 0; i < 40; ++i) document["risks"].push_back(document["risks"][0]);
    for (int i = 0; i < 60; ++i) document["recommendations"].push_back(document["recommendations"][0]);
    const auto drawn_paper = drawn_of(document);
    const Drawn& drawn = *drawn_paper;
    EXPECT_TRUE(drawn.says("the spreadsheet and the analysis list all of them"));
}

TEST(Pages, OneMonthAndNegativeTotals) {
    json document = sample();
    json month = document["monthly"][0];
    month["complete"] = true, month["revenue"] = -500.5, month["cash"] = -1200.75;
    document["monthly"] = json::array({month});
    document["comparison"] = {{"status", "insufficient_data"}, {"reason", "two complete months are needed"}};
    for (const char* series : {"revenue", "expenses", "profit", "cash"}) document["forecast"][series] = json::array();
    const auto drawn_paper = drawn_of(document);
    const Drawn& drawn = *drawn_paper;
    EXPECT_TRUE(drawn.says("\u2212500.50"));
    EXPECT_TRUE(drawn.says(say("none.comparison", Language::en)));
}

TEST(Pages, NumbersAreNeverCut) {
    json document = sample();
    for (json& month : document["monthly"]) month["cash"] = -987654321098.25, month["inflow"] = 123456789012.5;
    const auto drawn_paper = drawn_of(document);
    const Drawn& drawn = *drawn_paper;
    // Twelve digits need all of the column: cents are left out, digits are not.
    EXPECT_TRUE(drawn.says("\u2212987,654,321,098"));
    for (const DrawnText& text : drawn.texts)
        EXPECT_FALSE(text.text.starts_with("\u2212987") && text.text.ends_with("\u2026")) << text.text;
}

TEST(Pages, AnotherDocumentIsRefused) {
    EXPECT_THROW(read_report("{}"), Error);
    EXPECT_THROW(read_report("no json"), Error);
}

TEST(Pages, BrandingIsShown) {
    Setting setting;
    setting.branding = parse_branding(R"({"company": "Порт", "title": "Board paper", "footer": "Confidential"})");
    const auto drawn_paper = drawn_of(sample(), Language::en, setting);
    const Drawn& drawn = *drawn_paper;
    EXPECT_TRUE(drawn.says("Порт"));
    EXPECT_TRUE(drawn.says("Board paper"));
    EXPECT_TRUE(drawn.says("Confidential"));
    EXPECT_EQ(document_title(read_report(sample_document("en")), setting),
              "Board paper: 00000000-0000-0000-0000-000000000010");
}

}  // namespace
}  // namespace fin::exporter
