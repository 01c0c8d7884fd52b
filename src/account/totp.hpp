// One-time codes of authenticator apps: HOTP (RFC 4226), TOTP (RFC 6238), base32 (RFC 4648).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fin::account {

enum class Digest { sha1, sha256, sha512 };

inline constexpr std::int64_t totp_period = 30;  // seconds of a step

// Without padding, as apps read it.
std::string base32(std::string_view bytes);
// Upper or lower case, spaces and padding left out; nullopt for anything else.
std::optional<std::string> from_base32(std::string_view text);

// `digits` decimal digits, at most 9.
std::string hotp(std::string_view key, std::uint64_t counter, int digits = 6, Digest digest = Digest::sha1);

// The step whose code this is: the one of `unix_seconds`, the one before or the one after, because clocks differ. Of
// several the latest, so that whoever refuses steps that were used refuses all of them. SHA-1 and six digits, the only
// ones every app knows.
std::optional<std::int64_t> totp_step(std::string_view key, std::string_view code, std::int64_t unix_seconds);

}  // namespace fin::account
