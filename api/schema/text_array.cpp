#include "api/schema/text_array.hpp"

#include <charconv>
#include <stdexcept>

namespace fin::api::schema {

std::vector<std::string> read_array(std::string_view text) {
    const auto malformed = [&] { return std::invalid_argument("not an array: " + std::string(text.substr(0, 80))); };
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') throw malformed();
    std::vector<std::string> items;
    std::size_t at = 1;
    const std::size_t end = text.size() - 1;
    if (at == end) return items;
    for (;;) {
        std::string item;
        if (text[at] == '"') {
            for (++at; at < end && text[at] != '"'; ++at) {
                if (text[at] == '\\') ++at;
                item += text[at];
            }
            if (at >= end) throw malformed();
            ++at;
        } else {
            while (at < end && text[at] != ',') {
                if (text[at] == '\\') ++at;
                item += text[at++];
            }
            if (item == "NULL") item.clear();
        }
        items.push_back(std::move(item));
        if (at >= end) return items;
        if (text[at] != ',') throw malformed();
        if (++at >= end) throw malformed();
    }
}

std::string write_array(const std::vector<std::string>& items) {
    std::string text = "{";
    for (const auto& item : items) {
        text += text.size() > 1 ? ",\"" : "\"";
        for (const char c : item) {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
        text += '"';
    }
    return text + "}";
}

std::int64_t read_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw std::invalid_argument("not a number: " + std::string(text.substr(0, 80)));
    return value;
}

std::vector<std::uint32_t> read_oids(std::string_view text) {
    std::vector<std::uint32_t> values;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == '{' || text[at] == '}' || text[at] == ',' || text[at] == ' ') {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && text[end] != ',' && text[end] != ' ' && text[end] != '}') ++end;
        values.push_back(static_cast<std::uint32_t>(read_integer(text.substr(at, end - at))));
        at = end;
    }
    return values;
}

}  // namespace fin::api::schema
