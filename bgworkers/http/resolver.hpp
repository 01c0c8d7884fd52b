// Names to addresses without stopping the loop: getaddrinfo in a few threads that know nothing of PostgreSQL.
#pragma once
#include <memory>
#include <string>
#include <vector>

namespace fin::workers {

class Resolver {
public:
    struct Answer {
        std::string host;
        std::vector<std::string> addresses;
        std::string error;  // where there are none
    };

    Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    ~Resolver();

    // Readable when there are answers.
    int descriptor() const;
    void ask(const std::string& host);
    std::vector<Answer> answers();

private:
    struct Shared;
    // Shared with the threads: one that hangs in a lookup may outlive the resolver.
    std::shared_ptr<Shared> shared_;
};

}  // namespace fin::workers
