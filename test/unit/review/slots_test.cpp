#include "review/slots.hpp"

#include <algorithm>

using namespace fin::review;

namespace {

Fact fact(std::string metric, std::string topic, Span span, Direction direction, bool is_loss = false) {
    Fact made;
    made.metric = std::move(metric);
    made.topic = std::move(topic);
    made.name = "name";
    made.period = "March 2017";
    made.value = "12,300 USD";
    made.change = direction == Direction::unknown ? "" : "moved by 7 %";
    made.span = span;
    made.direction = direction;
    made.is_loss = is_loss;
    return made;
}

// 1 revenue up, 2 expenses down, 3 loss that shrank, 4 runway, 5 yearly revenue, 6 forecast of cash, 7 expenses of a
// payee
FactPack sample() {
    FactPack pack;
    pack.facts = {fact("revenue", "revenue", Span::quarter, Direction::up),
                  fact("expenses", "expenses", Span::quarter, Direction::down),
                  fact("net_profit", "profit", Span::quarter, Direction::up, true),
                  fact("runway", "runway cash burn", Span::quarter, Direction::unknown),
                  fact("revenue", "revenue", Span::year, Direction::unknown),
                  fact("forecast:cash", "cash", Span::ahead, Direction::unknown),
                  fact("category", "expenses", Span::whole, Direction::unknown)};
    for (std::size_t i = 0; i < pack.facts.size(); ++i) pack.facts[i].id = static_cast<int>(i) + 1;
    pack.facts[6].name = "category {{n:abcdefgh}}";
    pack.names["abcdefgh"] = "ООО «Ромашка» 42";
    return pack;
}

std::string rules(std::string_view text) {
    std::string words;
    for (const auto& problem : problems_of(text, sample())) words += (words.empty() ? "" : " ") + problem.rule;
    return words;
}

TEST(Slots, GroundedTextsPass) {
    for (const char* const text : {
             "Revenue grew to {{f:1}} in {{f:1.period}}, while expenses fell to {{f:2}}.",
             "Revenue {{f:1.change}}.",
             "The loss shrank to {{f:3}}.",
             "Runway is {{f:4}}; cash is expected at {{f:6}} in {{f:6.period}}.",
             "Over a year revenue came to {{f:5}}.",
             "{{n:abcdefgh}} received {{f:7}}, the largest expense.",
             "Выручка выросла до {{f:1}}, а расходы снизились до {{f:2}}.",
             "Убыток сократился до {{f:3}}.",
             "За год выручка составила {{f:5}}.",
             "Expenses of {{f:7.name}} came to {{f:7}} because revenue was {{f:5}}.",
         })
        EXPECT_EQ(rules(text), "") << text;
}

TEST(Slots, WrongNumbersAreRefused) {
    EXPECT_EQ(rules("Revenue grew to 12,300 as {{f:1}} shows."), "number");
    EXPECT_EQ(rules("Revenue grew by a third to {{f:1}} dollars."), "number");
    EXPECT_EQ(rules("Выручка выросла вдвое, до {{f:1}}."), "number");
}

TEST(Slots, WrongDirectionsAreRefused) {
    EXPECT_EQ(rules("Revenue fell to {{f:1}}."), "direction");
    EXPECT_EQ(rules("Revenue grew to {{f:1}} and expenses grew to {{f:2}}."), "direction");
    EXPECT_EQ(rules("The loss grew to {{f:3}}."), "direction");
    EXPECT_EQ(rules("Revenue did not grow to {{f:1}}."), "direction");
    EXPECT_EQ(rules("Runway rose to {{f:4}}."), "direction") << "nothing says that it moved";
    EXPECT_EQ(rules("Выручка снизилась до {{f:1}}."), "direction");
    EXPECT_EQ(rules("Убыток вырос до {{f:3}}."), "direction");
}

TEST(Slots, SwappedFiguresAndPeriodsAreRefused) {
    EXPECT_EQ(rules("Cash stands at {{f:1}}."), "topic");
    EXPECT_EQ(rules("Зарплата составила {{f:1}}."), "topic");
    EXPECT_EQ(rules("Over a year revenue came to {{f:1}}."), "period");
    EXPECT_EQ(rules("Revenue of last month was {{f:1}}."), "period period");
    EXPECT_EQ(rules("The forecast shows revenue of {{f:1}}."), "period");
    EXPECT_EQ(rules("За прошлый год выручка составила {{f:5}}."), "period");
}

TEST(Slots, ClaimsWithoutFactsAreRefused) {
    EXPECT_EQ(rules("Revenue grew to {{f:1}}. Customers love the product."), "no_fact");
    EXPECT_EQ(rules("The market shrank while revenue was {{f:5}}."), "outside direction");
    EXPECT_EQ(rules("Revenue was {{f:5}} because the team worked hard."), "cause");
    EXPECT_EQ(rules(""), "no_fact");
    EXPECT_EQ(rules("Выручка выросла до {{f:1}}. Рынок доволен."), "no_fact");
}

TEST(Slots, SlotsThatAreNoneAreRefused) {
    for (const char* const text : {"{{f:99}}", "{{f:0}}", "{{f:1.sum}}", "{{f:1", "{{x:1}}", "{{n:ABCDEFGH}}",
                                   "{{n:zzzzzzzz}}", "{{f:-1}}", "{{f:4.change}}", "{{f:1;drop}}"})
        EXPECT_NE(rules(std::string("Revenue ") + text), "") << text;
}

TEST(Slots, LinksMarkupAndHiddenCharactersAreRefused) {
    EXPECT_EQ(rules("Revenue {{f:1}}, see http://evil.example"), "link no_fact");
    EXPECT_EQ(rules("Revenue {{f:1}}, see evil.example"), "link no_fact");
    EXPECT_EQ(rules("Revenue {{f:1}}, write to a@b"), "link");
    EXPECT_EQ(rules("<b>Revenue</b> {{f:1}}"), "markup");
    EXPECT_EQ(rules("Revenue {{f:1}} mil\u200Blion"), "control");
    EXPECT_EQ(rules("Revenue {{f:1}} \u202Eback"), "control");
    EXPECT_EQ(rules("Revenue {{f:1}} hundr\u0435d"), "script") << "a Cyrillic letter in a Latin word";
    EXPECT_EQ(rules("Revenue {{f:1}} 百"), "script") << "a numeral of another script";
    EXPECT_EQ(rules(std::string(700, 'a')), "length");
}

TEST(Slots, FilledTextReadsAsItShould) {
    EXPECT_EQ(filled("Revenue grew to {{f:1}} in {{f:1.period}}.", sample()),
              "Revenue grew to 12,300 USD in March 2017.");
    EXPECT_EQ(filled("{{f:7.name}} and {{n:abcdefgh}}", sample()), "category ООО «Ромашка» 42 and ООО «Ромашка» 42");
    EXPECT_EQ(filled("{{f:99}}", sample()), "{{f:99}}");
}

}  // namespace
