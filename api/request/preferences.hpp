// The Prefer header (RFC 7240) and what of it was applied.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/request/request.hpp"

namespace fin::api::request {

enum class Resolution { merge_duplicates, ignore_duplicates };
enum class Return { representation, minimal, headers_only };
enum class Count { exact, planned, estimated };
enum class Missing { use_default, use_null };
enum class Handling { strict, lenient };
enum class End { commit, rollback };

struct Preferences {
    std::optional<Resolution> resolution;
    std::optional<Missing> missing;
    std::optional<Return> returned;
    std::optional<Count> count;
    std::optional<End> end;
    std::optional<Handling> handling;
    std::optional<std::string> timezone;
    std::optional<std::int64_t> max_affected;
    std::vector<std::string> unknown;

    // The first of repeated ones counts. Without `may_end`, tx= is known but without effect.
    static Preferences parse(const Request& request, bool may_end);
    bool strict() const { return handling == Handling::strict; }
    // For Preference-Applied; empty: none.
    std::string applied() const;
};

}  // namespace fin::api::request
