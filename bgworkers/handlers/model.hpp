// A model as a job reaches it: one call with its budget, its cache and its record.
#pragma once
#include <optional>
#include <string>

#include "handler.hpp"
#include "review/prompt.hpp"
#include "review/setup.hpp"

namespace fin::workers {

using review::ModelPlace;

review::Setup load_review_setup(const Context& context);

struct Answer {
    std::optional<nlohmann::json> content;
    std::string
        status;  // ok, cached, or what went wrong: no_budget, no_answer, http_401, refused, truncated, nonsense ...
    std::string key;    // under which an answer that may be stored is kept
    std::string model;  // that answered
    double cost = 0;
    bool failed() const { return !content; }
};

// The arguments outlive the task. Asks within the place's deadline and the job's. Network errors, 408, 409, 429 and 5xx
// are tried again while there is time. Never throws for what the provider does; SqlError for the database. No
// transaction is open at a wait.
Task<Answer> ask_model(Context& context, const ModelPlace& place, const review::Ask& ask, const char* purpose,
                       const review::Prompt& prompt, const std::string& report);

// Keeps an answer that may be stored, so that the same question costs nothing.
void keep_answer(const Context& context, const Answer& answer, const ModelPlace& place);

}  // namespace fin::workers
