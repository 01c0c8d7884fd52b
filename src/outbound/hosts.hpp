// The list of hosts that may be called: "api.example.com, *.example.org, 127.0.0.1:8080".
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fin::outbound {

class HostList {
public:
    HostList() = default;
    // Throws Error{invalid_argument} for an entry that can match nothing or means something else than it seems to.
    static HostList parse(std::string_view text);

    // `host` as libcurl spells it: a name in ASCII, or an address without brackets.
    bool allows(std::string_view host, int port) const;
    bool empty() const { return entries_.empty(); }

private:
    struct Entry {
        std::string host;    // lower case, without "*."
        bool below = false;  // names below host, not host itself
        int port = 0;        // 0: any
    };
    std::vector<Entry> entries_;
};

// Lower case, without brackets and without the dot of an absolute name: two spellings of one host compare equal.
std::string normal_host(std::string_view host);

}  // namespace fin::outbound
