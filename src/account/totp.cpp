#include "account/totp.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace fin::account {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const EVP_MD* function_of(Digest digest) {
    switch (digest) {
        case Digest::sha1: return EVP_sha1();
        case Digest::sha256: return EVP_sha256();
        case Digest::sha512: return EVP_sha512();
    }
    return EVP_sha1();
}

}  // namespace

std::string base32(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char byte : bytes) {
        bits = (bits << 8 | static_cast<unsigned char>(byte)) & 0xfff;
        for (count += 8; count >= 5;) {
            count -= 5;
            text += alphabet[bits >> count & 31];
        }
    }
    if (count > 0) text += alphabet[bits << (5 - count) & 31];
    return text;
}

std::optional<std::string> from_base32(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    int count = 0;
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    for (const char c : text) {
        if (c == ' ') continue;
        const std::size_t value = alphabet.find(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 5 | static_cast<std::uint32_t>(value)) & 0xfff;
        count += 5;
        if (count >= 8) {
            count -= 8;
            bytes += static_cast<char>(bits >> count & 0xff);
        }
    }
    return bytes;
}

std::string hotp(std::string_view key, std::uint64_t counter, int digits, Digest digest) {
    std::array<unsigned char, 8> message{};
    for (std::size_t i = 0; i < message.size(); ++i)
        message[i] = static_cast<unsigned char>(counter >> (8 * (message.size() - 1 - i)) & 0xff);
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned size = 0;
    if (!HMAC(function_of(digest), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
              hash.data(), &size))
        throw std::runtime_error("OpenSSL does not compute an HMAC");
    // Dynamic truncation, RFC 4226 section 5.3.
    const std::size_t offset = hash[size - 1] & 0xf;
    const std::uint32_t number =
        (static_cast<std::uint32_t>(hash[offset]) & 0x7f) << 24 | static_cast<std::uint32_t>(hash[offset + 1]) << 16 |
        static_cast<std::uint32_t>(hash[offset + 2]) << 8 | static_cast<std::uint32_t>(hash[offset + 3]);
    std::uint32_t modulus = 1;
    for (int i = 0; i < digits; ++i) modulus *= 10;
    const std::string text = std::to_string(number % modulus);
    return std::string(static_cast<std::size_t>(digits) - text.size(), '0') + text;
}

std::optional<std::int64_t> totp_step(std::string_view key, std::string_view code, std::int64_t unix_seconds) {
    const std::int64_t now = unix_seconds / totp_period;
    std::optional<std::int64_t> found;
    // All three are always computed: the time taken does not tell which of them it was.
    for (std::int64_t step = now - 1; step <= now + 1; ++step) {
        const std::string expected = hotp(key, static_cast<std::uint64_t>(step));
        if (code.size() == expected.size() && CRYPTO_memcmp(code.data(), expected.data(), expected.size()) == 0)
            found = step;
    }
    return found;
}

}  // namespace fin::account
