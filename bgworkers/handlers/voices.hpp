// The two voices of a review: a draft that may be stored, and its check.
#pragma once
#include "handlers/model.hpp"
#include "review/ensemble.hpp"

namespace fin::workers {

struct Voices {
    nlohmann::json providers = nlohmann::json::array();
    std::string drafter, checker;  // names of the models that answered; empty: none
    std::optional<review::Draft> draft;
    std::optional<review::Check> check;
    bool failed = false;  // a provider that is set up gave nothing
    int refused = 0;      // answers whose texts or shape could not be stored
    double cost = 0;
};

// Asks the place for a draft whose shape and texts are right, once more where they are not; what may not be stored of
// the last one is left out by review::combine. False: there is no draft. All arguments outlive the task.
Task<bool> draft_by(Context& context, const ModelPlace& place, const std::string& report, const review::FactPack& pack,
                    const review::Prompt& prompt, Voices& voices);
// Asks the place to judge the draft and the items.
Task<void> check_by(Context& context, const ModelPlace& place, const std::string& report, const review::FactPack& pack,
                    const review::Prompt& prompt, Voices& voices);

}  // namespace fin::workers
