// What a review goes by: is it allowed, which models there are, in which style they write.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "review/prompt.hpp"
#include "review/provider.hpp"

namespace fin::review {

struct ModelPlace {
    std::string name, role, provider;  // role: drafter, checker, fallback
    double weight = 1;                 // of its vote on severities
    double deadline = 45;              // seconds of one question, with all of its attempts
    Model model;
};

struct Setup {
    bool enabled = false;
    std::string name_key;
    Prompt prompt;
    std::vector<ModelPlace> models;

    const ModelPlace* of_role(std::string_view role) const;  // nullptr: none is set up
};

// From the JSON of fin.ai_setup.
Setup setup_of(std::string_view json);

}  // namespace fin::review
