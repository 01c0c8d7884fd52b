#include "api/sql/writer.hpp"

#include <limits>

#include "api/error.hpp"

namespace fin::api::sql {

std::string quoted(std::string_view name) {
    Writer out;
    out.identifier(name);
    return out.take().text;
}

std::string literal(std::string_view text) {
    std::string out;
    const bool escaped = text.find('\\') != std::string_view::npos;
    if (escaped) out.push_back('E');
    out.push_back('\'');
    for (const char c : text) {
        if (c == '\0') continue;
        if (c == '\'' || c == '\\') out.push_back(c);
        out.push_back(c);
    }
    out.push_back('\'');
    return out;
}

Writer& Writer::identifier(std::string_view name) {
    query_.text.push_back('"');
    if (name.find_first_of(std::string_view("\"\0", 2)) == std::string_view::npos) {
        query_.text.append(name);
    } else {
        for (const char c : name) {
            if (c == '\0') continue;
            if (c == '"') query_.text.push_back('"');
            query_.text.push_back(c);
        }
    }
    query_.text.push_back('"');
    return *this;
}

Writer& Writer::parameter(std::string value) {
    query_.parameters.emplace_back(std::move(value));
    query_.text.push_back('$');
    query_.text.append(std::to_string(query_.parameters.size()));
    return *this;
}

Writer& Writer::compared(const request::Filter& filter) {
    if (filter.pair) query_.compared.emplace_back(query_.parameters.size(), *filter.pair);
    return parameter(filter.value);
}

bool Writer::ends_with(std::string_view text) const {
    return query_.text.size() >= text.size() &&
           std::string_view(query_.text).substr(query_.text.size() - text.size()) == text;
}

Query Writer::take() {
    constexpr std::size_t most = std::numeric_limits<std::uint16_t>::max();
    if (query_.parameters.size() > most)
        throw ApiError(400, "PGRST100", "Too many values in the query string",
                       "The request has " + std::to_string(query_.parameters.size()) + " values, at most " +
                           std::to_string(most) + " are possible.");
    return std::move(query_);
}

}  // namespace fin::api::sql
