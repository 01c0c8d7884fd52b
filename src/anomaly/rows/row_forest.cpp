#include "anomaly/rows/row_forest.hpp"

#include <algorithm>
#include <array>

#include "anomaly/isolation_forest.hpp"

namespace fin::anomaly {

namespace {

constexpr std::size_t features = 7, compared = 2000;

double log_size(const History& history, Index row) { return std::log(history.size(row) + 0.01); }

// Median log size of each group of rows.
std::vector<double> middles(const History& history, const ledger::Groups& groups) {
    std::vector<double> result(groups.count()), values;
    Pulse pulse(history.setting.check);
    for (std::size_t group = 0; group < groups.count(); ++group) {
        values.clear();
        for (const Index row : groups.of(group)) {
            pulse();
            values.push_back(log_size(history, row));
        }
        result[group] = middle_of(values);
    }
    return result;
}

}  // namespace

std::vector<double> rank_in_forest(const History& history, const std::vector<Index>& rows) {
    const auto& ledger = history.ledger;
    const std::size_t n = ledger.size();
    const auto by_party = middles(history, history.parties);
    const auto by_category = middles(history, ledger::by_category(ledger));
    std::vector<double> table(n * features);
    Pulse pulse(history.setting.check);
    for (std::size_t group = 0; group < history.parties.count(); ++group) {
        const auto own = history.parties.of(group);
        for (std::size_t at = 0; at < own.size(); ++at) {
            pulse();
            const Index row = own[at];
            const double size = log_size(history, row);
            const double gap = at == 0 ? std::nan("") : std::log1p(history.day(row) - history.day(own[at - 1]));
            const std::array<double, features> values = {size,
                                                         size - by_party[group],
                                                         size - by_category[ledger::slot(ledger.category[row])],
                                                         gap,
                                                         std::log(static_cast<double>(own.size())),
                                                         static_cast<double>(ledger::weekday(history.day(row))),
                                                         history.inflow(row) ? 1.0 : 0.0};
            std::ranges::copy(values, table.begin() + static_cast<std::ptrdiff_t>(row * features));
        }
    }
    const auto row_of = [&](std::size_t row) {
        return std::span<const double>(table).subspan(row * features, features);
    };
    RowSample sample(features, history.setting.seed);
    for (std::size_t row = 0; row < n; ++row) {
        pulse();
        sample.add(row_of(row));
    }
    const IsolationForest forest(fit_isolation_forest(sample, history.setting.check));

    const auto score = [&](const std::vector<Index>& chosen) {
        std::vector<double> given, scores(chosen.size());
        for (const Index row : chosen) given.insert(given.end(), row_of(row).begin(), row_of(row).end());
        forest.score(given, scores, history.setting.check);
        return scores;
    };
    std::vector<Index> usual;
    const std::size_t step = std::max<std::size_t>(1, n / compared);
    for (std::size_t row = 0; row < n; row += step) usual.push_back(static_cast<Index>(row));
    auto background = score(usual);
    std::ranges::sort(background);
    auto ranks = score(rows);
    for (double& each : ranks) {
        const auto above = background.end() - std::ranges::lower_bound(background, each);
        each = (static_cast<double>(above) + 0.5) / (static_cast<double>(background.size()) + 1);
    }
    return ranks;
}

}  // namespace fin::anomaly
