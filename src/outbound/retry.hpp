// When a request is sent again, and after which pause. The rules are those that the services' own clients keep to.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fin::outbound {

// Names in lower case.
using Headers = std::vector<std::pair<std::string, std::string>>;
// Empty where it is not there.
std::string_view header(const Headers& headers, std::string_view name);

// Again on 408, 409, 429 and from 500 on; x-should-retry and stripe-should-retry overrule the status.
bool is_worth_another(long status, const Headers& headers);

// Seconds that the service asks to be left alone: retry-after-ms, or Retry-After in seconds or as a date, which is
// compared with `now` (seconds since 1970). nullopt: it says nothing that can be understood.
std::optional<double> retry_after(const Headers& headers, std::int64_t now);

// Seconds since 1970 of a date as HTTP writes it, in each of its three forms.
std::optional<std::int64_t> http_date(std::string_view text);

// Pause before the n-th repetition (from 1) where the service asks for none: half a second, doubled up to eight, less
// up to a quarter that depends on `seed`, so that requests which failed together come back apart.
double backoff(int repetition, std::uint64_t seed);

}  // namespace fin::outbound
