// A category of costs that jumped: expense_surge.
#include <algorithm>
#include <array>
#include <cmath>

#include "ledger/payee.hpp"
#include "risk/rules.hpp"

namespace fin::risk {

namespace {

struct Surge {
    const CategoryMonths* category = nullptr;
    double now = 0, before = 0;  // averages per month
    double explained = 0;        // what the average before would be at today's revenue
    double ratio = 0;            // now / explained; unset for a new category
    bool is_new = false, variable = false;
    Verdict verdict{};
};

double correlation(Series a, Series b) {
    const double mean_a = mean(a), mean_b = mean(b);
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        ab += (a[i] - mean_a) * (b[i] - mean_b), aa += (a[i] - mean_a) * (a[i] - mean_a),
            bb += (b[i] - mean_b) * (b[i] - mean_b);
    return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

// Words of costs that go with sales, whatever kind their category has.
bool named_variable(std::string_view category) {
    constexpr std::array words = {"material",   "purchas", "inventory", "goods",      "shipping",
                                  "freight",    "deliver", "packag",    "commission", "merchant",
                                  "processing", "сырь",    "материал",  "закуп",      "товар",
                                  "доставк",    "упаков",  "комисси",   "эквайринг"};
    const std::string key = ledger::payee_key(category);
    return std::ranges::any_of(words, [&](std::string_view word) { return key.find(word) != std::string::npos; });
}

// Costs that go with sales: cost of goods, and what moved with revenue in the months before T3.
bool is_variable(const Picture& picture, const CategoryMonths& category) {
    if (category.kind == ledger::Kind::cogs) return true;
    if (category.kind == ledger::Kind::payroll) return false;
    if (named_variable(picture.facts.ledger.categories.text(category.category))) return true;
    const Series costs = Picture::before_t3(category.month);
    return costs.size() >= 6 && correlation(costs, Picture::before_t3(picture.revenue)) >= 0.7;
}

std::optional<Surge> surge_of(const Picture& picture, const CategoryMonths& category, double expenses,
                              const Rule& rule) {
    const Series t3 = Picture::trailing(category.month, 3);
    Surge surge;
    surge.category = &category;
    // One large payment counts as much as the largest other one: a single invoice is no new level.
    surge.now = mean(t3) - std::max(0.0, category.largest_t3 - category.next) / 3;
    if (surge.now <= 0 || surge.now < 0.05 * expenses) return std::nullopt;

    const Series p12 = Picture::before_t3(category.month);
    const auto active = std::ranges::count_if(p12, [](double month) { return month > 0; });
    const auto active_t3 = std::ranges::count_if(t3, [](double month) { return month > 0; });
    // Paid in fewer than half of the months before: only a cost of every month now is a new level.
    if (2 * active < static_cast<long>(p12.size()) && active_t3 < 3) return std::nullopt;

    const bool year_before =
        category.month.size() >= 15 && (picture.season_strong() || season_is_strong(category.month));
    const Series base = year_before ? Picture::trailing(category.month, 3, 12) : p12;
    const Series revenue_base =
        year_before ? Picture::trailing(picture.revenue, 3, 12) : Picture::before_t3(picture.revenue);
    surge.before = mean(base);
    surge.is_new = surge.before <= 0;
    surge.variable = is_variable(picture, category);
    const double revenue = mean(Picture::trailing(picture.revenue, 3)), revenue_before = mean(revenue_base);
    const double growth = surge.variable && revenue_before > 0 ? std::max(1.0, revenue / revenue_before) : 1;
    surge.explained = std::max(0.0, surge.before) * growth;
    surge.ratio = surge.is_new ? rule.medium : surge.now / surge.explained;
    const auto verdict = judge(rule, surge.ratio);
    if (!verdict) return std::nullopt;
    surge.verdict = *verdict;
    return surge;
}

}  // namespace

Found expense_surge(const Picture& picture, const Thresholds& thresholds) {
    if (picture.n < 6) return std::nullopt;
    const Rule rule = rule_of("expense_surge", thresholds);
    const double expenses = mean(Picture::trailing(picture.all_expenses(), 3));
    if (expenses <= 0) return std::nullopt;
    std::vector<Surge> surges;
    for (const CategoryMonths& category : picture.categories)
        if (const auto surge = surge_of(picture, category, expenses, rule)) surges.push_back(*surge);
    if (surges.empty()) return std::nullopt;
    // The worst leads; among equals the one with most money.
    const Surge& worst = *std::ranges::max_element(
        surges, {}, [](const Surge& surge) { return std::pair(surge.verdict.severity, surge.now - surge.explained); });

    const std::string name(picture.facts.ledger.categories.text(worst.category->category));
    Risk risk = risk_of(rule, worst.verdict, worst.ratio);
    if (worst.is_new) risk.evidence.front() = {"value", 0, "new category"};
    risk.evidence.insert(risk.evidence.end(), {{"category", 0, name},
                                               {"average_t3", worst.now},
                                               {"average_before", worst.before},
                                               {"expected", worst.explained},
                                               {"share_of_expenses", worst.now / expenses},
                                               {"follows_revenue", 0, worst.variable ? "yes" : "no"}});
    double impact = 0;
    for (const Surge& surge : surges) {
        if (surge.verdict.severity == Severity::low && worst.verdict.severity != Severity::low) continue;
        impact += surge.now - surge.explained;
        if (&surge != &worst)
            risk.evidence.push_back(
                {"also", 0, std::string(picture.facts.ledger.categories.text(surge.category->category))});
    }
    const auto now_en = money_words(worst.now, Language::en), now_ru = money_words(worst.now, Language::ru);
    if (worst.is_new) {
        risk.title_en = "A new cost: " + quoted(name, Language::en) + " takes " + now_en + " a month";
        risk.title_ru = "Новый расход: " + quoted(name, Language::ru) + " — " + now_ru + " в месяц";
    } else {
        const double rise = worst.now / worst.before - 1;
        risk.title_en = "Spending on " + quoted(name, Language::en) + " rose by " + percent_words(rise, Language::en) +
                        ": " + now_en + " a month instead of " + money_words(worst.before, Language::en);
        risk.title_ru = "Расходы по статье " + quoted(name, Language::ru) + " выросли на " +
                        percent_words(rise, Language::ru) + ": " + now_ru + " в месяц вместо " +
                        money_words(worst.before, Language::ru);
    }
    risk.impact = money(impact);
    return risk;
}

}  // namespace fin::risk
