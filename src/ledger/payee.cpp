#include "ledger/payee.hpp"

#include <algorithm>
#include <unordered_map>
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

// What a word can be besides a name.
enum Role : unsigned char {
    legal_anywhere = 1,  // a legal form that means nothing else
    legal_at_end = 2,    // a legal form that is a word, too, and counts only at an end
    legal_at_start = 4,
    processor = 8,   // writes the payee behind an asterisk
    month = 16,      // belongs to a date where a number stands beside it
    announcer = 32,  // announces a reference: "No 123", "ref 4711", "счет 15"
};

struct RoleWords {
    int role;
    std::string_view words;
};

constexpr RoleWords role_words[] = {
    {legal_anywhere,
     "inc llc ltd gmbh plc corp llp limited incorporated pty ооо оао пао зао нао мбу гуп муп фгуп фгбу гбу чоу"},
    {legal_at_end, "ag bv nv sa se ab as oy kg co lp spa srl sl kk pc ug ev ao sarl corporation company тоо"},
    {legal_at_end | legal_at_start, "ао ип чп"},
    {processor, "paypal pp sq tst sp zettle izettle sumup stripe square ckoc payu"},
    {month,
     "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov "
     "november dec december января февраля марта апреля мая июня июля августа сентября октября ноября декабря"},
    {announcer, "no nr ref inv invoice txn auth id card счет заказ чек"},
};

int role_of(std::string_view word) {
    static const auto roles = [] {
        std::unordered_map<std::string_view, int> map;
        for (const auto& [role, words] : role_words)
            for (std::size_t from = 0; from < words.size();) {
                const auto space = std::min(words.find(' ', from), words.size());
                map[words.substr(from, space - from)] |= role;
                from = space + 1;
            }
        return map;
    }();
    constexpr std::size_t longest = 16;  // bytes of the longest of them; other words are not looked up
    if (word.size() > longest) return 0;
    const auto found = roles.find(word);
    return found == roles.end() ? 0 : found->second;
}

std::vector<Token> tokens_of(std::string_view name) {
    std::vector<Token> tokens;
    tokens.reserve(12);
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

// An authorisation code, an invoice number: digits enough that no firm is told from another by them. Up to five may be
// all that tells "Vendor 1001" from "Vendor 1002", and two payees made one is worse than one payee made two.
bool is_reference(const Token& token) {
    if (token.numeric()) {
        const bool marked = !token.before.empty() && (token.before.back() == '*' || token.before.back() == '#');
        return token.digits >= 6 || marked;
    }
    if (token.text.starts_with("no") && token.digits == token.signs - 2 && token.turns == 1) return true;  // "№15"
    const auto masked = token.text.find_first_not_of('x');
    if (masked > 0 && token.digits >= 3 && token.digits == token.signs - static_cast<int>(masked)) return true;
    return token.digits >= 6 || (token.signs >= 10 && token.turns >= 3);
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
        if (!(role_of(tokens[i].text) & month)) continue;
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
        if (i > 0 && tokens[i].numeric() && (role_of(tokens[i - 1].text) & announcer) && tokens[i].digits >= 2)
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
    std::erase_if(kept, [](const std::string& word) { return (role_of(word) & legal_anywhere) != 0; });
    while (kept.size() > 1 && (role_of(kept.back()) & legal_at_end)) kept.pop_back();
    while (kept.size() > 1 && (role_of(kept.front()) & legal_at_start)) kept.erase(kept.begin());
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
    if (name.find("обществ") != std::string::npos || name.find("предпринимат") != std::string::npos) {
        replace_all(name, "общество с ограниченной ответственностью", "ооо");
        replace_all(name, "индивидуальный предприниматель", "ип");
        replace_all(name, "публичное акционерное общество", "пао");
        replace_all(name, "акционерное общество", "ао");
    }

    auto tokens = tokens_of(name);
    if (tokens.size() > 1 && (role_of(tokens[0].text) & processor) &&
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
