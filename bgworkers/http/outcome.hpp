// What becomes of a job whose request got this answer, or none.
#pragma once
#include <ctime>

#include "handler.hpp"
#include "http/request.hpp"

namespace fin::workers {

inline bool is_success(const Response& response) { return response.status >= 200 && response.status < 300; }

// Of an answer that is no success. `what` names the service, without anything secret.
inline Outcome outcome_of(const Response& response, const std::string& what) {
    const std::string words = what + " answered " + std::to_string(response.status) +
                              " (attempts in a row: " + std::to_string(response.attempts) + ")";
    if (response.status >= 300 && response.status < 400) return Outcome::dead(words + "; redirects are not followed");
    if (!outbound::is_worth_another(response.status, response.headers)) return Outcome::dead(words);
    // A day is the longest that a service may put its work off for.
    std::optional<double> pause = outbound::retry_after(response.headers, std::time(nullptr));
    if (pause && *pause > 86'400) pause = 86'400;
    return Outcome::failed(words, pause);
}

// Inside a catch block.
inline Outcome outcome_of_exception() {
    try {
        throw;
    } catch (const Refused& refused) {
        return Outcome::dead(refused.what());
    } catch (const CircuitOpen& open) {
        return Outcome::postponed(open.what(), open.seconds, true);
    } catch (const TransportError& error) {
        return error.worth_another ? Outcome::failed(error.what()) : Outcome::dead(error.what());
    }
}

}  // namespace fin::workers
