#include "api/server/limits.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace fin::api {

namespace {

using nlohmann::json;

constexpr std::int64_t forgotten_after = 120;  // s

// Of an IPv6 address the network: whoever has one has all 2^64 of it.
std::string network_of(const std::string& address) {
    in6_addr six = {};
    if (::inet_pton(AF_INET6, address.c_str(), &six) != 1 || IN6_IS_ADDR_V4MAPPED(&six)) return address;
    std::fill(six.s6_addr + 8, six.s6_addr + 16, std::uint8_t{0});
    char text[INET6_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET6, &six, text, sizeof text);
    return std::string(text) + "/64";
}

}  // namespace

void Limits::Window::enter(std::int64_t now_number) {
    if (number == now_number) return;
    number = now_number;
    known = ours = 0;
}

Limits::Verdict Limits::take(const std::string& who, std::int64_t now) {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[who];
    if (entry.minute.number != now / 60) entry.unsent = 0;  // of a minute that is over: it is too late to matter
    entry.minute.enter(now / 60);
    entry.hour.enter(now / 3600);
    entry.seen = now;
    Verdict verdict;
    const bool hour_is_tighter = entry.per_hour - entry.hour.used() < entry.per_minute - entry.minute.used();
    const Window& window = hour_is_tighter ? entry.hour : entry.minute;
    verdict.limit = hour_is_tighter ? entry.per_hour : entry.per_minute;
    verdict.reset = hour_is_tighter ? 3600 - now % 3600 : 60 - now % 60;
    verdict.allowed = window.used() < verdict.limit;
    if (verdict.allowed) {
        ++entry.minute.ours;
        ++entry.hour.ours;
        ++entry.unsent;
    }
    verdict.remaining = std::max<std::int64_t>(0, verdict.limit - window.used());
    return verdict;
}

std::string Limits::collect(std::int64_t now) {
    const std::lock_guard lock(mutex_);
    json counted = json::object();
    for (auto next = entries_.begin(); next != entries_.end();) {
        const auto here = next++;
        auto& [who, entry] = *here;
        if (entry.seen + forgotten_after < now) {
            entries_.erase(here);
            continue;
        }
        // Who asked lately is told what other servers counted although nothing new was counted here.
        entry.sent = entry.unsent;
        entry.unsent = 0;
        entry.sent_minute = entry.minute.number;
        counted[who] = {{"minute", entry.sent_minute}, {"n", entry.sent}};
    }
    return counted.dump(-1, ' ', false, json::error_handler_t::replace);
}

void Limits::told(const std::string& answer) {
    const json said = json::parse(answer);
    const std::lock_guard lock(mutex_);
    for (const auto& [who, figures] : said.items()) {
        const auto found = entries_.find(who);
        if (found == entries_.end()) continue;
        Entry& entry = found->second;
        figures.at("perMinute").get_to(entry.per_minute);
        figures.at("perHour").get_to(entry.per_hour);
        const auto hour = figures.at("hour").get<std::int64_t>(), minute = figures.at("minute").get<std::int64_t>();
        if (entry.hour.number == entry.sent_minute / 60) {
            entry.hour.known = hour;
            entry.hour.ours = entry.unsent;
        }
        if (entry.minute.number == entry.sent_minute) {
            entry.minute.known = minute;
            entry.minute.ours = entry.unsent;
        }
        entry.sent = 0;
    }
}

void Limits::not_told() {
    const std::lock_guard lock(mutex_);
    for (auto& [who, entry] : entries_) {
        if (entry.minute.number == entry.sent_minute) entry.unsent += entry.sent;
        entry.sent = 0;
    }
}

std::size_t Limits::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

std::string requester(const Identity& identity, std::string_view address, const std::string& key_owner) {
    if (!key_owner.empty()) return "user:" + key_owner.substr(0, 190);
    if (!identity.anonymous) {
        const json claims = json::parse(identity.claims, nullptr, false);
        const auto subject = claims.is_object() ? claims.find("sub") : claims.end();
        if (claims.is_object() && subject != claims.end() && subject->is_string()) {
            const auto& name = subject->get_ref<const std::string&>();
            return "user:" + name.substr(0, 190);
        }
    }
    return "address:" + network_of(std::string(address)).substr(0, 100);
}

void add_limit_headers(Headers& headers, const Limits::Verdict& verdict) {
    headers.emplace_back("RateLimit-Limit", std::to_string(verdict.limit));
    headers.emplace_back("RateLimit-Remaining", std::to_string(verdict.remaining));
    headers.emplace_back("RateLimit-Reset", std::to_string(verdict.reset));
}

ApiError too_many(const Limits::Verdict& verdict) {
    return {429,
            "FIN429",
            "Too many requests",
            "The limit is " + std::to_string(verdict.limit) + " requests; it starts anew in " +
                std::to_string(verdict.reset) + " s",
            {},
            {{"Retry-After", std::to_string(verdict.reset)}}};
}

}  // namespace fin::api
