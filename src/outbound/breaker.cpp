#include "outbound/breaker.hpp"

#include <algorithm>

namespace fin::outbound {

Breaker::Entry Breaker::enter(const std::string& host, Instant now) {
    Entry entry;
    const auto found = hosts_.find(host);
    if (found == hosts_.end() || !found->second.open) return entry;
    State& state = found->second;
    if (now < state.until) {
        entry.allowed = false;
        entry.pause = state.until - now;
        return entry;
    }
    state.trying = true;
    state.until = now + trial_patience;
    entry.trial = true;
    return entry;
}

void Breaker::succeeded(const std::string& host) { hosts_.erase(host); }

void Breaker::failed(const std::string& host, Instant began, Instant now) {
    State& state = hosts_[host];
    // Requests that were under way when it opened say nothing new.
    if (state.open && began <= state.opened) return;
    ++state.failures;
    if (state.trying || state.failures >= failures_to_open) open(state, now);
}

void Breaker::abandoned(const std::string& host) {
    const auto found = hosts_.find(host);
    if (found == hosts_.end() || !found->second.trying) return;
    found->second.trying = false;
    found->second.until = found->second.opened;
}

void Breaker::open(State& state, Instant now) {
    state.open = true;
    state.trying = false;
    state.opened = now;
    std::chrono::steady_clock::duration pause = first_pause;
    for (int i = 0; i < state.openings && pause < longest_pause; ++i) pause *= 2;
    state.until = now + std::min<std::chrono::steady_clock::duration>(pause, longest_pause);
    ++state.openings;
}

}  // namespace fin::outbound
