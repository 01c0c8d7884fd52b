#include "api/request/query.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "api/error.hpp"
#include "api/request/grammar.hpp"

namespace fin::api::request {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::int64_t sum(std::int64_t a, std::int64_t b) { return a > 0 && b > most - a ? most : a + b; }

// A whole number as a reader of numbers takes it; too large ones are the largest. nullopt: none, the key is ignored.
std::optional<std::int64_t> number(std::string_view text) {
    text = trimmed(text);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || end != text.data() + text.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) return text.front() == '-' ? -most : most;
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::string_view last_word(std::string_view key) { return key.substr(key.rfind('.') + 1); }

// (path, field) of "a.b.column->json".
At<Field> tree_path(std::string_view key) {
    Scanner in("tree path", key);
    At<Field> found;
    found.path.push_back(in.name());
    while (in.take(".")) found.path.push_back(in.name());
    found.value.name = std::move(found.path.back());
    found.path.pop_back();
    found.value.path = parse_json_path(in);
    return found;
}

At<Logic> parse_logic_pair(const Pair& pair) {
    Scanner key("logic path", pair.key);
    Path path{key.name()};
    while (key.take(".")) path.push_back(key.name());
    std::string text = std::count(path.begin(), path.end(), "not") > 0 ? "not." : "";
    text += path.back();
    path.pop_back();
    path.erase(std::remove(path.begin(), path.end(), "not"), path.end());
    text += pair.value;
    Scanner in("logic tree", text, pair.value);
    return {std::move(path), parse_logic(in)};
}

void parse_filter(std::size_t place, bool is_call, QueryString& query) {
    const Pair& pair = query.pairs[place];
    Filter filter;
    Scanner in("filter", pair.value);
    if (!parse_operation(in, filter, false, is_call)) {
        query.arguments.emplace_back(tree_path(pair.key).value.name, pair.value);
        return;
    }
    if (value_of_comparison(pair.value)) filter.pair = place;
    At<Field> target = tree_path(pair.key);
    filter.field = std::move(target.value);
    query.filter_keys.push_back(pair.key);
    query.filters.push_back({std::move(target.path), std::move(filter)});
}

void refuse_null_bytes(const Pair& pair) {
    if (pair.key.find('\0') != std::string::npos || pair.value.find('\0') != std::string::npos)
        throw ApiError(400, "22021", "invalid byte sequence for encoding \"UTF8\": 0x00");
}

// The limits and offsets of each level come together in one range under the key "...limit".
class Ranges {
public:
    void limit(const std::string& key, std::string_view value) { limits_[key] = number(value); }
    void offset(std::string key, std::string_view value) {
        key.replace(key.size() - 6, 6, "limit");
        offsets_[key] = number(value);
    }
    std::map<std::string, Range> joined() const {
        std::map<std::string, Range> ranges;
        for (const auto& [key, offset] : offsets_) ranges[key].first = offset.value_or(0);
        for (const auto& [key, limit] : limits_) {
            Range& range = ranges[key];
            if (limit) range.last = *limit == 0 && range.first == 0 ? -1 : sum(range.first, *limit - 1);
        }
        return ranges;
    }

private:
    std::map<std::string, std::optional<std::int64_t>> limits_, offsets_;
};

std::vector<std::string> names_of(std::string_view what, const std::string& text) {
    Scanner in(what, text);
    return parse_columns(in);
}

}  // namespace

std::optional<std::int64_t> Range::limit() const {
    if (!last) return std::nullopt;
    return *last == most ? most - first : *last - first + 1;
}

Range intersection(const Range& a, const Range& b) {
    Range both{std::max(a.first, b.first), a.last ? a.last : b.last};
    if (a.last && b.last) both.last = std::min(*a.last, *b.last);
    return both;
}

std::optional<std::string_view> value_of_comparison(std::string_view text) {
    for (const std::string_view word : {"eq.", "neq.", "gt.", "gte.", "lt.", "lte."})
        if (text.substr(0, word.size()) == word) return text.substr(word.size());
    return std::nullopt;
}

bool is_filter_key(std::string_view key) {
    if (key == "select" || key == "columns" || key == "on_conflict") return false;
    const std::string_view word = last_word(key);
    return word != "order" && word != "limit" && word != "offset" && word != "and" && word != "or";
}

Path parse_path(std::string_view key) { return tree_path(key).path; }

QueryString QueryString::parse(std::string_view encoded, bool is_call) {
    QueryString query;
    query.pairs = form_pairs(encoded);
    Ranges ranges;
    const Pair* select = nullptr;
    for (std::size_t place = 0; place < query.pairs.size(); ++place) {
        const Pair& pair = query.pairs[place];
        refuse_null_bytes(pair);
        if (!pair.has_value) continue;
        const std::string_view word = last_word(pair.key);
        if (pair.key == "select") {
            if (!select) select = &pair;
        } else if (pair.key == "columns") {
            if (!query.columns) query.columns = names_of("columns parameter", pair.value);
        } else if (pair.key == "on_conflict") {
            if (!query.on_conflict) query.on_conflict = names_of("on_conflict parameter", pair.value);
        } else if (word == "order") {
            Scanner in("order", pair.value);
            Path path = parse_path(pair.key);
            query.order.push_back({std::move(path), parse_order(in)});
        } else if (word == "limit") {
            ranges.limit(pair.key, pair.value);
        } else if (word == "offset") {
            ranges.offset(pair.key, pair.value);
        } else if (word == "and" || word == "or") {
            query.logic.push_back(parse_logic_pair(pair));
        } else {
            parse_filter(place, is_call, query);
        }
    }
    query.ranges = ranges.joined();
    const std::string_view selected = select ? std::string_view(select->value) : "*";
    Scanner in("select parameter", selected);
    query.select = parse_select(in);  // what follows the last closing parenthesis is ignored, as PostgREST does
    return query;
}

}  // namespace fin::api::request
