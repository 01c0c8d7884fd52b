// Makes ledgers of companies for tests: months of sales, purchases, payroll, rent and tax, from a plan and a seed.
#pragma once
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "ledger/builder.hpp"
#include "ledger/kinds.hpp"
#include "ledger/monthly.hpp"
#include "ledger/recurring.hpp"
#include "metrics/metrics.hpp"

namespace fin::test {

struct Entry {
    ledger::Day day;
    double amount;
    std::string category, counterparty;
};

// Numbers that look random and are the same everywhere (splitmix64).
class Noise {
public:
    explicit Noise(std::uint64_t seed) : state_(seed) {}
    double uniform() {  // [0, 1)
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return static_cast<double>((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
    }
    double around(double centre, double spread) { return centre * (1 + spread * (2 * uniform() - 1)); }

private:
    std::uint64_t state_;
};

using ByMonth = std::function<double(int)>;  // factor of month 0, 1, ...
inline double as_planned(int) { return 1; }

// A healthy company: revenue 100,000 a month from twelve customers, cost of goods 30 %, payroll 26,000, other costs
// 15,000, tax 7,000, so a fifth of revenue is left. The factors change the plan.
struct Plan {
    int months = 30;
    std::uint64_t seed = 1;
    double spread = 0.04;  // of single amounts, uniform
    double opening = 250000;
    bool opening_known = true;
    ByMonth revenue = as_planned, cogs_share = as_planned, payroll = as_planned, rent = as_planned,
            marketing = as_planned, office = as_planned, tax = as_planned;
    double first_customer = 1.0 / 12;                // share of revenue
    ByMonth first_customer_pays = as_planned;        // 0: nothing that month
    double first_supplier = 0.25;                    // share of cost of goods
    std::string first_customer_name = "Customer A";  // the largest where first_customer says so
};

struct Company {
    std::vector<Entry> entries;
    std::optional<double> opening;

    static constexpr int first_year = 2021;
    static ledger::Month month(int m) { return first_year * 12 + m; }
    static ledger::Day day(int m, int day_of_month) { return ledger::first_day(month(m)) + day_of_month - 1; }

    void add(int m, int day_of_month, double amount, const std::string& category, const std::string& counterparty) {
        entries.push_back({day(m, day_of_month), std::round(amount * 100) / 100, category, counterparty});
    }
};

inline double season_of(int m, double swing) { return 1 + swing * std::sin(2 * std::numbers::pi * (m + 2) / 12); }

inline Company make(const Plan& plan) {
    Company company;
    if (plan.opening_known) company.opening = plan.opening;
    Noise noise(plan.seed);
    const std::vector<std::string> customers = {"Borealis",  "Cardinal",  "Dunmore", "Elkhart", "Fenwick", "Garnet",
                                                "Hollister", "Inverness", "Juniper", "Kestrel", "Larkspur"};
    const std::vector<std::string> suppliers = {"Acorn Supply", "Birch Parts", "Cedar Goods", "Dogwood Trade"};
    for (int m = 0; m < plan.months; ++m) {
        const double revenue = 100000 * plan.revenue(m);
        const double first = revenue * plan.first_customer * plan.first_customer_pays(m);
        const double rest = revenue * (1 - plan.first_customer);
        if (first > 0) company.add(m, 5, noise.around(first, plan.spread), "Sales", plan.first_customer_name);
        for (std::size_t i = 0; i < customers.size(); ++i)
            company.add(m, 3 + static_cast<int>(2 * i), noise.around(rest / 11, plan.spread), "Sales", customers[i]);
        const double cogs = 0.30 * revenue * plan.cogs_share(m);
        for (std::size_t i = 0; i < suppliers.size(); ++i) {
            const double share = i == 0 ? plan.first_supplier : (1 - plan.first_supplier) / 3;
            company.add(m, 4 + static_cast<int>(3 * i), -noise.around(cogs * share / 2, plan.spread), "Materials",
                        suppliers[i]);
            company.add(m, 18 + static_cast<int>(3 * i), -noise.around(cogs * share / 2, plan.spread), "Materials",
                        suppliers[i]);
        }
        for (const char* person : {"J. Moss", "P. Lind", "R. Vega", "T. Oaks"})
            company.add(m, 28, -6500 * plan.payroll(m), "Salaries", person);
        company.add(m, 1, -6000 * plan.rent(m), "Rent", "Harbor Estates");
        if (plan.marketing(m) > 0) {
            company.add(m, 10, -noise.around(2500 * plan.marketing(m), plan.spread), "Marketing", "Brightads");
            company.add(m, 24, -noise.around(2500 * plan.marketing(m), plan.spread), "Marketing", "Printworks");
        }
        for (int k = 0; k < 4; ++k)
            company.add(m, 6 + 6 * k, -noise.around(1000 * plan.office(m), 0.2), "Office supplies", "Paperhouse");
        if (plan.tax(m) > 0) company.add(m, 20, -noise.around(7000 * plan.tax(m), plan.spread), "Taxes", "Tax office");
    }
    return company;
}

// The ledger with everything that the engines read. Facts hold references, so a study stays where it is.
class Study {
public:
    explicit Study(const Company& company)
        : built_(build(company)),
          recurring_(ledger::find_recurring(built_.ledger)),
          monthly_(ledger::by_month(built_.ledger)) {}
    Study(const Study&) = delete;

    metrics::Facts facts() const { return {built_.ledger, monthly_, recurring_}; }
    const ledger::Ledger& ledger() const { return built_.ledger; }

private:
    static ledger::Built build(const Company& company) {
        std::optional<ledger::Money> opening;
        if (company.opening) opening = ledger::Money::of(*company.opening);
        ledger::Builder builder({}, {}, opening);
        std::int32_t row_no = 0;
        for (const Entry& entry : company.entries) {
            ledger::Row row;
            row.row_no = ++row_no;
            row.booked_on = entry.day;
            row.amount = ledger::Money::of(entry.amount);
            row.currency = "EUR";
            row.category = entry.category;
            row.counterparty = entry.counterparty;
            builder.add(row);
        }
        ledger::Built built = builder.build();
        ledger::assign_kinds(built.ledger);
        return built;
    }

    ledger::Built built_;
    std::vector<ledger::RecurringSeries> recurring_;
    ledger::Monthly monthly_;
};

}  // namespace fin::test
