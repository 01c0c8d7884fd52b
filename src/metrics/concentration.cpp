// How much hangs on few payers and few suppliers.
#include <algorithm>

#include "metrics/members.hpp"
#include "metrics/sheet.hpp"

namespace fin::metrics {

using namespace ledger;

namespace {

struct Shares {
    std::vector<Member> members;  // with a positive sum
    double total = 0, unknown = 0, negative = 0;
};

Shares shares_of(const Members& members, const Sheet& sheet, double total) {
    Shares shares{ranked(members, sheet.facts.ledger.counterparties, sheet.check), total, 0, 0};
    shares.unknown = static_cast<double>(members.unknown()) / static_cast<double>(Money::scale);
    const auto first_negative = std::ranges::find_if(shares.members, [](const Member& m) { return m.amount < 0; });
    for (auto it = first_negative; it != shares.members.end(); ++it) shares.negative += it->amount;
    shares.members.erase(first_negative, shares.members.end());
    return shares;
}

// What makes a share less than certain: money of nobody in particular, members who got back more than they gave.
Outcome flagged(Outcome outcome, const Shares& shares, const char* member) {
    if (shares.unknown > 0)
        outcome = with_caveat(std::move(outcome), std::string("rows without a ") + member + " count as one " + member);
    if (shares.negative < 0)
        outcome = with_caveat(std::move(outcome), std::string("a ") + member + " with a negative balance is left out");
    return outcome;
}

Outcome hhi(const Shares& shares, const char* what) {
    double sum = 0;
    for (const Member& member : shares.members) sum += (member.amount / shares.total) * (member.amount / shares.total);
    Outcome outcome = ratio(sum * 1e4, 1, what);
    if (!(shares.total > 0)) return ratio(0, shares.total, what);
    outcome.value = std::min(*outcome.value, 1e4);
    return outcome;
}

void add_period(Sheet& sheet, const Period& period, const Members& payers, const Members& vendors) {
    if (period.n() <= 0) {
        for (const char* metric : {"revenue_hhi", "vendor_hhi"}) sheet.add(metric, period, "points", {});
        for (const char* metric : {"top1_share", "top3_share", "top5_share"}) sheet.add(metric, period, "ratio", {});
        return;
    }
    const Flows flows = sheet.flows(period);
    const Shares revenue = shares_of(payers, sheet, flows.revenue().value());
    const Shares spending = shares_of(vendors, sheet, flows.expenses().value());
    const auto inputs = [](const Shares& shares) {
        std::vector<Input> result = {{"members", static_cast<double>(shares.members.size())},
                                     {"total", shares.total},
                                     {"unknown", shares.unknown}};
        if (!shares.members.empty()) result.push_back({"largest", 0, shares.members.front().name});
        return result;
    };
    sheet.add("revenue_hhi", period, "points", flagged(hhi(revenue, "revenue"), revenue, "payer"), inputs(revenue));
    sheet.add("vendor_hhi", period, "points", flagged(hhi(spending, "the sum of expenses"), spending, "supplier"),
              inputs(spending));
    constexpr std::pair<const char*, std::size_t> tops[] = {{"top1_share", 1}, {"top3_share", 3}, {"top5_share", 5}};
    for (const auto& [metric, count] : tops) {
        double top = 0;
        for (std::size_t i = 0; i < std::min(count, revenue.members.size()); ++i) top += revenue.members[i].amount;
        Outcome outcome = ratio(top, revenue.total, "revenue");
        if (outcome.value) outcome.value = std::min(*outcome.value, 1.0);
        auto given = inputs(revenue);
        given.push_back({"top", top});
        sheet.add(metric, period, "ratio", flagged(std::move(outcome), revenue, "payer"), std::move(given));
    }
}

}  // namespace

void add_concentration(Sheet& sheet) {
    add_period(sheet, sheet.all(), sheet.tallies.payers.all, sheet.tallies.vendors.all);
    add_period(sheet, sheet.t12(), sheet.tallies.payers.t12, sheet.tallies.vendors.t12);
}

}  // namespace fin::metrics
