// Revenue, expenses, profits and their margins, net cash flow.
#include "metrics/sheet.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

constexpr const char* level_metrics[][2] = {
    {"revenue", "money"},      {"expenses", "money"},         {"gross_profit", "money"},
    {"gross_margin", "ratio"}, {"operating_profit", "money"}, {"operating_margin", "ratio"},
    {"net_profit", "money"},   {"net_margin", "ratio"},       {"net_cash_flow", "money"},
};

void add_for(Sheet& sheet, const Period& period) {
    const Flows flows = sheet.flows(period);
    const double revenue = flows.revenue().value(), expenses = flows.expenses().value();
    const double cogs = -flows.of(Kind::cogs).value();
    const double operating = flows.operating_profit().value(), net = flows.net_profit().value();
    const std::vector<Input> span = {{"from", 0, month_text(period.from)}, {"to", 0, month_text(period.to)}};
    const auto with_span = [&](std::vector<Input> inputs) {
        inputs.insert(inputs.end(), span.begin(), span.end());
        return inputs;
    };

    sheet.add("revenue", period, "money", ok(revenue), with_span({{"refunds", -flows.of(Kind::refund).value()}}));
    sheet.add(
        "expenses", period, "money", ok(expenses),
        with_span(
            {{"cogs", cogs}, {"opex", -flows.of(Kind::opex).value()}, {"payroll", -flows.of(Kind::payroll).value()}}));

    const std::vector<Input> gross = {{"revenue", revenue}, {"cogs", cogs}};
    if (sheet.tallies.has_cogs) {
        sheet.add("gross_profit", period, "money", ok((flows.revenue() + flows.of(Kind::cogs)).value()), gross);
        sheet.add("gross_margin", period, "ratio",
                  ratio((flows.revenue() + flows.of(Kind::cogs)).value(), revenue, "revenue"), gross);
    } else {
        const auto absent = without(Status::not_applicable, "no category is cost of goods sold");
        sheet.add("gross_profit", period, "money", absent);
        sheet.add("gross_margin", period, "ratio", absent);
    }

    const std::vector<Input> operations = {{"revenue", revenue}, {"expenses", expenses}};
    sheet.add("operating_profit", period, "money", ok(operating), operations);
    sheet.add("operating_margin", period, "ratio", ratio(operating, revenue, "revenue"), operations);
    const std::vector<Input> result = {{"revenue", revenue},
                                       {"expenses", expenses},
                                       {"tax", flows.tax().value()},
                                       {"interest", flows.interest().value()}};
    sheet.add("net_profit", period, "money", ok(net), result);
    sheet.add("net_margin", period, "ratio", ratio(net, revenue, "revenue"), result);

    const double cash_flow = flows.net_cash_flow().value();
    const Money transfers = flows.of(Kind::transfer);
    // Transfers between own accounts cancel out when all accounts are in the ledger; where they do not, the change of
    // cash is another figure.
    sheet.add("net_cash_flow", period, "money",
              transfers.units == 0
                  ? ok(cash_flow)
                  : estimated(cash_flow, "transfers do not cancel out: the change of cash differs by their balance"),
              {{"change_of_cash", cash_flow + transfers.value()}, {"transfers", transfers.value()}});
}

}  // namespace

void add_levels(Sheet& sheet) {
    for (const Period& period : sheet.spans_and_months()) {
        if (period.n() > 0)
            add_for(sheet, period);
        else
            for (const auto& [metric, unit] : level_metrics) sheet.add(metric, period, unit, {});
    }
    // The last month, where it is not complete, is named so that its absence is no riddle.
    if (static_cast<std::size_t>(sheet.complete()) < sheet.monthly.months.size()) {
        const Month open = sheet.monthly.last_complete() + 1;
        for (const auto& [metric, unit] : level_metrics)
            sheet
                .add(metric, {month_text(open), open, open, 1}, unit,
                     without(Status::insufficient_data, "the month is not complete"))
                .n = 0;
    }
}

}  // namespace fin::metrics
