// Kinds: words in two languages, the traps in them, habit and sign, and what a workspace has set.
#include "ledger/kinds.hpp"

#include "rows.hpp"

using namespace fin::ledger;
using test::ledger_of;
using test::Line;

namespace {

constexpr Day day0 = day_of(2024, 1, 1);

std::string in(const char* text) {
    const auto kind = kind_by_words(text, true);
    return kind ? std::string(name(*kind)) : "none";
}
std::string out(const char* text) {
    const auto kind = kind_by_words(text, false);
    return kind ? std::string(name(*kind)) : "none";
}

struct Expected {
    const char* text;
    const char* kind;  // where money goes out
};

std::vector<std::string> kinds_of(std::vector<Line> lines, const KindRules& rules = {}) {
    auto ledger = ledger_of(lines);
    assign_kinds(ledger, rules);
    std::vector<std::string> names;
    for (const Kind kind : ledger.kind) names.emplace_back(name(kind));
    return names;
}

}  // namespace

TEST(KindWords, KnowsEnglish) {
    for (const auto& [text, kind] : std::vector<Expected>{
             {"Payroll", "payroll"},
             {"Salaries and wages", "payroll"},
             {"Payroll taxes", "tax"},
             {"Social contributions", "tax"},
             {"VAT", "tax"},
             {"Income tax", "tax"},
             {"Sales tax", "tax"},
             {"Tax refund", "tax"},
             {"Business Rates", "tax"},
             {"Bank fees", "opex"},
             {"Rent", "opex"},
             {"Cost of goods sold", "cogs"},
             {"Cost of sales", "cogs"},
             {"Inventory purchases", "cogs"},
             {"Interest", "interest"},
             {"Loan interest", "interest"},
             {"Loan repayment", "debt"},
             {"Loan EMI", "debt"},
             {"Owner's draw", "equity"},
             {"Dividends", "equity"},
             {"Internal transfer", "transfer"},
             {"Stripe payout", "transfer"},
             {"Currency conversion", "transfer"},
             {"Assets:Checking", "transfer"},
             {"Equipment", "capex"},
             {"Capital expenditure", "capex"},
             {"Office Equipment", "capex"},
             {"Equipment repairs", "opex"},
             {"Customer refunds", "refund"},
             {"Sales", "revenue"},
             {"Subcontractors", "opex"},
             {"Hosting", "opex"},
             {"Materials", "cogs"},
             {"Purchases", "cogs"},
             {"Expenses:Materials", "cogs"},
             {"Marketing materials", "opex"},
             {"Training materials", "opex"},
             {"Utilities", "opex"},
             {"Staff training", "opex"},
             {"Sales & Marketing", "opex"},
         })
        EXPECT_EQ(out(text), kind) << text;
}

TEST(KindWords, KnowsRussian) {
    for (const auto& [text, kind] : std::vector<Expected>{
             {"Зарплата", "payroll"},
             {"Оплата труда", "payroll"},
             {"Премии сотрудникам", "payroll"},
             {"Налог на прибыль", "tax"},
             {"НДФЛ", "tax"},
             {"Страховые взносы", "tax"},
             {"Аренда офиса", "opex"},
             {"Реклама", "opex"},
             {"Комиссия банка", "opex"},
             {"Услуги связи", "opex"},
             {"Обучение сотрудников", "opex"},
             {"Прочие расходы", "opex"},
             {"Закупка товара", "cogs"},
             {"Материалы", "cogs"},
             {"Закупки", "cogs"},
             {"Рекламные материалы", "opex"},
             {"Расходные материалы", "opex"},
             {"Хозяйственные материалы", "opex"},
             {"Закупка оборудования", "capex"},
             {"Себестоимость продаж", "cogs"},
             {"Проценты по кредиту", "interest"},
             {"Погашение кредита", "debt"},
             {"Возврат займа", "debt"},
             {"Дивиденды", "equity"},
             {"Взнос учредителя", "equity"},
             {"Перевод между счетами", "transfer"},
             {"Покупка валюты", "transfer"},
             {"Основные средства", "capex"},
             {"Покупка оборудования", "capex"},
             {"Аренда оборудования", "opex"},
             {"Возврат покупателю", "refund"},
             {"Рекламация", "refund"},
             {"Выручка", "revenue"},
             {"Оплата от покупателей", "revenue"},
         })
        EXPECT_EQ(out(text), kind) << text;
}

TEST(KindWords, FollowsTheSignWhereAWordHasTwoSides) {
    for (const char* text : {"Subscriptions", "Rent", "Grants", "Аренда", "Подписки"}) {
        EXPECT_EQ(in(text), "revenue") << text;
        EXPECT_EQ(out(text), "opex") << text;
    }
    EXPECT_EQ(in("Interest"), "revenue");
    EXPECT_EQ(in("Проценты полученные"), "revenue");
    EXPECT_EQ(in("Refunds"), "opex");  // from a supplier: a lower expense
}

TEST(KindWords, LetsThePathSayWhichSideOfTheBooksItIs) {
    EXPECT_EQ(in("Expenses:Fundraising:Food"), "opex");
    EXPECT_EQ(in("Expenses:Donations"), "opex");
    EXPECT_EQ(in("Expenses:Interest"), "interest");
    EXPECT_EQ(out("Income:Bank Interest"), "revenue");
    EXPECT_EQ(out("Rental income"), "revenue");
    EXPECT_EQ(in("Rent expense"), "opex");
    EXPECT_EQ(in("Sales expenses"), "opex");
    EXPECT_EQ(in("Expenses:Operating:Payroll"), "payroll");
}

TEST(KindWords, MatchesWholeWordsOnly) {
    for (const char* text : {"Premium", "Current account charge", "Parent company", "Restaurant", "Syntax", "Wholesome",
                             "Adsorption", "Кредиторская задолженность", "Vatican", "Debtors", "Residential care Emi"})
        EXPECT_EQ(out(text), "none") << text;
    EXPECT_EQ(out("Taxi"), "opex");
    EXPECT_EQ(out("Такси"), "opex");
    EXPECT_EQ(in("Премиум подписка"), "revenue");
}

TEST(AssignKinds, CallsANegativeRowOfARevenueCategoryARefund) {
    EXPECT_EQ(kinds_of({{day0, 100, "Sales", "a"}, {day0, -20, "Sales", "a"}}),
              (std::vector<std::string>{"revenue", "refund"}));
}

TEST(AssignKinds, LetsAReversalReduceItsExpense) {
    EXPECT_EQ(kinds_of({{day0, -100, "Expenses:Software", "a"}, {day0, 20, "Expenses:Software", "a"}}),
              (std::vector<std::string>{"opex", "opex"}));
    // Unknown words: the habit of the category decides, 4 of 5 rows in one direction.
    std::vector<Line> lines(4, {day0, -10, "Zyx", "a"});
    lines.push_back({day0, 10, "Zyx", "a"});
    EXPECT_EQ(kinds_of(lines), (std::vector<std::string>{"opex", "opex", "opex", "opex", "opex"}));
    for (Line& line : lines) line.amount = -line.amount;
    EXPECT_EQ(kinds_of(lines), (std::vector<std::string>{"revenue", "revenue", "revenue", "revenue", "refund"}));
}

TEST(AssignKinds, GivesEachRowItsOwnSignWhereACategoryHasNoHabit) {
    EXPECT_EQ(kinds_of({{day0, 10, "Zyx", "a"}, {day0, -10, "Zyx", "b"}, {day0, 10, "Zyx", "c"}}),
              (std::vector<std::string>{"revenue", "opex", "revenue"}));
    EXPECT_EQ(kinds_of({{day0, 10, "Rent", "a"}, {day0, -10, "Rent", "b"}}),
              (std::vector<std::string>{"revenue", "opex"}));
    EXPECT_EQ(kinds_of({{day0, 10, "", "a"}, {day0, -10, "", "b"}}), (std::vector<std::string>{"revenue", "opex"}));
}

TEST(AssignKinds, DoesNotTakeASpendingDepartmentForRevenue) {
    EXPECT_EQ(kinds_of({{day0, -10, "Sales", "a"}, {day0, -20, "Sales", "b"}}),
              (std::vector<std::string>{"opex", "opex"}));
    EXPECT_EQ(kinds_of({{day0, -10, "Income:Other", "a"}}), (std::vector<std::string>{"refund"}));
}

TEST(AssignKinds, DoesNotTakeWhatACompanySellsForAnExpense) {
    std::vector<Line> lines(3, {day0, 10, "Consulting fees", "a"});
    EXPECT_EQ(kinds_of(lines), (std::vector<std::string>{"revenue", "revenue", "revenue"}));
    for (Line& line : lines) line.category = "Expenses:Consulting fees";
    EXPECT_EQ(kinds_of(lines), (std::vector<std::string>{"opex", "opex", "opex"}));
    for (Line& line : lines) line.category = "Refunds";  // from suppliers: a lower expense
    EXPECT_EQ(kinds_of(lines), (std::vector<std::string>{"opex", "opex", "opex"}));
    // A lone positive row is a reversal.
    EXPECT_EQ(kinds_of({{day0, 10, "Consulting fees", "a"}}), (std::vector<std::string>{"opex"}));
    // Somebody else's salary comes in: whoever keeps this ledger is paid one.
    EXPECT_EQ(kinds_of({{day0, 10, "", "Зарплата ООО Ромашка"}}), (std::vector<std::string>{"revenue"}));
}

TEST(AssignKinds, AsksTheCounterpartyWhereTheCategorySaysNothing) {
    EXPECT_EQ(kinds_of({{day0, -10, "", "HMRC"},
                        {day0, -10, "Zyx", "УФК по г. Москве (ИФНС № 1)"},
                        {day0, -10, "", "Salary March 2024"},
                        {day0, -10, "Software", "HMRC"}}),
              (std::vector<std::string>{"tax", "tax", "payroll", "opex"}));
    // A firm's name is no statement about the row.
    EXPECT_EQ(kinds_of({{day0, -10, "", "Sales Force Ltd"}, {day0, -10, "", "Emi Tanaka"}}),
              (std::vector<std::string>{"opex", "opex"}));
}

TEST(AssignKinds, ObeysTheWorkspace) {
    KindRules rules;
    rules.by_category.emplace("software", Kind::cogs);
    rules.by_counterparty.emplace("acme", Kind::transfer);
    rules.by_category.emplace("zyx", Kind::revenue);
    EXPECT_EQ(
        kinds_of({{day0, -10, "SOFTWARE", "b"}, {day0, -10, "Software", "ACME Inc. 471100"}, {day0, -10, "Zyx", "b"}},
                 rules),
        (std::vector<std::string>{"cogs", "transfer", "refund"}));
}

TEST(AssignKinds, SaysWhereEachCategorysKindComesFrom) {
    auto ledger = ledger_of({{day0, -10, "Software", "a"}, {day0, -10, "Zyx", "a"}, {day0, -10, "Mine", "a"}});
    KindRules rules;
    rules.by_category.emplace("mine", Kind::capex);
    const auto kinds = assign_kinds(ledger, rules);
    ASSERT_EQ(kinds.size(), 3U);
    EXPECT_EQ(kinds[0].source, "words");
    EXPECT_EQ(kinds[1].source, "sign");
    EXPECT_EQ(kinds[1].kind, Kind::opex);
    EXPECT_EQ(kinds[2].source, "user");
    EXPECT_EQ(kinds[2].kind, Kind::capex);
    EXPECT_EQ(kinds[2].category, "Mine");
}
