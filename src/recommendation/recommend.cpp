// Chooses, ranks and limits the recommendations.
#include "recommendation/recommend.hpp"

#include <algorithm>

#include "forecast/ledger_forecast.hpp"
#include "recommendation/proposals.hpp"

namespace fin::recommendation {

namespace {

using risk::Severity;

// high: the effect is 5 % of a month's expenses, or the risk is high or critical and the effect 1 %;
// medium: the effect is 1 %, or the risk is high or critical; low: the rest, and every opportunity.
int priority_of(Severity severity, double effect, double expenses) {
    const double share = expenses > 0 ? effect / expenses : 0;
    const bool severe = severity >= Severity::high;
    if (share >= 0.05 || (severe && share >= 0.01)) return 2;
    return share >= 0.01 || severe ? 1 : 0;
}

struct Ranked {
    int priority;
    int turn;  // 0: the answer to a risk, 1: a further one, 2: an opportunity
    Recommendation recommendation;
};

// What the measure does to the runway: the forecast of cash run again with the effect in every month.
void add_runway(std::vector<risk::Evidence>& evidence, double effect, const forecast::LedgerForecast* forecast) {
    if (!forecast || !forecast->made() || effect <= 0) return;
    evidence.push_back({"level", 0, "forecast of the next six months"});
    if (!forecast->runway.months || *forecast->runway.months <= 0) return;
    evidence.push_back({"runway_months", *forecast->runway.months});
    if (const auto longer = forecast->runway_with(effect))
        evidence.push_back({"runway_months_with_it", *longer});
    else
        evidence.push_back({"runway_months_with_it", 0, "over " + std::to_string(forecast::runway_months)});
}

Ranked ranked(const Proposal& proposal, int priority, int turn, const std::string& code) {
    static const char* const names[] = {"low", "medium", "high"};
    return {priority,
            turn,
            {names[priority], proposal.action_en, proposal.action_ru, ledger::Money::of(proposal.effect.monthly),
             proposal.lever, code, proposal.effect.evidence}};
}

}  // namespace

std::vector<Recommendation> recommend(const risk::Picture& picture, const std::vector<risk::Risk>& risks) {
    const Levels levels(picture);
    std::vector<Ranked> all;
    std::vector<std::pair<std::string, std::string>> used;  // lever and target, each proposed once
    const auto is_new = [&](const Proposal& proposal) {
        const std::pair key(proposal.lever, proposal.target);
        if (std::ranges::find(used, key) != used.end()) return false;
        used.push_back(key);
        return true;
    };
    // Every risk that holds gets an answer of its own before any gets a second one; the most severe choose first.
    struct Answer {
        const risk::Risk* risk;
        std::vector<Proposal> proposals;
    };
    std::vector<Answer> answers;
    for (const auto& risk : risks)
        if (risk.severity != Severity::low) answers.push_back({&risk, proposals_for(risk, picture, levels)});
    for (auto& [risk, proposals] : answers) {
        // Where the fitting ones are taken, the first is said again for this risk.
        auto chosen = std::ranges::find_if(proposals, is_new);
        if (chosen == proposals.end()) chosen = proposals.begin();
        const int priority = priority_of(risk->severity, chosen->effect.monthly, levels.expenses);
        all.push_back(ranked(*chosen, priority, 0, risk->code));
    }
    for (const auto& [risk, proposals] : answers)
        for (const Proposal& proposal : proposals)
            if (is_new(proposal))
                all.push_back(ranked(proposal, priority_of(risk->severity, proposal.effect.monthly, levels.expenses), 1,
                                     risk->code));
    for (const Proposal& proposal : opportunities(picture, levels))
        if (is_new(proposal)) all.push_back(ranked(proposal, 0, 2, {}));

    const auto better = [](const Ranked& a, const Ranked& b) {
        return a.priority != b.priority ? a.priority > b.priority
                                        : a.recommendation.effect_monthly > b.recommendation.effect_monthly;
    };
    // Who stays is settled by turn, the order shown by priority and effect.
    std::ranges::stable_sort(
        all, [&](const Ranked& a, const Ranked& b) { return a.turn != b.turn ? a.turn < b.turn : better(a, b); });
    if (all.size() > most) all.resize(most);
    std::ranges::stable_sort(all, better);
    std::vector<Recommendation> result;
    result.reserve(all.size());
    for (Ranked& each : all) {
        add_runway(each.recommendation.evidence, each.recommendation.effect_monthly.value(), picture.facts.forecast);
        result.push_back(std::move(each.recommendation));
    }
    return result;
}

std::vector<Recommendation> recommend(const metrics::Facts& facts, const std::vector<risk::Risk>& risks) {
    return recommend(risk::Picture(facts, never_interrupted), risks);
}

}  // namespace fin::recommendation
