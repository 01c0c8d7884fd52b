// Who waits for which notification. The channels are listened to on the control connection; what arrives there goes
// to the io threads of those who wait.
#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/io.hpp"

namespace fin::api {

class EventHub {
public:
    // Of its own io thread alone, but for what the hub posts there.
    class Subscription {
    public:
        Subscription(EventHub& hub, const Executor& executor, std::string channel);
        ~Subscription();
        Subscription(const Subscription&) = delete;
        Subscription& operator=(const Subscription&) = delete;

        // Until something arrives, the state of listening changes, or the time is over.
        Task<void> wait(Clock::duration span);
        bool listening() const { return listening_; }
        bool missed() const { return missed_; }  // something may have been lost: ask for the state anew
        bool something_waits() const { return !payloads_.empty() || missed_; }
        std::vector<std::string> take();  // payloads in order; forgets `missed`

    private:
        friend class EventHub;
        void arrived(const std::string& payload);
        void set_listening(bool listening);

        EventHub& hub_;
        Executor executor_;
        std::string channel_;
        Timer timer_;
        std::deque<std::string> payloads_;
        bool listening_ = false, missed_ = false, woken_ = false;
    };
    using SubscriptionPtr = std::shared_ptr<Subscription>;

    explicit EventHub(const Executor& control) : control_(control) {}

    // From an io thread, whose executor it is; null where `most` are there already.
    SubscriptionPtr subscribe(const Executor& executor, const std::string& channel, int most);
    int open() const { return open_.load(std::memory_order_relaxed); }

    // --- on the control thread ---
    struct Change {
        std::string channel;
        bool listen = false;
    };
    std::function<void()> changed;        // there is a change to take
    std::optional<Change> take_change();  // what is to be listened to, or no more
    void done(const Change& change, bool accepted);
    void lost();  // the connection is gone, and with it what arrived meanwhile
    void notified(const std::string& channel, const std::string& payload);

private:
    struct Channel {
        std::vector<std::weak_ptr<Subscription>> waiting;
        bool listening = false, wanted = false;  // wanted: LISTEN or UNLISTEN is to be sent
    };
    void tidy(const std::string& channel);
    static void tell(Channel& channel, const std::function<void(Subscription&)>& what);

    const Executor control_;
    std::map<std::string, Channel> channels_;
    std::atomic<int> open_{0};
};

}  // namespace fin::api
