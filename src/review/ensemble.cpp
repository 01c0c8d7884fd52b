#include "review/ensemble.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fin::review {

namespace {

constexpr std::array<std::string_view, 4> severities = {"low", "medium", "high", "critical"};
int level(std::string_view severity) {
    return static_cast<int>(std::find(severities.begin(), severities.end(), severity) - severities.begin());
}

Judged judge(const Item& item, const std::optional<Draft>& draft, const std::optional<Check>& check,
             const Weights& weights) {
    Judged judged{item.id, item.code, item.severity, {}, {}, {}, 1};
    double sum = 0, weight = 0;
    int lowest = level(item.severity), highest = lowest;
    const auto vote = [&](const Judgments& judgments, double of, std::optional<std::string>& place) {
        const auto found = judgments.find(item.id);
        if (found == judgments.end()) return;
        place = found->second;
        const int voted = level(found->second);
        sum += of * voted;
        weight += of;
        lowest = std::min(lowest, voted);
        highest = std::max(highest, voted);
    };
    if (draft) vote(draft->judgments, weights.drafter, judged.drafter);
    if (check) vote(check->judgments, weights.checker, judged.checker);
    if (weight <= 0) return judged;
    const double mean = sum / weight;
    const double below = std::floor(mean), rest = mean - below;
    const bool upward = std::abs(rest - 0.5) < 1e-9 ? level(item.severity) > below : rest > 0.5;
    judged.ensemble = std::string(severities[static_cast<std::size_t>(below) + (upward ? 1 : 0)]);
    judged.agreement = 1 - (highest - lowest) / 3.0;
    return judged;
}

}  // namespace

Opinion combine(const FactPack& pack, const std::optional<Draft>& draft, const std::optional<Check>& check,
                bool provider_failed, const Weights& weights) {
    Opinion opinion;
    for (const Item& item : pack.items) opinion.judged.push_back(judge(item, draft, check, weights));

    double supported = 0, drafted = 0;
    if (draft) {
        std::vector<bool> refused(draft->statements.size() + 1, false);
        for (const Complaint& complaint : complaints(*draft, pack)) refused[complaint.statement] = true;
        if (check) opinion.verdicts = check->verdicts;
        const auto stands = [&](std::size_t number) {
            return !refused[number] && (!check || check->verdicts.at(number) == Verdict::supported);
        };
        drafted = static_cast<double>(refused.size());
        for (std::size_t i = 0; i < refused.size(); ++i) supported += stands(i) ? 1 : 0;
        if (stands(0)) opinion.headline = draft->headline;
        for (std::size_t i = 0; i < draft->statements.size(); ++i)
            if (stands(i + 1)) opinion.statements.push_back(draft->statements[i]);
    }
    opinion.is_template = opinion.statements.empty();
    if (opinion.is_template) opinion.headline = {};

    std::optional<double> of_statements, of_items;
    if (draft && check) of_statements = supported / drafted;
    double sum = 0, count = 0;
    for (const Judged& judged : opinion.judged)
        if (judged.drafter && judged.checker) sum += judged.agreement, ++count;
    if (count > 0) of_items = sum / count;
    if (of_statements && of_items)
        opinion.agreement = (*of_statements + *of_items) / 2;
    else if (of_statements)
        opinion.agreement = of_statements;
    else if (of_items)
        opinion.agreement = of_items;

    if (opinion.agreement) opinion.confidence_factor = 0.9 + 0.2 * *opinion.agreement;
    if (provider_failed) opinion.confidence_factor = std::min(opinion.confidence_factor, 0.95);
    return opinion;
}

}  // namespace fin::review
