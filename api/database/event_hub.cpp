#include "api/database/event_hub.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace fin::api {

namespace {

constexpr std::size_t most_payloads = 100;  // a slow client gets the newest ones, and the state, which says all

}  // namespace

EventHub::Subscription::Subscription(EventHub& hub, const Executor& executor, std::string channel)
    : hub_(hub), executor_(executor), channel_(std::move(channel)), timer_(executor) {}

EventHub::Subscription::~Subscription() {
    --hub_.open_;
    asio::post(hub_.control_, [hub = &hub_, channel = channel_] { hub->tidy(channel); });
}

Task<void> EventHub::Subscription::wait(Clock::duration span) {
    if (!woken_) {
        timer_.expires_after(span);
        IoError ignored;
        co_await timer_.async_wait(into(ignored));
    }
    woken_ = false;
}

std::vector<std::string> EventHub::Subscription::take() {
    std::vector<std::string> taken(payloads_.begin(), payloads_.end());
    payloads_.clear();
    missed_ = false;
    return taken;
}

void EventHub::Subscription::arrived(const std::string& payload) {
    if (payloads_.size() == most_payloads) payloads_.pop_front();
    payloads_.push_back(payload);
    woken_ = true;
    timer_.cancel();
}

void EventHub::Subscription::set_listening(bool listening) {
    if (listening && !listening_) missed_ = true;
    listening_ = listening;
    woken_ = true;
    timer_.cancel();
}

EventHub::SubscriptionPtr EventHub::subscribe(const Executor& executor, const std::string& channel, int most) {
    if (++open_ > most) {
        --open_;
        return nullptr;
    }
    auto subscription = std::make_shared<Subscription>(*this, executor, channel);
    // Not the subscription itself: it must end on its own thread.
    asio::post(control_, [this, channel, waiting = std::weak_ptr<Subscription>(subscription), executor] {
        Channel& entry = channels_[channel];
        entry.waiting.push_back(waiting);
        if (entry.listening) {
            asio::post(executor, [waiting] {
                if (const auto found = waiting.lock()) found->set_listening(true);
            });
        } else if (!entry.wanted) {
            entry.wanted = true;
            if (changed) changed();
        }
    });
    return subscription;
}

void EventHub::tidy(const std::string& channel) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) return;
    auto& waiting = found->second.waiting;
    waiting.erase(std::remove_if(waiting.begin(), waiting.end(), [](const auto& one) { return one.expired(); }),
                  waiting.end());
    if (!waiting.empty() || found->second.wanted) return;
    found->second.wanted = true;
    if (changed) changed();
}

std::optional<EventHub::Change> EventHub::take_change() {
    for (auto entry = channels_.begin(); entry != channels_.end();) {
        Channel& channel = entry->second;
        const bool anyone = !channel.waiting.empty();
        if (channel.wanted && anyone && !channel.listening) return Change{entry->first, true};
        if (channel.wanted && !anyone && channel.listening) return Change{entry->first, false};
        channel.wanted = false;
        entry = anyone || channel.listening ? std::next(entry) : channels_.erase(entry);
    }
    return std::nullopt;
}

void EventHub::done(const Change& change, bool accepted) {
    Channel& channel = channels_[change.channel];
    channel.wanted = !change.listen == !channel.waiting.empty();  // somebody came while UNLISTEN was on its way
    channel.listening = change.listen && accepted;
    if (change.listen && accepted) tell(channel, [](Subscription& subscription) { subscription.set_listening(true); });
}

void EventHub::lost() {
    for (auto& [name, channel] : channels_) {
        channel.listening = false;
        channel.wanted = true;
        tell(channel, [](Subscription& subscription) { subscription.set_listening(false); });
    }
}

void EventHub::notified(const std::string& channel, const std::string& payload) {
    const auto found = channels_.find(channel);
    if (found == channels_.end()) return;
    tell(found->second, [payload](Subscription& subscription) { subscription.arrived(payload); });
}

void EventHub::tell(Channel& channel, const std::function<void(Subscription&)>& what) {
    for (const auto& waiting : channel.waiting) {
        // The lock is passed on: the last reference must not go here, on the wrong thread.
        auto subscription = waiting.lock();
        if (subscription == nullptr) continue;
        const Executor executor = subscription->executor_;
        asio::post(executor, [subscription = std::move(subscription), what] { what(*subscription); });
    }
}

}  // namespace fin::api
