// Runs every test of rows over a ledger and weighs what they say against the ledger as a whole.
#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "anomaly/rows/history.hpp"
#include "anomaly/rows/row_forest.hpp"
#include "anomaly/rows/sentences.hpp"
#include "anomaly/score.hpp"

namespace fin::anomaly {

namespace {

constexpr std::size_t most_watched = 20;  // of one kind on the watch list

Suspects suspects_of(History& history) {
    Suspects all;
    double lowest = history.watched(Kind::duplicate);
    for (const Kind kind : {Kind::sign_error, Kind::split_payment, Kind::amount_outlier, Kind::new_counterparty})
        lowest = std::min(lowest, history.watched(kind));
    Pulse pulse(history.setting.check, 64);
    for (std::size_t group = 0; group < history.parties.count(); ++group) {
        const auto rows = history.parties.of(group);
        pulse();
        // Between the tests of a large counterparty, each of which goes over its rows.
        const auto breathe = [&] {
            if (rows.size() > 4096) history.setting.check();
        };
        breathe();
        if (rows.empty() || history.largest(rows) < lowest) continue;
        Party party(history.ledger, rows, history.setting.check);
        const std::size_t before = all.size();
        find_duplicates(history, party, all);
        // Equal wages of people whom the ledger does not name are no payment made twice.
        if (!history.named(group))
            for (std::size_t i = before; i < all.size(); ++i) all[i].holds = false;
        breathe();
        find_sign_errors(history, party, all);
        breathe();
        find_outliers(history, party, all);
        if (!history.named(group)) continue;
        breathe();
        find_splits(history, party, all);
        breathe();
        find_newcomer(history, party, all);
    }
    find_misposted(history, all);
    find_round_amounts(history, all);
    find_off_calendar(history, all);
    return all;
}

// The forest sees combinations that no single test does; it orders outliers, the robust distance decides on them.
void ask_the_forest(const History& history, Suspects& all) {
    std::vector<Index> rows;
    for (const Suspect& each : all)
        if (each.kind == Kind::amount_outlier) rows.push_back(each.row);
    if (rows.empty()) return;
    const auto ranks = rank_in_forest(history, rows);
    std::size_t at = 0;
    for (Suspect& each : all)
        if (each.kind == Kind::amount_outlier) each.p = std::pow(each.p, 0.8) * std::pow(ranks[at++], 0.2);
}

// Equal amounts by chance: what counts is how many such coincidences are expected in all counterparties where one is as
// rare as here, or rarer.
void count_collisions(const History& history, Suspects& all) {
    if (std::ranges::none_of(all, [](const Suspect& each) { return each.kind == Kind::duplicate && each.holds; }))
        return;
    std::vector<double> expected;
    Pulse pulse(history.setting.check, 64);
    for (std::size_t group = 0; group < history.parties.count(); ++group) {
        pulse();
        if (const double here = expected_collisions(history, history.parties.of(group)); here > 0)
            expected.push_back(here);
    }
    std::ranges::sort(expected);
    std::vector<double> up_to(expected.size());
    std::partial_sum(expected.begin(), expected.end(), up_to.begin());
    for (Suspect& each : all) {
        if (each.kind != Kind::duplicate || each.collisions == 0) continue;
        const auto rarer = std::ranges::upper_bound(expected, each.collisions) - expected.begin();
        if (rarer > 0) each.p = std::max(each.p, std::min(1.0, up_to[static_cast<std::size_t>(rarer) - 1]));
    }
}

// One purchase in three payments is one case.
Index case_of(const Suspect& suspect) {
    return suspect.kind == Kind::split_payment && suspect.other ? *suspect.other : suspect.row;
}

// The i-th oddest of n rows is as odd as i in n, whatever its own test says; and where a test names many rows of a
// ledger, they are its habit.
void weigh_against_ledger(const History& history, Suspects& all) {
    std::ranges::stable_sort(all, [](const Suspect& a, const Suspect& b) {
        return std::tuple(a.kind, !a.holds, a.p, -a.at_stake, case_of(a), a.row) <
               std::tuple(b.kind, !b.holds, b.p, -b.at_stake, case_of(b), b.row);
    });
    const auto n = static_cast<double>(history.ledger.size());
    const std::size_t most = most_that_hold(history.ledger.size());
    const double years = std::max(1.0, (history.ledger.day.back() - history.ledger.day.front()) / 365.25);
    std::map<Kind, std::size_t> holding;
    for (const Suspect& each : all) holding[each.kind] += each.holds;
    std::set<Index> cases;
    Kind kind = Kind::duplicate;
    for (Suspect& each : all) {
        if (each.kind != kind) cases.clear();
        kind = each.kind;
        cases.insert(case_of(each));
        each.p = std::max(each.p, (static_cast<double>(cases.size()) - 0.5) / n);
        if (cases.size() > most) each.holds = false;
        // A ledger with more than three large newcomers a year lives from projects: there they say nothing.
        if (kind == Kind::new_counterparty && static_cast<double>(holding[kind]) > 3 * years) each.holds = false;
    }
}

Finding finding_of(const History& history, const Suspect& suspect) {
    Finding finding;
    finding.kind = suspect.kind;
    finding.row = suspect.row;
    finding.booked_on = history.day(suspect.row);
    finding.amount = history.ledger.amount[suspect.row];
    finding.category = history.ledger.category[suspect.row];
    finding.counterparty = history.ledger.counterparty[suspect.row];
    finding.p = std::clamp(suspect.p, 1e-12, 1.0);
    finding.home = suspect.home;
    finding.expected = suspect.expected;
    finding.at_stake = bounded(suspect.at_stake);
    const double line = std::pow(line_of(suspect.kind), history.setting.strict(suspect.kind));
    if (suspect.holds && suspect.at_stake >= history.floor(suspect.kind) && finding.p <= line)
        finding.severity = severity_of(suspect.kind, suspect.at_stake / history.month);
    finding.score = score_of(finding.p, suspect.at_stake, history.floor(suspect.kind), finding.severity);
    finding.reason_en = sentence(history, suspect, Language::en);
    finding.reason_ru = sentence(history, suspect, Language::ru);
    return finding;
}

}  // namespace

std::vector<Finding> find_in_rows(const Setting& setting) {
    if (setting.ledger.empty()) return {};
    History history(setting);
    if (history.month <= 0) return {};
    Suspects all = suspects_of(history);
    ask_the_forest(history, all);
    count_collisions(history, all);
    weigh_against_ledger(history, all);

    std::vector<Finding> findings;
    std::map<Kind, std::size_t> watched;
    Pulse pulse(setting.check);
    for (const Suspect& suspect : all) {
        pulse();
        if (!suspect.holds && ++watched[suspect.kind] > most_watched) continue;
        findings.push_back(finding_of(history, suspect));
    }
    return findings;
}

}  // namespace fin::anomaly
