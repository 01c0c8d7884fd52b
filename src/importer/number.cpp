#include "importer/number.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "importer/unicode.hpp"

namespace fin::importer {

namespace {

constexpr std::pair<std::string_view, std::string_view> currency_signs[] = {
    {"$", "USD"},    {"€", "EUR"},   {"£", "GBP"},    {"₽", "RUB"},  {"¥", "JPY"},   {"₴", "UAH"},   {"₸", "KZT"},
    {"₹", "INR"},    {"₺", "TRY"},   {"US$", "USD"},  {"руб.", "RUB"}, {"руб", "RUB"}, {"р.", "RUB"},  {"р", "RUB"},
    {"Руб.", "RUB"}, {"РУБ", "RUB"}, {"РУБ.", "RUB"}, {"Kč", "CZK"},   {"zł", "PLN"},  {"kr", ""},     {"Fr.", "CHF"},
    {"RUR", "RUB"},  {"RUB", "RUB"}, {"USD", "USD"},  {"EUR", "EUR"},  {"GBP", "GBP"}, {"CHF", "CHF"}, {"CZK", "CZK"},
    {"PLN", "PLN"},  {"CNY", "CNY"}, {"JPY", "JPY"},  {"KZT", "KZT"},  {"BYN", "BYN"}, {"UAH", "UAH"}, {"SEK", "SEK"},
    {"NOK", "NOK"},  {"DKK", "DKK"}, {"CAD", "CAD"},  {"AUD", "AUD"},  {"INR", "INR"}, {"TRY", "TRY"}};

// The characters of a number without sign, currency and parentheses: digits, '.', ',', '\'' and ' ' for every space.
struct Bare {
    std::array<char, 64> text;
    std::size_t size = 0;
    bool negative = false;
    std::string_view currency;
    std::string_view view() const { return {text.data(), size}; }
};

// Reads a word of letters and currency signs at `at`; nullopt where it names no currency.
std::optional<std::string_view> currency_word(std::string_view text, std::size_t& at) {
    const std::size_t start = at;
    while (at < text.size()) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const bool space = text.substr(at).starts_with("\xC2\xA0") || text.substr(at).starts_with("\xE2\x80") ||
                           text.substr(at).starts_with("\xE2\x88");
        if (space || (byte < 0x80 && byte != '$' && byte != '.' && !(byte >= 'A' && byte <= 'Z') &&
                      !(byte >= 'a' && byte <= 'z')))
            break;
        if (byte == '.' && (at == start || (at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '9'))) break;
        ++at;
    }
    const std::string_view word = text.substr(start, at - start);
    for (const auto& [sign, code] : currency_signs)
        if (word == sign) return code;
    return std::nullopt;
}

std::optional<Bare> bare(std::string_view text) {
    Bare result;
    bool open = false, closed = false, sign = false, digits = false, currency = false;
    const auto put = [&](char c) {
        if (result.size == result.text.size()) return false;
        result.text[result.size++] = c;
        return true;
    };
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c >= '0' && c <= '9') {
            if (closed || (sign && result.negative && digits && result.size > 0 && result.text[result.size - 1] == '-'))
                return std::nullopt;
            digits = true;
            if (!put(c)) return std::nullopt;
            ++at;
        } else if (c == '.' || c == ',' || c == '\'') {
            if (c == '\'' && !digits) {
                ++at;  // a spreadsheet's text mark
                continue;
            }
            if (!put(c)) return std::nullopt;
            ++at;
        } else if (c == '(') {
            if (open || digits) return std::nullopt;
            open = true, ++at;
        } else if (c == ')') {
            if (!open || closed || !digits) return std::nullopt;
            closed = true, ++at;
        } else if (c == '-' || c == '+') {
            if (sign) return std::nullopt;
            sign = true, result.negative = c == '-', ++at;
        } else if (static_cast<unsigned char>(c) == 0xE2 && text.substr(at, 3) == "\xE2\x88\x92") {  // minus sign
            if (sign) return std::nullopt;
            sign = result.negative = true, at += 3;
        } else if (std::size_t next = at; is_space(next_code_point(text, next))) {
            at = next;
            if (digits && !put(' ')) return std::nullopt;
        } else if (std::size_t apostrophe = at; next_code_point(text, apostrophe) == 0x2019) {
            at = apostrophe;
            if (!put('\'')) return std::nullopt;
        } else {
            const auto code = currency_word(text, at);
            if (!code || currency) return std::nullopt;
            result.currency = *code, currency = true;
            if (digits && !put(' ')) return std::nullopt;  // digits after it do not join those before
        }
    }
    while (result.size > 0 && result.text[result.size - 1] == ' ') --result.size;
    if (!digits || open != closed || (open && sign && !result.negative)) return std::nullopt;
    result.negative = result.negative || open;
    return result;
}

// Groups are three digits; two are allowed before the last one, as in India.
bool groups_fit(std::string_view whole, char grouping) {
    std::size_t end = whole.size();
    bool last = true;
    for (;;) {
        const std::size_t at = end == 0 ? std::string_view::npos : whole.rfind(grouping, end - 1);
        const std::size_t length = at == std::string_view::npos ? end : end - at - 1;
        if (at == std::string_view::npos) return length >= 1 && length <= 3;
        if (last ? length != 3 : (length != 3 && length != 2)) return false;
        last = false, end = at;
    }
}

}  // namespace

std::optional<Amount> parse_amount(std::string_view text, Marks marks) {
    // The plain form, which nearly all values have.
    std::size_t at = !text.empty() && text[0] == '-';
    std::int64_t units = 0;
    int decimals = -1;
    const bool short_enough = text.size() <= 16 && text.size() > at;
    bool plain = short_enough && text[at] >= '0' && text[at] <= '9';
    for (; plain && at < text.size(); ++at) {
        const char c = text[at];
        if (c >= '0' && c <= '9') {
            if (decimals >= 0 && ++decimals > 4) plain = false;
            units = units * 10 + (c - '0');
        } else if (c == marks.decimal && decimals < 0) {
            decimals = 0;
        } else {
            plain = false;
        }
    }
    if (plain) {
        static constexpr std::int64_t powers[] = {10000, 1000, 100, 10, 1};
        const std::int64_t power = powers[decimals < 0 ? 0 : decimals];
        if (units <= ledger::Money::greatest / power)
            return Amount{{text[0] == '-' ? -units * power : units * power}, {}};
        return std::nullopt;
    }

    const auto found = bare(text);
    if (!found) return std::nullopt;
    std::string_view number = found->view();
    const std::size_t point = number.rfind(marks.decimal);
    const std::string_view whole = number.substr(0, point);
    const std::string_view fraction = point == std::string_view::npos ? std::string_view{} : number.substr(point + 1);
    std::string digits = found->negative ? "-" : "";
    const auto all_digits = [](std::string_view part) {
        return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (all_digits(whole)) {
        digits += whole;
    } else {
        if (!marks.grouping || !groups_fit(whole, *marks.grouping)) return std::nullopt;
        for (const char c : whole) {
            if (c == *marks.grouping) continue;
            if (c < '0' || c > '9') return std::nullopt;
            digits += c;
        }
    }
    if (!all_digits(fraction)) return std::nullopt;
    if (whole.empty()) digits += '0';
    if (!fraction.empty()) digits += '.', digits += fraction;
    const auto money = ledger::Money::parse(digits);
    if (!money) return std::nullopt;
    return Amount{*money, found->currency};
}

bool looks_like_amount(std::string_view text) {
    text = trimmed(text);
    return !text.empty() && bare(text).has_value();
}

void MarkEvidence::note(Seen& seen, std::string_view text, std::size_t row) {
    if (seen.count++ == 0) seen.row = row, seen.text = clipped(text, 40);
}

void MarkEvidence::add(std::string_view text, std::size_t row) {
    // Plain numbers with one mark and not three decimals decide at once.
    std::size_t at = !text.empty() && text[0] == '-', mark = std::string_view::npos;
    const std::size_t first = at;
    bool plain = at < text.size(), zero = true;
    for (; plain && at < text.size(); ++at) {
        const char c = text[at];
        if (c >= '0' && c <= '9') {
            zero = zero && c == '0';
        } else if ((c == '.' || c == ',') && mark == std::string_view::npos) {
            mark = at;
        } else {
            plain = false;
        }
    }
    std::optional<Bare> found;
    std::string_view number = text.substr(first);
    bool negative = first > 0;
    if (!plain || number.size() == (mark != std::string_view::npos)) {
        found = bare(trimmed(text));
        if (!found) return;
        number = found->view(), negative = found->negative;
        zero = std::none_of(number.begin(), number.end(), [](char c) { return c >= '1' && c <= '9'; });
    }
    ++numbers_;
    if (!zero) ++(negative ? negatives_ : positives_);
    const std::size_t dots = static_cast<std::size_t>(std::count(number.begin(), number.end(), '.'));
    const std::size_t commas = static_cast<std::size_t>(std::count(number.begin(), number.end(), ','));
    if (number.find(' ') != std::string_view::npos) space_groups_ = true;
    if (number.find('\'') != std::string_view::npos) apostrophe_groups_ = true;
    if (dots + commas == 0) return;
    ++with_marks_;
    if (dots > 0 && commas > 0) {
        const bool dot_last = number.rfind('.') > number.rfind(',');
        (dot_last ? comma_groups_ : dot_groups_) = true;
        note(dot_last ? dot_decimal_ : comma_decimal_, text, row);
    } else if (dots + commas > 1) {
        (dots > 0 ? dot_groups_ : comma_groups_) = true;
        note(dots > 0 ? comma_decimal_ : dot_decimal_, text, row);
    } else {
        const std::size_t place = number.find(dots > 0 ? '.' : ',');
        const std::size_t after = number.size() - place - 1;
        const std::size_t last_group = number.find_last_of(" '", place);
        const bool grouped = last_group != std::string_view::npos;
        if (after != 3 || place == 0 || place > 3 || number[0] == '0' || grouped)
            note(dots > 0 ? dot_decimal_ : comma_decimal_, text, row);
        else if (ambiguous_.empty())
            ambiguous_ = std::string(text);
    }
}

void MarkEvidence::lean_on(const MarkEvidence& other) {
    if (decides() || !other.decides()) return;
    dot_decimal_ = other.dot_decimal_, comma_decimal_ = other.comma_decimal_;
    // The ambiguous values of this column are grouped where their mark is not the decimal one.
    if (const auto marks = other.marks(); marks && !ambiguous_.empty()) {
        if (marks->decimal == '.' && ambiguous_.find(',') != std::string::npos) comma_groups_ = true;
        if (marks->decimal == ',' && ambiguous_.find('.') != std::string::npos) dot_groups_ = true;
    }
}

bool MarkEvidence::decides() const { return (dot_decimal_.count > 0) != (comma_decimal_.count > 0); }

std::optional<char> MarkEvidence::grouping() const {
    if (space_groups_) return ' ';
    if (apostrophe_groups_) return '\'';
    if (comma_groups_) return ',';
    if (dot_groups_) return '.';
    return std::nullopt;
}

std::optional<Marks> MarkEvidence::marks() const {
    if (!decides() && !ambiguous_.empty()) return std::nullopt;
    const char decimal = comma_decimal_.count > 0 && dot_decimal_.count == 0 ? ',' : '.';
    char group = grouping().value_or('\0');
    if (group == '\0' && !ambiguous_.empty()) group = ambiguous_.find(',') != std::string::npos ? ',' : '.';
    if (group == '\0' || group == decimal) return Marks{decimal, std::nullopt};
    return Marks{decimal, group};
}

std::string MarkEvidence::contradiction() const {
    if (dot_decimal_.count == 0 || comma_decimal_.count == 0) return {};
    return "\"" + dot_decimal_.text + "\" in row " + std::to_string(dot_decimal_.row) + " and \"" +
           comma_decimal_.text + "\" in row " + std::to_string(comma_decimal_.row);
}

}  // namespace fin::importer
