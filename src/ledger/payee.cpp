#include "ledger/payee.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "ledger/fold.hpp"

namespace fin::ledger {

namespace {

struct Token {
    std::string_view text;      // of the folded name
    int digits = 0, signs = 0;  // how many code points are digits; how many there are
    int turns = 0;              // changes from letter to digit or back
    std::string_view before;    // what stands between the token before and this one
    bool dropped = false;

    bool numeric() const { return digits == signs; }
};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view text) {
    return std::ranges::find(words, text) != words.end();
}

// Forms that mean nothing else wherever they stand, and forms that are words too and count only at an end.
constexpr std::array<std::string_view, 22> legal_anywhere = {
    "inc", "llc", "ltd", "gmbh", "plc", "corp", "llp",  "limited", "incorporated", "ооо", "оао",
    "пао", "зао", "нао", "мбу",  "гуп", "муп",  "фгуп", "фгбу",    "гбу",          "чоу", "pty"};
constexpr std::array<std::string_view, 26> legal_at_end = {
    "ag", "bv", "nv", "sa", "se", "ab", "as",   "oy",          "kg",      "co", "lp", "spa", "srl",
    "sl", "kk", "pc", "ug", "ev", "ao", "sarl", "corporation", "company", "ао", "ип", "чп",  "тоо"};
constexpr std::array<std::string_view, 3> legal_at_start = {"ао", "ип", "чп"};

// Names of processors that write the payee behind an asterisk.
constexpr std::array<std::string_view, 12> processors = {"paypal",  "pp",    "sq",     "tst",    "sp",   "zettle",
                                                         "izettle", "sumup", "stripe", "square", "ckoc", "payu"};

constexpr std::array<std::string_view, 30> months = {
    "jan",    "january", "feb",   "february", "mar",    "march", "apr",  "april",   "may",      "jun",
    "june",   "jul",     "july",  "aug",      "august", "sep",   "sept", "oct",     "nov",      "dec",
    "января", "февраля", "марта", "апреля",   "мая",    "июня",  "июля", "августа", "сентября", "октября"};
constexpr std::array<std::string_view, 6> more_months = {"september", "october", "november",
                                                         "december",  "ноября",  "декабря"};

// Words that announce a reference: "No 123", "ref 4711", "счет 15".
constexpr std::array<std::string_view, 12> announcers = {"no",   "nr", "ref",  "inv",  "invoice", "txn",
                                                         "auth", "id", "card", "счет", "заказ",   "чек"};

bool is_month(std::string_view text) { return among(months, text) || among(more_months, text); }

std::vector<Token> tokens_of(std::string_view name) {
    std::vector<Token> tokens;
    std::size_t gap = 0;  // where the last separator began
    for (std::size_t at = 0; at < name.size();) {
        auto sign = decode(name.substr(at));
        if (sign.glyph == Glyph::other) {
            at += sign.bytes;
            continue;
        }
        Token token;
        token.before = name.substr(gap, at - gap);
        const std::size_t from = at;
        for (Glyph last = sign.glyph; at < name.size(); at += sign.bytes) {
            sign = decode(name.substr(at));
            if (sign.glyph == Glyph::other) break;
            ++token.signs;
            token.digits += sign.glyph == Glyph::digit;
            token.turns += sign.glyph != last;
            last = sign.glyph;
        }
        token.text = name.substr(from, at - from);
        tokens.push_back(token);
        gap = at;
    }
    return tokens;
}

// A card's last digits, an authorisation code, an invoice number: digits enough that no firm has them in its name.
bool is_reference(const Token& token) {
    if (token.numeric()) {
        const bool marked = !token.before.empty() && (token.before.back() == '*' || token.before.back() == '#');
        return token.digits >= 4 || marked;
    }
    if (token.text.starts_with("no") && token.digits == token.signs - 2 && token.turns == 1) return true;  // "№15"
    const auto masked = token.text.find_first_not_of('x');
    if (masked > 0 && token.digits >= 3 && token.digits == token.signs - static_cast<int>(masked)) return true;
    return token.digits >= 5 || (token.digits >= 4 && 2 * token.digits >= token.signs) ||
           (token.signs >= 10 && token.turns >= 3);
}

void drop_dates(std::vector<Token>& tokens) {
    const auto joined = [&](std::size_t i) {
        return tokens[i].numeric() && tokens[i - 1].numeric() && tokens[i].before.size() == 1 &&
               std::string_view("./-:").find(tokens[i].before.front()) != std::string_view::npos;
    };
    for (std::size_t i = 1; i < tokens.size(); ++i) {
        // "12.03.2020", "2020-03-12", "12:30:05"; of two parts only "12/03" and "12:30", so that "24/7" stays.
        if (!joined(i)) continue;
        const bool three = i + 1 < tokens.size() && joined(i + 1) && tokens[i + 1].before == tokens[i].before;
        const bool two = tokens[i].digits == 2 && tokens[i - 1].digits == 2;
        if (!three && !two) continue;
        tokens[i - 1].dropped = tokens[i].dropped = true;
        if (three) tokens[++i].dropped = true;
    }
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (!is_month(tokens[i].text)) continue;
        const auto part_of_date = [&](std::size_t at) { return tokens[at].numeric() && tokens[at].digits != 3; };
        if (i > 0 && part_of_date(i - 1)) tokens[i].dropped = tokens[i - 1].dropped = true;
        if (i + 1 < tokens.size() && part_of_date(i + 1)) tokens[i].dropped = tokens[i + 1].dropped = true;
    }
}

void drop_references(std::vector<Token>& tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        // Behind the name a short code of letters and digits is a reference ("github.com 8kd92"); in front it is a
        // name.
        const bool code = i > 0 && tokens[i].signs >= 5 && tokens[i].digits >= 2 && tokens[i].turns >= 2;
        if (code || is_reference(tokens[i])) tokens[i].dropped = true;
        if (i > 0 && tokens[i].numeric() && among(announcers, tokens[i - 1].text) && tokens[i].digits >= 2)
            tokens[i].dropped = tokens[i - 1].dropped = true;
    }
}

// "b.v." and "s.p.a." come as single letters between dots.
std::vector<std::string> words_of(const std::vector<Token>& tokens) {
    std::vector<std::string> words;
    bool letters = false;  // the last word is made of single letters
    bool apostrophe = false;
    for (const Token& token : tokens) {
        if (token.dropped) {
            letters = false;
            continue;
        }
        apostrophe = token.before == "'" || token.before == "’" || token.before == "`";
        const bool initial = token.signs == 1 && token.digits == 0;
        if (!words.empty() && ((initial && letters && token.before == ".") || (apostrophe && token.signs == 1)))
            words.back() += token.text;
        else
            words.emplace_back(token.text), letters = initial;
    }
    return words;
}

void drop_legal_forms(std::vector<std::string>& words) {
    auto kept = words;
    std::erase_if(kept, [](const std::string& word) { return among(legal_anywhere, word); });
    while (kept.size() > 1 && among(legal_at_end, kept.back())) kept.pop_back();
    while (kept.size() > 1 && among(legal_at_start, kept.front())) kept.erase(kept.begin());
    if (!kept.empty()) words = std::move(kept);
}

std::string joined(const std::vector<std::string>& words) {
    std::string key;
    for (const auto& word : words) {
        if (!key.empty()) key += ' ';
        key += word;
    }
    return key;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

}  // namespace

std::string payee_key(std::string_view text) {
    std::string name = folded(text);
    replace_all(name, "общество с ограниченной ответственностью", "ооо");
    replace_all(name, "индивидуальный предприниматель", "ип");
    replace_all(name, "публичное акционерное общество", "пао");
    replace_all(name, "акционерное общество", "ао");

    auto tokens = tokens_of(name);
    if (tokens.size() > 1 && among(processors, tokens[0].text) &&
        tokens[1].before.find('*') != std::string_view::npos && !is_reference(tokens[1]))
        tokens[0].dropped = true;
    drop_dates(tokens);
    drop_references(tokens);
    auto words = words_of(tokens);
    if (words.empty()) {  // nothing but numbers: then the numbers are the name
        for (Token& token : tokens) token.dropped = false;
        words = words_of(tokens);
    }
    drop_legal_forms(words);
    std::string key = joined(words);
    if (key.empty()) key = name;
    return key.empty() ? std::string(text) : key;
}

}  // namespace fin::ledger
