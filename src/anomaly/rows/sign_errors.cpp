// Turned signs: rows against the habit of the counterparty and of the category that pay nothing back.
#include <algorithm>

#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

namespace {

// Rows of the category that a counterparty's own history is weighed against.
constexpr double borrowed = 5;

}  // namespace

void find_sign_errors(History& history, Party& party, Suspects& out) {
    const auto rows = party.rows();
    std::size_t in = 0;
    for (const Index row : rows) in += history.inflow(row);
    const bool habit_in = 2 * in > rows.size();
    const double with = static_cast<double>(habit_in ? in : rows.size() - in);
    const double against = static_cast<double>(rows.size()) - with;
    // A counterparty met once has only its category's habit.
    const bool once = rows.size() == 1;
    if (!once && (against == 0 || with < 2 || against - 1 > 0.1 * (with + against - 1))) return;
    const bool known = !once && with >= 4;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const Index row = rows[at];
        if (!is_flow(history.ledger.kind[row]) || history.size(row) < history.watched(Kind::sign_error)) continue;
        if (!once && history.inflow(row) == habit_in) continue;
        const double category_with = history.category_against(row);
        const double category_against = history.category_with(row) - 1;
        if (category_with < (known ? 4 : once ? 30 : 10)) continue;
        if (category_against > (known ? 0.1 : once ? 0.02 : 0.05) * category_with) continue;
        history.setting.check();
        if (party.is_refund(at)) continue;
        const double category_rate = (category_against + 0.5) / (category_with + category_against + 1);
        const double own = once ? 0 : with + against - 1;
        Suspect suspect;
        suspect.kind = Kind::sign_error;
        suspect.row = row;
        suspect.p = ((once ? 0 : against - 1) + borrowed * category_rate) / (own + borrowed);
        suspect.at_stake = history.size(row);
        suspect.expected = -history.ledger.amount[row];
        // Paid as ever around it: more likely a credit note or part of the money back. Wages have neither.
        suspect.holds = history.ledger.kind[row] == ledger::Kind::payroll || !party.is_between_payments(at);
        suspect.count = static_cast<int>(once ? category_with : with);
        suspect.of = static_cast<int>(once ? category_with + category_against : with + against - 1);
        suspect.by_category = once;
        out.push_back(suspect);
    }
}

}  // namespace fin::anomaly
