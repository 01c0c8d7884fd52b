#include "companies.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "chance.hpp"
#include "ledger/calendar.hpp"
#include "ledger/kinds.hpp"

namespace fin::risk_model {

namespace {

constexpr int after = 6;  // months that decide what became of the company
constexpr ledger::Month first_month = 2022 * 12;

struct Change {
    int from = 1000, to = 1000;  // months
    double factor = 1;
    bool at(int month) const { return month >= from && month < to; }
};

// How a company is and what happens to it; drawn before its months are walked.
struct Character {
    int history;
    double revenue, growth, later_growth, noise, season;
    bool three_months;   // that earn most of the year
    int turn, recovers;  // months at which growth becomes later_growth, and 0 again
    double goods, goods_drift;
    int goods_from;
    double payroll, other, tax;  // of the revenue at the start
    double cash;
    bool opening_known;
    std::vector<double> customers, suppliers;  // shares
    std::size_t leaver = 0;
    int leaves = 1000;
    Change surge;
    double reacts, helped;  // chance a month that costs are cut, that money comes from outside, when cash is short
    double uncategorised;
    bool pays_twice, pays_stranger;
};

std::vector<double> shares(Chance& chance, int count, double steepness) {
    std::vector<double> all;
    for (int i = 0; i < count; ++i) all.push_back(std::pow(i + 1.0, -steepness) * chance.between(0.6, 1.4));
    const double sum = std::accumulate(all.begin(), all.end(), 0.0);
    for (double& each : all) each /= sum;
    return all;
}

Character character(Chance& chance) {
    Character of;
    of.history = chance.whole(9, 36);
    of.revenue = chance.lognormal(80000, 0.8);
    of.growth = 0.003 + 0.006 * chance.normal();
    const double kind = chance.uniform();
    of.later_growth = kind < 0.45   ? of.growth
                      : kind < 0.75 ? -0.025 + 0.015 * chance.normal()
                                    : 0.01 + 0.015 * chance.normal();
    of.turn = chance.whole(std::max(3, of.history - 12), of.history + 3);
    of.recovers = chance.happens(0.3) ? of.history + chance.whole(-1, 4) : 1000;
    of.noise = chance.happens(0.12) ? chance.between(0.2, 0.5) : chance.between(0.02, 0.12);
    of.season = chance.happens(0.3) ? chance.between(0.12, 0.4) : 0;
    of.three_months = chance.happens(0.06);
    of.goods = chance.between(0.2, 0.5);
    of.goods_drift = chance.happens(0.25) ? chance.between(0.005, 0.03) : 0;
    of.goods_from = chance.whole(std::max(1, of.history - 9), of.history + 3);
    of.payroll = chance.between(0.12, 0.42);
    of.other = chance.between(0.08, 0.24);
    of.tax = chance.between(0.02, 0.08);
    of.cash = of.revenue * chance.lognormal(1.5, 1.0);
    of.opening_known = chance.happens(0.8);
    // One draw a statement: compilers differ in which argument of a call they work out first.
    const double customer_steepness = chance.between(0, 1.6);
    const int customers = chance.whole(3, 14);
    of.customers = shares(chance, customers, customer_steepness);
    const double supplier_steepness = chance.between(0, 1.5);
    const int suppliers = chance.whole(2, 6);
    of.suppliers = shares(chance, suppliers, supplier_steepness);
    if (chance.happens(0.2)) {
        of.leaver = static_cast<std::size_t>(chance.whole(0, 1));
        of.leaves = chance.whole(std::max(2, of.history - 8), of.history + 4);
    }
    if (chance.happens(0.2)) {
        of.surge.from = chance.whole(std::max(2, of.history - 5), of.history + 3);
        of.surge.to = of.surge.from + (chance.happens(0.5) ? 100 : 3);
        of.surge.factor = chance.between(1.6, 5);
    }
    of.reacts = chance.between(0, 0.25);
    of.helped = chance.between(0, 0.1);
    of.uncategorised = chance.happens(0.1) ? chance.between(0.1, 0.5) : 0;
    of.pays_twice = chance.happens(0.08);
    of.pays_stranger = chance.happens(0.08);
    return of;
}

class Months {
public:
    Months(Chance& chance, const Character& of)
        : chance_(chance), of_(of), builder_({}, {}, opening(of)), cash_(of.cash), cost_level_(1) {}

    Simulated walk() {
        double level = of_.revenue, lost = 0, gained = 0;
        bool below_zero = false;
        for (int m = 0; m < of_.history + after; ++m) {
            level *= 1 + (m >= of_.recovers ? 0 : m >= of_.turn ? of_.later_growth : of_.growth);
            const auto [income, result] = month(m, level);
            if (m < of_.history) continue;
            gained += income;
            lost -= result;
            below_zero = below_zero || cash_ < 0;
        }
        Simulated made;
        made.ledger = std::move(builder_.build().ledger);
        ledger::assign_kinds(made.ledger);
        made.trouble = below_zero || lost >= 0.1 * gained;
        return made;
    }

private:
    static std::optional<ledger::Money> opening(const Character& of) {
        if (!of.opening_known) return std::nullopt;
        return ledger::Money::of(of.cash);
    }

    // Books what is history; what comes after only counts.
    void book(int m, int day, double amount, const char* category, const std::string& counterparty) {
        cash_ += amount;
        if (m >= of_.history) return;
        ledger::Row row;
        row.row_no = ++rows_;
        row.booked_on = ledger::first_day(first_month + m) + day - 1;
        row.amount = ledger::Money::of(std::round(amount * 100) / 100);
        row.currency = "EUR";
        row.category = of_.uncategorised > 0 && chance_.happens(of_.uncategorised) ? "" : category;
        row.counterparty = counterparty;
        builder_.add(row);
    }
    double about(double amount, double spread = 0.05) { return amount * chance_.between(1 - spread, 1 + spread); }

    struct Result {
        double income, result;
    };
    Result month(int m, double level) {
        double season = 1 + of_.season * std::sin(6.283185307179586 * (m + 3) / 12);
        if (of_.three_months) season *= m % 12 >= 5 && m % 12 <= 7 ? 2.4 : 0.53;
        const double turnover = std::max(0.05 * level, level * season * (1 + of_.noise * chance_.normal()));
        double income = 0;
        for (std::size_t i = 0; i < of_.customers.size(); ++i) {
            if (i == of_.leaver && m >= of_.leaves) continue;
            const double paid = about(turnover * of_.customers[i]);
            income += paid;
            book(m, 3 + static_cast<int>(i), paid, "Sales", "Customer " + std::string(1, static_cast<char>('A' + i)));
        }
        double spent = 0;
        const auto spend = [&](int day, double amount, const char* category, const std::string& counterparty) {
            spent += amount;
            book(m, day, -amount, category, counterparty);
        };
        const double goods = std::min(0.95, of_.goods + of_.goods_drift * std::max(0, m - of_.goods_from));
        for (std::size_t i = 0; i < of_.suppliers.size(); ++i)
            spend(5 + 2 * static_cast<int>(i), about(goods * income * of_.suppliers[i]), "Materials",
                  "Supplier " + std::string(1, static_cast<char>('A' + i)));
        const double payroll = of_.payroll * of_.revenue * cost_level_ / 3;
        for (const char* person : {"J. Moss", "P. Lind", "R. Vega"}) spend(27, payroll, "Salaries", person);
        const double other = of_.other * of_.revenue * cost_level_;
        spend(1, 0.5 * other, "Rent", "Harbor Estates");
        spend(11, about(0.3 * other * (of_.surge.at(m) ? of_.surge.factor : 1)), "Marketing", "Brightads");
        spend(17, about(0.2 * other, 0.2), "Office supplies", "Paperhouse");
        // Who is short of cash lets the tax office wait.
        const bool short_of_cash = cash_ < 0.8 * spent;
        if (!short_of_cash || chance_.happens(0.4)) spend(20, about(of_.tax * income), "Taxes", "Tax office");
        if (of_.pays_twice && m == of_.history - 2) spend(2, 0.5 * other, "Rent", "Harbor Estates");
        if (of_.pays_stranger && m == of_.history - 1) spend(14, about(0.4 * spent), "Consulting", "Quickfix Holdings");
        if (cash_ < 2 * spent && income < spent) {
            if (chance_.happens(of_.reacts)) cost_level_ *= chance_.between(0.7, 0.9);
            if (chance_.happens(of_.helped)) book(m, 28, 3 * spent, "Owner contribution", "Owner");
        }
        return {income, income - spent};
    }

    Chance& chance_;
    const Character& of_;
    ledger::Builder builder_;
    double cash_, cost_level_;
    std::int32_t rows_ = 0;
};

}  // namespace

Simulated company(std::uint64_t seed) {
    Chance chance(seed);
    const Character of = character(chance);
    return Months(chance, of).walk();
}

}  // namespace fin::risk_model
