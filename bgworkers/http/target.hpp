// Where a URL leads, as libcurl will understand it.
#pragma once
#include <string>

namespace fin::workers {

struct Target {
    std::string scheme;
    std::string host;  // lower case, no brackets
    int port = 0;
    bool literal = false;  // host is an address
    // scheme://host:port, all of a URL that may be shown
    std::string origin;
};

// Throws Refused for what is no absolute URL of one of these schemes, or carries a password.
Target target_of(const std::string& url, bool mail);

}  // namespace fin::workers
