// Secrets at rest: AES-256-GCM under a key of the installation. What is sealed for one place opens in no other.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fin::secret {

// Text that is wiped when it goes.
class Text {
public:
    Text() = default;
    explicit Text(std::string text) : text_(std::move(text)) {}
    Text(Text&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
    Text& operator=(Text&& other) noexcept;
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;
    ~Text() { wipe(); }

    const std::string& text() const { return text_; }
    bool empty() const { return text_.empty(); }

private:
    void wipe() noexcept;
    std::string text_;
};

// The keys of the installation. The first seals; all of them open, so that a new one can be put before an old one.
class Keyring {
public:
    // One key per line: 32 bytes in base64 or as 64 hexadecimal digits; empty lines and lines with # are left out.
    // Throws Error{bad_data}, which names the line and never its content.
    static Keyring parse(std::string_view text);
    ~Keyring();
    Keyring(Keyring&&) noexcept = default;
    Keyring& operator=(Keyring&&) noexcept = default;
    Keyring(const Keyring&) = delete;
    Keyring& operator=(const Keyring&) = delete;

    // Bytes: 'F' 'S' 1, id of the key (4), nonce (12), ciphertext, tag (16). `place` says what the secret belongs to;
    // it is authenticated and not stored.
    std::string seal(std::string_view plain, std::string_view place) const;
    // Throws Error{bad_data} where a byte, the place or the key is another.
    Text open(std::string_view sealed, std::string_view place) const;
    // Sealed by another key than the first.
    bool is_old(std::string_view sealed) const;

private:
    using Id = std::array<char, 4>;
    struct Key {
        Id id;
        std::array<unsigned char, 32> bytes;
    };
    Keyring() = default;
    std::vector<Key> keys_;
};

// What a secret belongs to as one text: no two lists of parts give the same.
std::string place_of(std::initializer_list<std::string_view> parts);
std::string place_and(std::string place, std::string_view part);

}  // namespace fin::secret
