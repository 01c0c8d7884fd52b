// Cash-flow mathematics against LibreOffice Calc (test/reference/cashflow_libreoffice.py made the numbers).
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "ledger/calendar.hpp"
#include "metrics/cashflow.hpp"

using namespace fin::metrics;

namespace {

struct Case {
    std::string line;
    double rate = 0, value = 0;
    std::vector<double> amounts;
    std::vector<CashFlow> flows;
};

double day_number(const std::string& date) {
    return fin::ledger::day_of(std::stoi(date.substr(0, 4)), std::stoi(date.substr(5, 2)), std::stoi(date.substr(8)));
}

std::map<std::string, std::vector<Case>> reference_cases() {
    std::map<std::string, std::vector<Case>> cases;
    std::ifstream file(FIN_TEST_DATA "/reference/cashflow.csv");
    Case one;
    std::getline(file, one.line);
    while (std::getline(file, one.line)) {
        std::istringstream fields(one.line);
        std::vector<std::string> cell(5);
        for (auto& text : cell) std::getline(fields, text, ',');
        one.rate = cell[1].empty() ? 0 : std::stod(cell[1]);
        one.value = std::stod(cell[4]);
        one.amounts.clear(), one.flows.clear();
        std::istringstream amounts(cell[2]), days(cell[3]);
        for (std::string amount, day; amounts >> amount;) {
            one.amounts.push_back(std::stod(amount));
            if (days >> day) one.flows.push_back({day_number(day), one.amounts.back()});
        }
        cases[cell[0]].push_back(one);
    }
    return cases;
}

// 1e-9 of the value: its 15 digits and LibreOffice's iterations (IRR to 1e-7, XIRR to 1e-10, then one more step of
// Newton's) hold that. Rates near 0 are compared on 1 + rate, where the iterations stop.
template <class Compute>
void agree(const std::string& function, std::size_t count, Compute&& compute) {
    const auto cases = reference_cases()[function];
    ASSERT_EQ(cases.size(), count);
    const bool rate = function == "irr" || function == "xirr";
    for (const Case& one : cases)
        EXPECT_NEAR(compute(one), one.value, 1e-9 * (rate ? 1 + std::abs(one.value) : std::abs(one.value))) << one.line;
}

}  // namespace

TEST(CashFlowReference, IrrIsThatOfLibreOffice) {
    agree("irr", 60, [](const Case& one) { return irr(one.amounts).best().value(); });
}

TEST(CashFlowReference, XirrIsThatOfLibreOffice) {
    agree("xirr", 80, [](const Case& one) { return xirr(one.flows).best().value(); });
}

TEST(CashFlowReference, NpvIsThatOfLibreOffice) {
    agree("npv", 63, [](const Case& one) { return npv(one.rate, one.amounts); });
}

TEST(CashFlowReference, XnpvIsThatOfLibreOffice) {
    agree("xnpv", 34, [](const Case& one) { return xnpv(one.rate, one.flows); });
}

TEST(CashFlowReference, CompoundGrowthIsThatOfLibreOffice) {
    agree("cagr", 31, [](const Case& one) { return cagr(one.amounts[0], one.amounts[1], one.rate).value(); });
}
