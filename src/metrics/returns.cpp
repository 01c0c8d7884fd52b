// Present value and rates of return of the months' net cash flows, each dated at the end of its month.
#include <cmath>

#include "metrics/cashflow.hpp"
#include "metrics/sheet.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

constexpr double discount_rate = 0.10;  // a year; stated in the inputs

Outcome rate_of(const Rates& rates) {
    if (!rates.best()) return without(Status::undefined, rates.reason);
    if (rates.roots.size() == 1) return ok(*rates.best());
    return estimated(*rates.best(), std::to_string(rates.roots.size()) +
                                        " rates bring the value to zero; this is the one nearest to 0");
}

void inputs_of(const Rates& rates, std::vector<Input>& inputs) {
    inputs.push_back({"sign_changes", static_cast<double>(rates.sign_changes)});
    for (std::size_t i = 1; i < rates.roots.size(); ++i)
        inputs.push_back({"root_" + std::to_string(i + 1), rates.roots[i]});
}

}  // namespace

void add_returns(Sheet& sheet) {
    const Period& all = sheet.all();
    std::vector<CashFlow> dated;
    std::vector<double> amounts;
    for (const Period& month : sheet.months()) {
        const double amount = sheet.flows(month).net_cash_flow().value();
        dated.push_back({static_cast<double>(last_day(month.to)), amount});
        amounts.push_back(amount);
    }
    const std::vector<Input> flows = {{"flows", static_cast<double>(amounts.size())}};
    sheet.add("npv", all, "money", ok(xnpv(discount_rate, dated)),
              {{"rate", discount_rate},
               {"flows", static_cast<double>(amounts.size())},
               {"valued_on", 0, all.n() > 0 ? date_text(last_day(all.from)) : "none"}});

    Rates monthly = irr(amounts);
    std::vector<Input> inputs = flows;
    if (monthly.best()) inputs.push_back({"monthly_rate", *monthly.best()});
    for (double& root : monthly.roots) root = std::expm1(12 * std::log1p(root));
    inputs_of(monthly, inputs);
    sheet.add("irr", all, "ratio", rate_of(monthly), std::move(inputs));

    const Rates annual = xirr(dated);
    inputs = flows;
    inputs_of(annual, inputs);
    sheet.add("xirr", all, "ratio", rate_of(annual), std::move(inputs));
}

}  // namespace fin::metrics
