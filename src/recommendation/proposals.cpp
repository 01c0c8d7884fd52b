// Which levers answer which risk, and how they are worded.
#include "recommendation/proposals.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "forecast/ledger_forecast.hpp"
#include "risk/wording.hpp"

namespace fin::recommendation {

namespace {

using risk::Language;
using risk::Picture;
using risk::Risk;

constexpr auto en = Language::en;
constexpr auto ru = Language::ru;

constexpr double usual_cut = 0.10, usual_discount = 0.05, usual_raise = 0.03;
constexpr double deepest_cut = 0.50;
constexpr int usual_days = 10;

double per_month(const std::vector<double>& series, int shift = 0) {
    return risk::mean(Picture::trailing(series, 3, shift));
}

std::string text_of(const Risk& risk, std::string_view name) {
    const auto found = std::ranges::find(risk.evidence, name, &risk::Evidence::name);
    return found == risk.evidence.end() ? std::string() : found->text;
}

double value_of(const Risk& risk, std::string_view name) {
    const auto found = std::ranges::find(risk.evidence, name, &risk::Evidence::name);
    return found == risk.evidence.end() ? 0 : found->value;
}

Proposal cut(const std::string& category, double spending, double percent) {
    return {"cut_category", category,
            "Cut " + risk::quoted(category, en) + " by " + risk::percent_words(percent, en) + " of " +
                risk::money_words(spending, en) + " a month",
            "Сократить расходы по статье " + risk::quoted(category, ru) + " на " + risk::percent_words(percent, ru) +
                " от " + risk::money_words(spending, ru) + " в месяц",
            cut_category(category, spending, percent)};
}

// The largest category that can be cut: not payroll, which is hired and not bought.
std::vector<Proposal> cut_largest(const Picture& picture, const Levels& levels) {
    const risk::CategoryMonths* largest = nullptr;
    for (const auto& category : picture.categories)
        if (category.kind == ledger::Kind::opex && (!largest || per_month(category.month) > per_month(largest->month)))
            largest = &category;
    if (!largest || per_month(largest->month) <= 0) return {};
    return {cut(std::string(picture.facts.ledger.categories.text(largest->category)),
                per_month(largest->month) * levels.expenses_ahead, usual_cut)};
}

Proposal renegotiate(const std::string& supplier, double spending) {
    return {"renegotiate_supplier", supplier,
            "Renegotiate prices with " + risk::quoted(supplier, en) + ": " + risk::percent_words(usual_discount, en) +
                " of " + risk::money_words(spending, en) + " a month",
            "Договориться о ценах с поставщиком " + risk::quoted(supplier, ru) + ": " +
                risk::percent_words(usual_discount, ru) + " от " + risk::money_words(spending, ru) + " в месяц",
            renegotiate_supplier(supplier, spending, usual_discount)};
}

std::vector<Proposal> renegotiate_largest(const Picture& picture, const Levels& levels) {
    if (picture.parties.empty()) return {};
    const auto largest = std::ranges::max_element(picture.parties, {}, &risk::PartyTotals::spending_t3);
    if (largest->spending_t3 <= 0) return {};
    const auto code = static_cast<ledger::Code>(largest - picture.parties.begin());
    return {renegotiate(std::string(picture.facts.ledger.counterparties.text(code)),
                        largest->spending_t3 / 3 * levels.expenses_ahead)};
}

std::vector<Proposal> raise(const Levels& levels) {
    if (levels.revenue <= 0) return {};
    return {{"raise_price", "",
             "Raise prices by " + risk::percent_words(usual_raise, en) + "; it pays even if " +
                 risk::percent_words(usual_raise / 2, en) + " of sales are lost",
             "Поднять цены на " + risk::percent_words(usual_raise, ru) + ": это выгодно, даже если продажи упадут на " +
                 risk::percent_words(usual_raise / 2, ru),
             raise_price(levels.revenue, usual_raise)}};
}

std::vector<Proposal> collect(const Levels& levels) {
    if (levels.revenue <= 0) return {};
    auto effect = collect_earlier(levels.revenue, usual_days);
    const double once = effect.monthly * months_of_one_off;
    return {{"collect_earlier", "",
             "Collect from customers " + std::to_string(usual_days) + " days earlier: " + risk::money_words(once, en) +
                 " comes in once",
             "Получать оплату от клиентов на " + std::to_string(usual_days) + " дней раньше: разово это даст " +
                 risk::money_words(once, ru),
             std::move(effect)}};
}

std::vector<Proposal> delay(const Levels& levels) {
    if (levels.purchases <= 0) return {};
    auto effect = delay_payment(levels.purchases, usual_days);
    const double once = effect.monthly * months_of_one_off;
    return {{"delay_payment", "",
             "Agree to pay suppliers " + std::to_string(usual_days) + " days later: " + risk::money_words(once, en) +
                 " stays in the account",
             "Договориться платить поставщикам на " + std::to_string(usual_days) + " дней позже: на счёте останется " +
                 risk::money_words(once, ru),
             std::move(effect)}};
}

std::vector<Proposal> freeze(const Levels& levels) {
    constexpr int months = 6;
    if (levels.payroll_growth <= 0) return {};
    return {{"freeze_hiring", "",
             "Freeze hiring for " + risk::months_words(months, en) + ": payroll grew by " +
                 risk::money_words(levels.payroll_growth, en) + " a month",
             "Остановить найм на " + risk::months_words(months, ru) + ": фонд оплаты труда рос на " +
                 risk::money_words(levels.payroll_growth, ru) + " в месяц",
             freeze_hiring(levels.payroll_growth, months)}};
}

Proposal reserve(double months, double need, const Levels& levels, const std::string& what_en,
                 const std::string& what_ru) {
    return {"build_reserve", "",
            "Build a reserve of " + risk::months_words(months, en) + " of " + what_en + ": " +
                risk::money_words(months * need, en),
            "Создать резерв на " + risk::months_words(months, ru) + " " + what_ru + ": " +
                risk::money_words(months * need, ru),
            build_reserve(months, need, levels.cash, "a reserve moves money and adds none")};
}

std::vector<Proposal> reserve_of_expenses(double months, const Levels& levels) {
    return {reserve(months, levels.expenses, levels, "expenses", "расходов")};
}

// Back to what the category cost before, but no deeper than half.
std::vector<Proposal> cut_surge(const Risk& risk, const Levels& levels) {
    const std::string category = text_of(risk, "category");
    const double now = value_of(risk, "average_t3"), before = value_of(risk, "expected");
    if (category.empty() || now <= 0) return {};
    return {cut(category, now * levels.expenses_ahead, std::clamp((now - before) / now, 0.01, deepest_cut))};
}

std::vector<Proposal> diversify(const Risk& risk, const Levels& levels) {
    const std::string customer = text_of(risk, "counterparty");
    const double share = value_of(risk, "value"), target = value_of(risk, "line");
    const double reach = std::min(target, share);
    return {{"diversify_customer", customer,
             "Win other customers until " + risk::quoted(customer, en) + " brings less than " +
                 risk::percent_words(reach, en) + " of revenue (now " + risk::percent_words(share, en) + ")",
             "Привлекать других клиентов, пока доля " + risk::quoted(customer, ru) + " не станет меньше " +
                 risk::percent_words(reach, ru) + " выручки (сейчас " + risk::percent_words(share, ru) + ")",
             diversify_customer(customer, share, target, levels.revenue, levels.margin, levels.payers)}};
}

std::vector<Proposal> replace_lost(const Risk& risk, const Levels& levels) {
    constexpr double replaced = 0.5;
    const std::string customer = text_of(risk, "counterparty");
    const double months = std::max(1.0, value_of(risk, "months"));
    const double lost = value_of(risk, "revenue_from_it") / months;
    return {{"diversify_customer", customer,
             "Talk to " + risk::quoted(customer, en) + " or win customers for half of what it paid: " +
                 risk::money_words(lost * replaced, en) + " of revenue a month",
             "Вернуть клиента " + risk::quoted(customer, ru) + " или найти новых хотя бы на половину его выручки: " +
                 risk::money_words(lost * replaced, ru) + " в месяц",
             replace_customer(customer, lost, replaced, levels.margin)}};
}

std::vector<Proposal> recover(const Risk& risk, bool duplicates) {
    const std::string rows = text_of(risk, "row_nos");
    const double money = value_of(risk, "money");
    return {{"recover_duplicate", rows,
             (duplicates ? "Check and recover the payments made twice (rows " : "Check the payments in rows (") + rows +
                 "): up to " + risk::money_words(money, en),
             (duplicates ? "Проверить и вернуть повторные платежи (строки " : "Проверить платежи (строки ") + rows +
                 "): до " + risk::money_words(money, ru),
             recover_duplicate(rows, money)}};
}

std::vector<Proposal> reserve_for_tax(const Risk& risk, const Levels& levels) {
    const double step = std::max(1.0, value_of(risk, "months_between_payments"));
    const double missed = value_of(risk, "missed_payments");
    return {reserve(missed * step, value_of(risk, "usual_payment") / step, levels, "the missing taxes",
                    "неуплаченных налогов")};
}

std::vector<Proposal> reserve_for_doubt(const Levels& levels) {
    Proposal proposal = reserve(1, levels.expenses, levels, "expenses", "расходов");
    proposal.action_en = "Complete the ledger (categories, months, balances); until then keep a month's expenses, " +
                         risk::money_words(levels.expenses, en) + ", as a reserve";
    proposal.action_ru =
        "Дополнить данные (категории, месяцы, остатки), а до того держать в резерве расходы за месяц: " +
        risk::money_words(levels.expenses, ru);
    proposal.effect = build_reserve(1, levels.expenses, levels.cash, "better data move no money");
    return {proposal};
}

// What the next six months are to T3. Never more than twice or less than half: beyond that the forecast is a guess.
double ahead(const std::vector<double>& forecast, double t3) {
    const std::size_t n = std::min<std::size_t>(forecast.size(), 6);
    if (n == 0 || t3 <= 0) return 1;
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += forecast[i];
    return std::clamp(sum / static_cast<double>(n) / t3, 0.5, 2.0);
}

PayerHistory payer_history(const Picture& picture) {
    PayerHistory history;
    for (const auto& party : picture.parties) {
        if (std::popcount(party.active_p12) < 3) continue;
        ++history.regular;
        history.lost += party.revenue_t3 <= 0 && party.revenue_after <= 0;
    }
    return history;
}

}  // namespace

Levels::Levels(const Picture& picture)
    : revenue(per_month(picture.revenue)),
      expenses(per_month(picture.all_expenses())),
      purchases(per_month(picture.cogs) + per_month(picture.opex)),
      payroll_growth(picture.n >= 6 ? (per_month(picture.payroll) - per_month(picture.payroll, 3)) / 3 : 0),
      margin(revenue > 0 ? std::clamp(1 - per_month(picture.cogs) / revenue, 0.0, 1.0) : 0),
      cash(picture.cash_is_known() ? std::max(0.0, picture.cash()) : 0),
      payers(payer_history(picture)) {
    const auto* forecast = picture.facts.forecast;
    if (!forecast || !forecast->made()) return;
    from_forecast = true;
    revenue_ahead = ahead(forecast->central_revenue, revenue);
    expenses_ahead = ahead(forecast->central_expenses, expenses);
    revenue *= revenue_ahead;
    expenses *= expenses_ahead;
    purchases *= expenses_ahead;
}

std::vector<Proposal> proposals_for(const Risk& risk, const Picture& picture, const Levels& levels) {
    std::vector<Proposal> all;
    const auto add = [&](std::vector<Proposal> more) { std::ranges::move(more, std::back_inserter(all)); };
    const std::string& code = risk.code;
    if (code == "liquidity" || code == "negative_cash") {
        add(cut_largest(picture, levels)), add(collect(levels)), add(delay(levels));
    } else if (code == "burn_acceleration") {
        add(cut_largest(picture, levels)), add(freeze(levels)), add(raise(levels));
    } else if (code == "revenue_decline") {
        add(raise(levels)), add(cut_largest(picture, levels));
    } else if (code == "margin_erosion" || code == "unprofitable") {
        add(raise(levels)), add(renegotiate_largest(picture, levels)), add(cut_largest(picture, levels));
    } else if (code == "expense_surge") {
        add(cut_surge(risk, levels));
    } else if (code == "customer_concentration") {
        add(diversify(risk, levels));
    } else if (code == "lost_customer") {
        add(replace_lost(risk, levels));
    } else if (code == "supplier_concentration") {
        const double spending = value_of(risk, "paid_to_it") / std::max(1.0, value_of(risk, "months"));
        add({renegotiate(text_of(risk, "counterparty"), spending * levels.expenses_ahead)});
    } else if (code == "payroll_burden") {
        add(freeze(levels)), add(raise(levels));
    } else if (code == "revenue_volatility" || code == "seasonal_dependency") {
        add(reserve_of_expenses(code == "revenue_volatility" ? 2 : 3, levels)), add(delay(levels));
    } else if (code == "tax_gap") {
        add(reserve_for_tax(risk, levels));
    } else if (code == "duplicate_payments" || code == "suspicious_payments") {
        add(recover(risk, code == "duplicate_payments"));
    } else if (code == "data_quality") {
        add(reserve_for_doubt(levels));
    }
    // A company with no costs to cut and nothing to sell can still hold money back.
    if (all.empty()) add(reserve_of_expenses(1, levels));
    return all;
}

std::vector<Proposal> opportunities(const Picture& picture, const Levels& levels) {
    std::vector<Proposal> all;
    for (const auto& series : picture.facts.recurring) {
        const double monthly = -series.monthly_amount.value();
        if (series.inflow || series.variable || series.state != ledger::SeriesState::active) continue;
        if (series.kind != ledger::Kind::opex || series.cadence != ledger::Cadence::monthly || series.hits < 12)
            continue;
        // Small: under 1 % of expenses. Rent and the like are not cancelled.
        if (monthly <= 0 || monthly > 0.01 * levels.expenses || series.counterparty < 0) continue;
        const std::string name(picture.facts.ledger.counterparties.text(series.counterparty));
        all.push_back({"cancel_recurring", name,
                       "See whether " + risk::quoted(name, en) + " is still needed: " + risk::money_words(monthly, en) +
                           " a month for " + risk::months_words(series.hits, en),
                       "Проверить, нужен ли ещё " + risk::quoted(name, ru) + ": " + risk::money_words(monthly, ru) +
                           " в месяц уже " + risk::months_words(series.hits, ru),
                       cancel_recurring(name, monthly, series.hits)});
    }
    std::ranges::stable_sort(all, std::greater<>(), [](const Proposal& each) { return each.effect.monthly; });
    if (all.size() > 2) all.resize(2);
    return all;
}

}  // namespace fin::recommendation
