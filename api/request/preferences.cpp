#include "api/request/preferences.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "api/request/text.hpp"

namespace fin::api::request {

namespace {

template <class T>
using Words = std::array<std::pair<std::string_view, T>, 2>;

constexpr Words<Resolution> resolutions = {{{"resolution=merge-duplicates", Resolution::merge_duplicates},
                                            {"resolution=ignore-duplicates", Resolution::ignore_duplicates}}};
constexpr Words<Missing> missings = {{{"missing=default", Missing::use_default}, {"missing=null", Missing::use_null}}};
constexpr std::array<std::pair<std::string_view, Return>, 3> returns = {
    {{"return=representation", Return::representation},
     {"return=minimal", Return::minimal},
     {"return=headers-only", Return::headers_only}}};
constexpr std::array<std::pair<std::string_view, Count>, 3> counts = {
    {{"count=exact", Count::exact}, {"count=planned", Count::planned}, {"count=estimated", Count::estimated}}};
constexpr Words<End> ends = {{{"tx=commit", End::commit}, {"tx=rollback", End::rollback}}};
constexpr Words<Handling> handlings = {
    {{"handling=strict", Handling::strict}, {"handling=lenient", Handling::lenient}}};

// True: the word is one of these; the first one found is kept.
template <class Table, class T>
bool known(const Table& table, std::string_view word, std::optional<T>& target) {
    for (const auto& [text, value] : table)
        if (text == word) {
            if (!target) target = value;
            return true;
        }
    return false;
}

template <class Table, class T>
void tell(const Table& table, const std::optional<T>& value, std::string& out) {
    if (!value) return;
    for (const auto& [text, meaning] : table)
        if (meaning == *value) {
            if (!out.empty()) out += ", ";
            out += text;
        }
}

}  // namespace

Preferences Preferences::parse(const Request& request, bool may_end) {
    Preferences found;
    std::optional<End> end;
    bool max_affected_seen = false;
    for (const auto& [name, value] : request.headers) {
        if (name != "prefer") continue;
        for (const std::string_view part : split(value, ',')) {
            const std::string_view word = trimmed(part);
            if (word.substr(0, 9) == "timezone=") {
                if (!found.timezone) found.timezone = word.substr(9);
            } else if (word.substr(0, 13) == "max-affected=") {
                std::int64_t n = 0;
                const auto [stop, error] = std::from_chars(word.data() + 13, word.data() + word.size(), n);
                if (!max_affected_seen && error == std::errc() && stop == word.data() + word.size() && word.size() > 13)
                    found.max_affected = n;
                max_affected_seen = true;
            } else if (!known(resolutions, word, found.resolution) && !known(missings, word, found.missing) &&
                       !known(returns, word, found.returned) && !known(counts, word, found.count) &&
                       !known(ends, word, end) && !known(handlings, word, found.handling)) {
                found.unknown.emplace_back(word);
            }
        }
    }
    if (may_end) found.end = end;
    return found;
}

std::string Preferences::applied() const {
    std::string out;
    const auto add = [&](const std::string& text) {
        if (!out.empty()) out += ", ";
        out += text;
    };
    tell(resolutions, resolution, out);
    tell(missings, missing, out);
    tell(returns, returned, out);
    tell(counts, count, out);
    tell(ends, end, out);
    tell(handlings, handling, out);
    if (timezone) add("timezone=" + *timezone);
    if (max_affected && strict()) add("max-affected=" + std::to_string(*max_affected));
    return out;
}

}  // namespace fin::api::request
