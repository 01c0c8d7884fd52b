#include "api/request/payload.hpp"

#include <algorithm>

#include "api/error.hpp"
#include "api/request/json_keys.hpp"
#include "api/request/text.hpp"

namespace fin::api::request {

namespace {

using Kind = MediaType::Kind;

[[noreturn]] void refuse(std::string message) { throw ApiError(400, "PGRST102", std::move(message)); }

void sort_once(std::vector<std::string>& keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

bool begins_object(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '{';
}

Payload json_payload(std::string body, bool is_function, const std::optional<std::vector<std::string>>& columns) {
    Payload payload;
    if (columns) {
        payload.keys = *columns;
        sort_once(payload.keys);
        payload.is_object = begins_object(body);
        payload.text = std::move(body);
        return payload;
    }
    if (body.empty() && is_function) body = "{}";
    JsonShape shape = json_shape(body);
    if (!shape.valid) refuse("Empty or invalid json");
    if (!shape.uniform) refuse("All object keys must match");
    payload.is_object = shape.is_object;
    payload.keys = std::move(shape.keys);
    payload.text = shape.is_object || shape.is_array ? std::move(body) : "[]";
    return payload;
}

struct Cell {
    std::string text;
    bool quoted = false;
};

// RFC 4180 with LF or CRLF.
class CsvReader {
public:
    explicit CsvReader(std::string_view text) : text_(text) {}
    bool at_end() const { return at_ == text_.size(); }
    std::vector<Cell> line() {
        std::vector<Cell> cells;
        while (true) {
            cells.push_back(cell());
            if (at_ < text_.size() && text_[at_] == ',') {
                ++at_;
                continue;
            }
            if (at_ < text_.size() && text_[at_] == '\r') ++at_;
            if (at_ < text_.size() && text_[at_] == '\n') ++at_;
            return cells;
        }
    }

private:
    Cell cell() {
        Cell out;
        if (at_ < text_.size() && text_[at_] == '"') {
            out.quoted = true;
            for (++at_; at_ < text_.size(); ++at_) {
                if (text_[at_] == '"') {
                    if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') break;
                    ++at_;
                }
                out.text.push_back(text_[at_]);
            }
            if (at_ == text_.size()) refuse("parse error (endOfInput)");
            ++at_;
            if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r')
                refuse("parse error (a quoted field is followed by text)");
            return out;
        }
        const std::size_t end = std::min(text_.find_first_of(",\n\r", at_), text_.size());
        out.text = text_.substr(at_, end - at_);
        if (out.text.find('"') != std::string::npos) refuse("parse error (a quote within an unquoted field)");
        at_ = end;
        return out;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

Payload csv_payload(std::string_view body, const std::optional<std::vector<std::string>>& columns) {
    if (body.substr(0, 3) == "\xEF\xBB\xBF") body.remove_prefix(3);
    CsvReader in(body);
    if (in.at_end()) refuse("not enough input");
    const std::vector<Cell> header = in.line();
    std::vector<std::string> names;  // as JSON, with the colon
    Payload payload;
    for (const Cell& cell : header) {
        payload.keys.push_back(cell.text);
        std::string name;
        append_json_string(name, cell.text);
        names.push_back(name + ":");
    }
    sort_once(payload.keys);
    if (columns) {
        payload.keys = *columns;
        sort_once(payload.keys);
    }
    payload.text = "[";
    while (!in.at_end()) {
        const std::vector<Cell> line = in.line();
        if (line.size() == 1 && line[0].text.empty() && !line[0].quoted) continue;
        if (line.size() != header.size()) refuse("All lines must have same number of fields");
        payload.text += payload.text.size() > 1 ? ",{" : "{";
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (i > 0) payload.text.push_back(',');
            payload.text += names[i];
            if (line[i].text == "NULL")
                payload.text += "null";
            else
                append_json_string(payload.text, line[i].text);
        }
        payload.text.push_back('}');
    }
    payload.text.push_back(']');
    return payload;
}

Payload form_payload(std::string_view body, bool is_function) {
    Payload payload;
    for (Pair& pair : form_pairs(body)) payload.arguments.emplace_back(std::move(pair.key), std::move(pair.value));
    for (const auto& [name, value] : payload.arguments) payload.keys.push_back(name);
    sort_once(payload.keys);
    payload.from_form = is_function;
    if (is_function) return payload;
    payload.is_object = true;
    payload.text = "{";
    for (const std::string& key : payload.keys) {
        // The last of repeated names counts.
        const auto found = std::find_if(payload.arguments.rbegin(), payload.arguments.rend(),
                                        [&](const auto& argument) { return argument.first == key; });
        if (payload.text.size() > 1) payload.text.push_back(',');
        append_json_string(payload.text, key);
        payload.text.push_back(':');
        append_json_string(payload.text, found->second);
    }
    payload.text.push_back('}');
    return payload;
}

std::string bytea_text(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out = "\\x";
    out.reserve(bytes.size() * 2 + 2);
    for (const char c : bytes) {
        out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
        out.push_back(digits[static_cast<unsigned char>(c) & 15]);
    }
    return out;
}

}  // namespace

Payload parse_payload(std::string body, const MediaType& type, bool is_function,
                      const std::optional<std::vector<std::string>>& columns) {
    if (type.kind == Kind::octets && is_function) {
        Payload payload;
        payload.text = bytea_text(body);
        return payload;
    }
    if ((type.kind != Kind::json || columns) && body.find('\0') != std::string::npos)
        throw ApiError(400, "22021", "invalid byte sequence for encoding \"UTF8\": 0x00");
    switch (type.kind) {
        case Kind::json: return json_payload(std::move(body), is_function, columns);
        case Kind::csv: return csv_payload(body, columns);
        case Kind::form: return form_payload(body, is_function);
        case Kind::plain:
        case Kind::xml:
            if (is_function) {
                Payload payload;
                payload.text = std::move(body);
                return payload;
            }
            break;
        default: break;
    }
    refuse("Content-Type not acceptable: " + type.mime());
}

}  // namespace fin::api::request
