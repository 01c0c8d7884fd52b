// Import options from and to JSON. A reader of its own, because core has no JSON library and the form is fixed: one
// object of plain values, one nested object of texts.
#include <algorithm>
#include <charconv>
#include <map>

#include "error.hpp"
#include "importer/date.hpp"
#include "importer/encoding.hpp"
#include "importer/importer.hpp"
#include "importer/unicode.hpp"
#include "importer/words.hpp"
#include "json/writer.hpp"

namespace fin::importer {

namespace {

struct Value {
    enum class Kind { null, boolean, number, text, object, array } kind = Kind::null;
    std::string text;  // of a number its digits
    std::map<std::string, Value> members;
};

class Reader {
public:
    explicit Reader(std::string_view json) : json_(json) {}

    Value whole() {
        Value value = read(0);
        spaces();
        if (at_ < json_.size()) fail();
        return value;
    }

private:
    [[noreturn]] void fail() const {
        throw Error(ErrorCode::invalid_argument, "the import options are not valid JSON",
                    "It goes wrong at character " + std::to_string(at_ + 1) + ".",
                    "Give an object, for example {\"date_format\": \"DD.MM.YYYY\"}.");
    }
    void spaces() {
        while (at_ < json_.size() &&
               (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\t' || json_[at_] == '\r'))
            ++at_;
    }
    char take() {
        if (at_ >= json_.size()) fail();
        return json_[at_++];
    }
    bool word(std::string_view text) {
        if (json_.substr(at_).starts_with(text)) return at_ += text.size(), true;
        return false;
    }
    char32_t hex4() {
        if (at_ + 4 > json_.size()) fail();
        unsigned code = 0;
        const auto [end, error] = std::from_chars(json_.data() + at_, json_.data() + at_ + 4, code, 16);
        if (error != std::errc() || end != json_.data() + at_ + 4) fail();
        at_ += 4;
        return code;
    }
    std::string string() {
        std::string text;
        if (take() != '"') fail();
        for (;;) {
            const char c = take();
            if (c == '"') return text;
            if (static_cast<unsigned char>(c) < 0x20) fail();
            if (c != '\\') {
                text += c;
                continue;
            }
            const char escape = take();
            switch (escape) {
                case '"':
                case '\\':
                case '/': text += escape; break;
                case 'b': text += '\b'; break;
                case 'f': text += '\f'; break;
                case 'n': text += '\n'; break;
                case 'r': text += '\r'; break;
                case 't': text += '\t'; break;
                case 'u': {
                    char32_t code = hex4();
                    if (code >= 0xD800 && code < 0xDC00) {
                        if (!word("\\u")) fail();
                        const char32_t low = hex4();
                        if (low < 0xDC00 || low > 0xDFFF) fail();
                        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
                    } else if (code >= 0xDC00 && code < 0xE000) {
                        fail();
                    }
                    append_code_point(text, code);
                    break;
                }
                default: fail();
            }
        }
    }
    Value read(int depth) {
        if (depth > 8) fail();
        spaces();
        Value value;
        if (at_ >= json_.size()) fail();
        const char c = json_[at_];
        if (c == '{' || c == '[') {
            value.kind = c == '{' ? Value::Kind::object : Value::Kind::array;
            const char close = c == '{' ? '}' : ']';
            ++at_, spaces();
            if (at_ < json_.size() && json_[at_] == close) return ++at_, value;
            for (;;) {
                spaces();
                if (c == '{') {
                    const std::string name = string();
                    spaces();
                    if (take() != ':') fail();
                    value.members[name] = read(depth + 1);
                } else {
                    read(depth + 1);
                }
                spaces();
                const char next = take();
                if (next == close) return value;
                if (next != ',') fail();
            }
        }
        if (c == '"') {
            value.kind = Value::Kind::text, value.text = string();
        } else if (word("null")) {
        } else if (word("true") || word("false")) {
            value.kind = Value::Kind::boolean;
        } else {
            value.kind = Value::Kind::number;
            const std::size_t start = at_;
            while (at_ < json_.size() && (std::string_view("+-.eE").find(json_[at_]) != std::string_view::npos ||
                                          (json_[at_] >= '0' && json_[at_] <= '9')))
                ++at_;
            value.text = json_.substr(start, at_ - start);
            if (value.text.empty() || !((value.text[0] >= '0' && value.text[0] <= '9') || value.text[0] == '-')) fail();
        }
        return value;
    }

    std::string_view json_;
    std::size_t at_ = 0;
};

constexpr std::string_view known_keys =
    "columns, currency, date_format, decimal, delimiter, duplicate, encoding, header_row, opening_balance, sheet, sign";
constexpr std::string_view known_columns =
    "account, amount, balance, category, counterparty, credit, currency, date, debit, description, status";

[[noreturn]] void wrong(const std::string& key, const std::string& expected) {
    throw Error(ErrorCode::invalid_argument, "import option " + key + " has a wrong value",
                "Expected " + expected + ".");
}

const std::string& text_of(const std::string& key, const Value& value, const std::string& expected) {
    if (value.kind != Value::Kind::text || value.text.size() > 200) wrong(key, expected);
    return value.text;
}

std::string one_of(const std::string& key, const Value& value, std::initializer_list<std::string_view> allowed) {
    std::string expected = "one of";
    for (const auto word : allowed) expected += " \"" + std::string(word) + "\"";
    const std::string& text = text_of(key, value, expected);
    if (std::find(allowed.begin(), allowed.end(), text) == allowed.end()) wrong(key, expected);
    return text;
}

using Columns = Options::Columns;
constexpr std::pair<std::string_view, std::string Columns::*> column_fields[] = {
    {"account", &Columns::account},
    {"amount", &Columns::amount},
    {"balance", &Columns::balance},
    {"category", &Columns::category},
    {"counterparty", &Columns::counterparty},
    {"credit", &Columns::credit},
    {"currency", &Columns::currency},
    {"date", &Columns::date},
    {"debit", &Columns::debit},
    {"description", &Columns::description},
    {"status", &Columns::status}};

void read_columns(const Value& value, Columns& columns) {
    if (value.kind != Value::Kind::object) wrong("columns", "an object of columns by header or number");
    for (const auto& member : value.members) {
        const std::string& key = member.first;
        const Value& named = member.second;
        const auto field = std::find_if(std::begin(column_fields), std::end(column_fields),
                                        [&](const auto& f) { return f.first == key; });
        if (field == std::end(column_fields))
            throw Error(ErrorCode::invalid_argument, "unknown import option columns." + clipped(key), {},
                        "Known columns: " + std::string(known_columns) + ".");
        if (named.kind == Value::Kind::null) continue;
        const bool number = named.kind == Value::Kind::number && named.text.size() <= 4 &&
                            named.text.find_first_not_of("0123456789") == std::string::npos;
        if ((named.kind != Value::Kind::text && !number) || named.text.empty() || named.text.size() > 400)
            wrong("columns." + key, "a header or a column number from 1");
        columns.*(field->second) = named.text;
    }
    if (!columns.amount.empty() && (!columns.debit.empty() || !columns.credit.empty()))
        throw Error(ErrorCode::invalid_argument, "import option columns names an amount and debit or credit",
                    "A file has either one column of amounts or columns for debits and credits.");
}

}  // namespace

Options Options::parse(std::string_view json) {
    Options options;
    if (trimmed(json).empty()) return options;
    const Value value = Reader(json).whole();
    if (value.kind == Value::Kind::null) return options;
    if (value.kind != Value::Kind::object)
        throw Error(ErrorCode::invalid_argument, "the import options are no JSON object", {},
                    "Give an object, for example {\"date_format\": \"DD.MM.YYYY\"}.");
    for (const auto& [key, given] : value.members) {
        if (key == "columns") {
            if (given.kind != Value::Kind::null) read_columns(given, options.columns);
        } else if (given.kind == Value::Kind::null && known_keys.find(key) != std::string_view::npos) {
            continue;  // as if absent; an unknown key is refused below even then
        } else if (key == "delimiter") {
            const std::string& text = text_of(key, given, "one character");
            if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r" ||
                static_cast<unsigned char>(text[0]) >= 0x80 || text[0] == '\0')
                wrong(key, "one ASCII character that is neither a quote nor a line end");
            options.delimiter = text;
        } else if (key == "encoding") {
            options.encoding = known_encoding(text_of(key, given, "the name of an encoding"));
        } else if (key == "decimal") {
            options.decimal = one_of(key, given, {".", ","});
        } else if (key == "date_format") {
            options.date_format = text_of(key, given, "a format such as \"DD.MM.YYYY\"");
            DateFormat{*options.date_format};
        } else if (key == "header_row") {
            int row = 0;
            const auto [end, error] = std::from_chars(given.text.data(), given.text.data() + given.text.size(), row);
            if (given.kind != Value::Kind::number || error != std::errc() ||
                end != given.text.data() + given.text.size() || row < 0 || row > 1000)
                wrong(key, "a line number from 1 to 1000, or 0 for none");
            options.header_row = row;
        } else if (key == "sign") {
            options.sign = one_of(key, given, {"as_is", "inverted", "expenses"});
        } else if (key == "opening_balance") {
            if (given.kind != Value::Kind::number && given.kind != Value::Kind::text) wrong(key, "a number");
            options.opening_balance = ledger::Money::parse(given.text);
            if (!options.opening_balance) wrong(key, "a number such as 1234.50");
        } else if (key == "currency") {
            const std::string code = currency_code(text_of(key, given, "a currency code such as \"EUR\""));
            if (code.size() != 3 || !std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
                wrong(key, "a currency code of three letters such as \"EUR\"");
            options.currency = code;
        } else if (key == "sheet") {
            options.sheet = text_of(key, given, "the name of a sheet");
        } else if (key == "duplicate") {
            options.duplicate = one_of(key, given, {"existing", "new"});
        } else {
            throw Error(ErrorCode::invalid_argument, "unknown import option " + clipped(key), {},
                        "Known options: " + std::string(known_keys) + ".");
        }
    }
    return options;
}

std::string Options::canonical() const {
    json::Writer json;
    json.begin_object();
    const auto text = [&](std::string_view key, const std::optional<std::string>& value) {
        if (value) json.field(key, *value);
    };
    const bool any = std::any_of(std::begin(column_fields), std::end(column_fields),
                                 [&](const auto& f) { return !(columns.*(f.second)).empty(); });
    if (any) {
        json.key("columns").begin_object();
        for (const auto& [key, field] : column_fields)
            if (!(columns.*field).empty()) json.field(key, columns.*field);
        json.end_object();
    }
    text("currency", currency), text("date_format", date_format), text("decimal", decimal);
    text("delimiter", delimiter), text("duplicate", duplicate), text("encoding", encoding);
    if (header_row) json.field("header_row", *header_row);
    if (opening_balance) json.field("opening_balance", *opening_balance);
    text("sheet", sheet), text("sign", sign);
    json.end_object();
    return json.text();
}

}  // namespace fin::importer
