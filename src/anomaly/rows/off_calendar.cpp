// Posted on a weekday on which this ledger and this category never post: for the watch list.
#include <algorithm>
#include <array>

#include "anomaly/rows/history.hpp"

namespace fin::anomaly {

namespace {

constexpr double rare = 0.01;

}  // namespace

// Public holidays are not asked for: they differ by country and region, and a ledger does not say where it is kept.
void find_off_calendar(History& history, Suspects& out) {
    const auto& ledger = history.ledger;
    struct Days {
        std::array<double, 7> rows{};
        double all = 0;
    };
    std::vector<Days> category(ledger.categories.size() + 1);
    Days whole;
    Pulse pulse(history.setting.check);
    for (std::size_t i = 0; i < ledger.size(); ++i) {
        pulse();
        const auto day = static_cast<std::size_t>(ledger::weekday(ledger.day[i]));
        auto& own = category[ledger::slot(ledger.category[i])];
        ++own.rows[day], ++own.all;
        ++whole.rows[day], ++whole.all;
    }
    // A ledger posts at a weekend or it does not.
    const double weekend = (whole.rows[5] + whole.rows[6] - 1) / std::max(1.0, whole.all - 1);
    if (weekend > rare) return;
    for (std::size_t group = 0; group < history.parties.count(); ++group) {
        const auto rows = history.parties.of(group);
        const auto here_too =
            std::ranges::count_if(rows, [&](Index each) { return ledger::weekday(history.day(each)) >= 5; });
        if (here_too != 1) continue;
        for (const Index row : rows) {
            pulse();
            const auto day = static_cast<std::size_t>(ledger::weekday(history.day(row)));
            if (day < 5 || !is_flow(ledger.kind[row]) || history.size(row) < history.watched(Kind::off_calendar))
                continue;
            // A category may differ; its own rows are weighed against twenty of the ledger's.
            const auto& own = category[ledger::slot(ledger.category[row])];
            const double here = (own.rows[5] + own.rows[6] - 1 + 20 * weekend) / (own.all + 19);
            if (here > rare) continue;
            Suspect suspect;
            suspect.kind = Kind::off_calendar;
            suspect.row = row;
            suspect.p = std::clamp(here, 1e-9, 1.0);
            suspect.at_stake = history.size(row);
            suspect.expected = ledger.amount[row];  // on another day
            suspect.count = static_cast<int>(own.rows[5] + own.rows[6]) - 1;
            suspect.of = static_cast<int>(own.all) - 1;
            out.push_back(suspect);
        }
    }
}

}  // namespace fin::anomaly
