// SHA-256 of what comes in pieces (OpenSSL).
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace fin::hash {

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Sha256& add(std::string_view bytes);
    // 64 lower-case hexadecimal digits. Ends the hash: nothing may be added afterwards.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string sha256(std::string_view bytes);

}  // namespace fin::hash
