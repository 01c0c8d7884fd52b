#include "api/schema/nearest.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "api/schema/cache.hpp"

namespace fin::api::schema {

namespace {

std::u32string lower(std::string_view text) {
    std::u32string result;
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 c = 0;
        U8_NEXT(text.data(), at, size, c);
        result += static_cast<char32_t>(u_tolower(c < 0 ? 0xfffd : c));
    }
    return result;
}

bool is_word(char32_t c) {
    const auto code = static_cast<UChar32>(c);
    return u_isalnum(code) || u_isspace(code) || c == U',' || u_charType(code) == U_LETTER_NUMBER ||
           u_charType(code) == U_OTHER_NUMBER;
}

using Groups = std::map<std::u32string, int>;

Groups groups(const std::u32string& text, std::size_t size) {
    std::u32string plain = U"-";
    for (const char32_t c : text)
        if (is_word(c)) plain += c;
    plain += U'-';
    Groups result;
    for (std::size_t at = 0; at + size <= plain.size(); ++at) ++result[plain.substr(at, size)];
    return result;
}

double length(const Groups& groups) {
    double sum = 0;
    for (const auto& [group, count] : groups) sum += static_cast<double>(count) * count;
    return std::sqrt(sum);
}

double cosine(const Groups& a, const Groups& b) {
    double product = 0;
    for (const auto& [group, count] : a)
        if (const auto other = b.find(group); other != b.end()) product += static_cast<double>(count) * other->second;
    return product == 0 ? 0 : product / (length(a) * length(b));
}

double likeness(const std::u32string& a, const std::u32string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    const std::size_t longer = std::max(a.size(), b.size());
    return longer == 0 ? 1 : 1 - static_cast<double>(row[b.size()]) / static_cast<double>(longer);
}

struct Candidate {
    double nearness;
    std::size_t index;
};

// The search looks at every name, so it is not offered where a wrong name would cost much.
constexpr std::size_t most_relations = 500, most_names = 2000, longest = 256;

}  // namespace

std::vector<Match> nearest(const std::vector<std::string>& names, std::string_view wanted, double least) {
    if (wanted.size() > longest) return {};
    const std::u32string query = lower(wanted);
    std::vector<std::u32string> plain;
    plain.reserve(names.size());
    for (const auto& name : names) {
        plain.push_back(lower(name));
        if (plain.back() == query) return {{1.0, name}};
    }
    constexpr std::size_t widest = 3, narrowest = 2, kept = 50;
    for (std::size_t size = widest; size >= narrowest; --size) {
        const Groups asked = groups(query, size);
        std::vector<Candidate> candidates;
        for (std::size_t i = 0; i < plain.size(); ++i)
            if (const double near = cosine(asked, groups(plain[i], size)); near > 0) candidates.push_back({near, i});
        std::stable_sort(candidates.begin(), candidates.end(),
                         [](const Candidate& a, const Candidate& b) { return a.nearness > b.nearness; });
        if (candidates.size() > kept) candidates.resize(kept);
        std::vector<Match> matches;
        for (const auto& candidate : candidates)
            if (const double score = likeness(query, plain[candidate.index]); score >= least)
                matches.push_back({score, names[candidate.index]});
        std::stable_sort(matches.begin(), matches.end(),
                         [](const Match& a, const Match& b) { return a.score > b.score; });
        if (!matches.empty()) return matches;
    }
    return {};
}

namespace {

constexpr double near_enough = 0.75, near_list = 0.33;

std::optional<std::string> best(const std::vector<std::string>& names, std::string_view wanted, double least) {
    const auto matches = nearest(names, wanted, least);
    if (matches.empty()) return std::nullopt;
    return matches.front().name;
}

template <class Map>
std::vector<std::string> names_in(const Map& map, std::string_view schema) {
    std::vector<std::string> names;
    for (auto at = map.lower_bound(Name{std::string(schema), ""}); at != map.end() && at->first.schema == schema; ++at)
        names.push_back(at->first.name);
    return names;
}

std::string listed(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    std::string text = "(";
    for (const auto& name : names) text += (text.size() > 1 ? ", " : "") + name;
    return text + ")";
}

}  // namespace

std::optional<std::string> Cache::nearest_relation(std::string_view schema, std::string_view name) const {
    const auto names = names_in(relations, schema);
    if (names.size() >= most_relations) return std::nullopt;
    return best(names, name, near_enough);
}

std::optional<std::string> Cache::nearest_function(std::string_view schema, std::string_view name) const {
    const auto names = names_in(functions, schema);
    if (names.size() >= most_names) return std::nullopt;
    return best(names, name, near_enough);
}

std::optional<std::string> Cache::nearest_parameters(std::string_view schema, std::string_view function,
                                                     std::vector<std::string> given) const {
    const auto overloads = functions.find(Name{std::string(schema), std::string(function)});
    if (overloads == functions.end()) return std::nullopt;
    std::vector<std::string> lists;
    for (const auto& overload : overloads->second) {
        std::vector<std::string> names;
        for (const auto& parameter : overload.parameters) names.push_back(parameter.name);
        lists.push_back(listed(std::move(names)));
    }
    return best(lists, listed(std::move(given)), near_list);
}

std::optional<std::string> Cache::relationship_hint(std::string_view schema, std::string_view parent,
                                                    std::string_view child) const {
    const auto reaches = [&](const Relationship& relationship) {
        return (relationship.function ? relationship.function->schema : relationship.foreign.schema) == schema;
    };
    const auto instead = [](const std::string& found, std::string_view given) {
        return "Perhaps you meant '" + found + "' instead of '" + std::string(given) + "'.";
    };
    std::vector<std::string> children;
    if (const auto found = relationships.find(Name{std::string(schema), std::string(parent)});
        found != relationships.end())
        for (const auto& relationship : found->second)
            if (reaches(relationship)) children.push_back(relationship.foreign.name);
    std::sort(children.begin(), children.end());
    children.erase(std::unique(children.begin(), children.end()), children.end());
    if (!children.empty()) {
        if (children.size() >= most_names) return std::nullopt;
        // Found as it stands: then the hint that went with it was wrong, not the name.
        const auto matches = nearest(children, child, near_list);
        if (matches.empty() || matches.front().score >= 1) return std::nullopt;
        return instead(matches.front().name, child);
    }
    if (relationships.size() >= most_names) return std::nullopt;
    std::vector<std::string> parents;
    for (const auto& [table, found] : relationships)
        if (std::any_of(found.begin(), found.end(), reaches)) parents.push_back(table.name);
    const auto found = best(parents, parent, near_list);
    if (!found) return std::nullopt;
    return instead(*found, parent);
}

}  // namespace fin::api::schema
