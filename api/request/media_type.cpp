#include "api/request/media_type.hpp"

#include <algorithm>
#include <cstdlib>

#include "api/request/text.hpp"

namespace fin::api::request {

namespace {

using Kind = MediaType::Kind;

struct Known {
    std::string_view essence;
    Kind kind;
};
constexpr Known known[] = {
    {"application/json", Kind::json},
    {"application/geo+json", Kind::geojson},
    {"text/csv", Kind::csv},
    {"text/plain", Kind::plain},
    {"text/xml", Kind::xml},
    {"application/openapi+json", Kind::openapi},
    {"application/x-www-form-urlencoded", Kind::form},
    {"application/octet-stream", Kind::octets},
    {"*/*", Kind::any},
};
constexpr std::string_view options[] = {"analyze", "verbose", "settings", "buffers", "wal"};

// Parameters ("; name=value", values may be quoted) with names in lower case.
std::vector<std::pair<std::string, std::string>> parameters(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> found;
    while (!text.empty()) {
        text.remove_prefix(1);  // the semicolon
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) break;
        std::string name = lower_case(trimmed(text.substr(0, equals)));
        text = text.substr(equals + 1);
        const std::size_t start = std::min(text.find_first_not_of(" \t"), text.size());
        text.remove_prefix(start);
        std::string value;
        if (!text.empty() && text.front() == '"') {
            const std::size_t end = std::min(text.find('"', 1), text.size());
            value = text.substr(1, end - 1);
            text.remove_prefix(std::min(end + 1, text.size()));
        } else {
            value = trimmed(text.substr(0, text.find(';')));
        }
        found.emplace_back(std::move(name), std::move(value));
        text.remove_prefix(std::min(text.find(';'), text.size()));
    }
    return found;
}

std::string_view parameter(const std::vector<std::pair<std::string, std::string>>& all, std::string_view name,
                           std::string_view absent) {
    for (const auto& [key, value] : all)
        if (key == name) return value;
    return absent;
}

MediaType parse_limited(std::string_view text, int depth) {
    MediaType type;
    type.text = trimmed(text);
    const std::size_t semicolon = std::min(text.find(';'), text.size());
    const std::string essence = lower_case(trimmed(text.substr(0, semicolon)));
    for (const Known& candidate : known)
        if (candidate.essence == essence) {
            type.kind = candidate.kind;
            return type;
        }
    type.kind = Kind::other;
    const std::string_view family = "application/vnd.pgrst.";
    if (std::string_view(essence).substr(0, family.size()) != family) return type;
    const std::string_view name = std::string_view(essence).substr(family.size());
    const auto given = parameters(text.substr(semicolon));
    const bool stripped = parameter(given, "nulls", "") == "stripped";
    if (name == "object" || name == "object+json") {
        type.kind = Kind::object;
        type.nulls_stripped = stripped;
    } else if (name == "array" || name == "array+json") {
        type.kind = stripped ? Kind::array_stripped : Kind::json;
    } else if ((name == "plan" || name == "plan+text" || name == "plan+json") && depth < 2) {
        type.kind = Kind::plan;
        type.plan_json = name == "plan+json";
        const auto wanted = split(parameter(given, "options", ""), '|');
        for (const std::string_view option : options)
            if (std::find(wanted.begin(), wanted.end(), option) != wanted.end()) type.plan_options.push_back(option);
        type.plan_of =
            std::make_shared<MediaType>(parse_limited(parameter(given, "for", "application/json"), depth + 1));
    }
    return type;
}

// What an item of Accept weighs: q in thousandths, then how specific it is.
struct Weighed {
    std::string_view text;
    int quality = 1000;
    int specificity = 0;
};

Weighed weigh(std::string_view item) {
    Weighed weighed{trimmed(item)};
    // q and what follows it is not part of the type.
    for (std::size_t at = weighed.text.find(';'); at != std::string_view::npos; at = weighed.text.find(';', at + 1)) {
        const std::string_view name = trimmed(weighed.text.substr(at + 1));
        if (name.size() < 2 || (name[0] != 'q' && name[0] != 'Q') || name[1] != '=') continue;
        const std::string number(name.substr(2, name.find(';') - 2));
        weighed.quality = static_cast<int>(std::clamp(std::strtod(number.c_str(), nullptr), 0.0, 1.0) * 1000);
        weighed.text = trimmed(weighed.text.substr(0, at));
        break;
    }
    weighed.specificity = static_cast<int>(std::count(weighed.text.begin(), weighed.text.end(), ';') -
                                           std::count(weighed.text.begin(), weighed.text.end(), '*'));
    return weighed;
}

}  // namespace

MediaType MediaType::parse(std::string_view text) { return parse_limited(text, 0); }

std::string MediaType::mime() const {
    switch (kind) {
        case Kind::array_stripped: return "application/vnd.pgrst.array+json;nulls=stripped";
        case Kind::object:
            return nulls_stripped ? "application/vnd.pgrst.object+json;nulls=stripped"
                                  : "application/vnd.pgrst.object+json";
        case Kind::plan: {
            std::string out = "application/vnd.pgrst.plan+";
            out += plan_json ? "json" : "text";
            out += "; for=\"" + plan_of->mime() + "\"";
            for (std::size_t i = 0; i < plan_options.size(); ++i) {
                out += i == 0 ? "; options=" : "|";
                out += plan_options[i];
            }
            return out;
        }
        case Kind::other: return text;
        default: break;
    }
    for (const Known& candidate : known)
        if (candidate.kind == kind) return std::string(candidate.essence);
    return text;
}

std::string MediaType::content_type() const {
    return kind == Kind::octets || kind == Kind::other ? mime() : mime() + "; charset=utf-8";
}

std::vector<MediaType> parse_accept(std::string_view header) {
    std::vector<MediaType> types;
    if (header.empty() || header == "*/*") {
        types.push_back(MediaType::parse("*/*"));
        return types;
    }
    std::vector<Weighed> weighed;
    for (const std::string_view item : split(header, ','))
        if (!trimmed(item).empty()) weighed.push_back(weigh(item));
    std::stable_sort(weighed.begin(), weighed.end(), [](const Weighed& a, const Weighed& b) {
        return a.quality != b.quality ? a.quality > b.quality : a.specificity > b.specificity;
    });
    for (const Weighed& item : weighed) types.push_back(MediaType::parse(item.text));
    if (types.empty()) types.push_back(MediaType::parse("*/*"));
    return types;
}

}  // namespace fin::api::request
