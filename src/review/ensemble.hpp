// Two opinions made one. Votes are on labels only: which statements stand, how severe an item is. No number is voted
// on.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "review/draft.hpp"

namespace fin::review {

// Weights of the models' votes: 0.7 for the drafter, 0.3 for the checker; one that is missing leaves all to the other.
struct Weights {
    double drafter = 0.7, checker = 0.3;
};

struct Judged {
    std::string id, code;
    std::string engine;  // the rule's severity; it stays the finding's
    std::optional<std::string> drafter, checker;
    // Severities as 0 to 3, weighted mean of those that voted, to the nearest; halves towards the engine's.
    std::optional<std::string> ensemble;
    double agreement = 1;  // 1 - (highest - lowest of all three voices) / 3
};

struct Opinion {
    Statement headline;  // empty text: none stands
    std::vector<Statement> statements;
    std::vector<Verdict> verdicts;  // of headline and statements as drafted, where there was a check
    std::vector<Judged> judged;
    // Of 0..1: half the share of drafted statements the checker supports, half the mean agreement of the items; of the
    // one part alone where the other has nothing to say. nullopt: no second opinion.
    std::optional<double> agreement;
    // What the analysis's confidence is multiplied by: 0.9 + 0.2 * agreement, so that full agreement adds a tenth, none
    // takes a tenth; 1 without a second opinion, 0.95 where a provider failed.
    double confidence_factor = 1;
    bool is_template = false;  // nothing of the models stands
};

// Without a draft (the drafter failed, or wrote what may not be stored) the checker's judgments still count.
// Statements that may not be stored, or that the checker does not support, are left out; with no check, those that may
// be stored stand.
Opinion combine(const FactPack& pack, const std::optional<Draft>& draft, const std::optional<Check>& check,
                bool provider_failed, const Weights& weights = {});

}  // namespace fin::review
