#include "review/conceal.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <optional>

#include "ledger/fold.hpp"
#include "ledger/kind_words.hpp"

namespace fin::review {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
bool is_word(char c) { return is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80; }

int digit(char c) { return c - '0'; }

bool luhn(std::string_view digits) {
    int sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        int d = digit(digits[digits.size() - 1 - i]);
        if (i % 2 == 1 && (d *= 2) > 9) d -= 9;
        sum += d;
    }
    return sum % 10 == 0;
}

bool mod97(std::string_view iban) {  // without spaces
    int rest = 0;
    for (std::size_t i = 0; i < iban.size(); ++i) {
        const char c = iban[(i + 4) % iban.size()];
        rest = is_digit(c) ? (rest * 10 + digit(c)) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
    }
    return rest == 1;
}

bool weighted(std::string_view digits, std::initializer_list<int> weights, int check) {
    int sum = 0;
    std::size_t i = 0;
    for (const int weight : weights) sum += weight * digit(digits[i++]);
    return sum % 11 % 10 == check;
}
bool inn(std::string_view d) {
    if (d.size() == 10) return weighted(d, {2, 4, 10, 3, 5, 9, 4, 6, 8}, digit(d[9]));
    return d.size() == 12 && weighted(d, {7, 2, 4, 10, 3, 5, 9, 4, 6, 8}, digit(d[10])) &&
           weighted(d, {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}, digit(d[11]));
}

// Digits from `begin` with at most one space, point or hyphen between; `end` is after the last digit.
struct Run {
    std::string digits;
    std::size_t end = 0;
};
Run digits_from(std::string_view text, std::size_t begin, std::string_view between) {
    Run run;
    for (std::size_t i = begin; i < text.size(); ++i) {
        if (is_digit(text[i])) {
            run.digits += text[i];
            run.end = i + 1;
        } else if (between.find(text[i]) == std::string_view::npos || i > run.end + 1) {
            break;
        }
    }
    return run;
}

std::optional<Found> email_at(std::string_view text, std::size_t at) {
    // `at` is the sign itself.
    const auto part = [](char c) { return is_word(c) || c == '.' || c == '_' || c == '+' || c == '-' || c == '%'; };
    std::size_t begin = at, end = at + 1;
    while (begin > 0 && part(text[begin - 1])) --begin;
    while (end < text.size() && (is_word(text[end]) || text[end] == '.' || text[end] == '-')) ++end;
    while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    const std::string_view host = text.substr(at + 1, end - at - 1);
    if (begin == at || host.find('.') == std::string_view::npos) return std::nullopt;
    return Found{begin, end, Secret::email};
}

std::optional<Found> iban_at(std::string_view text, std::size_t at) {
    std::string plain;
    std::size_t end = at;
    for (std::size_t i = at; i < text.size() && plain.size() < 34; ++i) {
        const char c = is_letter(text[i]) ? static_cast<char>(text[i] & ~0x20) : text[i];
        if (c == ' ' && i == end && !plain.empty()) continue;
        if (!is_digit(c) && !is_upper(c)) break;
        plain += c;
        end = i + 1;
        const bool over = end == text.size() || !is_word(text[end]);
        if (plain.size() < 4 || !is_upper(plain[0]) || !is_upper(plain[1]) || !is_digit(plain[2]) ||
            !is_digit(plain[3])) {
            if (plain.size() >= 4) break;
            continue;
        }
        if (over && plain.size() >= 15 && mod97(plain)) return Found{at, end, Secret::iban};
    }
    return std::nullopt;
}

std::optional<Found> number_at(std::string_view text, std::size_t at) {
    const bool plus = text[at] == '+';
    const std::size_t first = plus ? at + 1 : at;
    const Run close = digits_from(text, first, " -");
    const Run solid = digits_from(text, first, "");
    const auto found = [&](std::size_t end, Secret kind) { return std::optional(Found{at, end, kind}); };
    if (plus) {
        const Run phone = digits_from(text, first, " -().");
        // Brackets may stand beside a space or hyphen: two signs between digits.
        std::string digits;
        std::size_t end = first;
        for (std::size_t i = first; i < text.size() && i <= end + 2; ++i) {
            if (is_digit(text[i]))
                digits += text[i], end = i + 1;
            else if (std::string_view(" -().").find(text[i]) == std::string_view::npos)
                break;
        }
        if (digits.size() >= 8 && digits.size() <= 15) return found(end, Secret::phone);
        return phone.digits.size() >= 8 && phone.digits.size() <= 15 ? found(phone.end, Secret::phone) : std::nullopt;
    }
    if (solid.digits.size() == 20) return found(solid.end, Secret::bank_account);
    if (close.digits.size() == 20) return found(close.end, Secret::bank_account);
    if (close.digits.size() >= 13 && close.digits.size() <= 19 && luhn(close.digits))
        return found(close.end, Secret::card);
    if ((solid.digits.size() == 10 || solid.digits.size() == 12) && inn(solid.digits))
        return found(solid.end, Secret::tax_number);
    if (solid.digits.size() == 9 && solid.digits.substr(0, 2) == "04") return found(solid.end, Secret::bank_code);
    // National forms of telephone numbers.
    std::string digits;
    std::size_t end = at;
    bool signs = false;
    for (std::size_t i = at; i < text.size() && i <= end + 2; ++i) {
        if (is_digit(text[i]))
            digits += text[i], end = i + 1;
        else if (std::string_view(" -()").find(text[i]) != std::string_view::npos)
            signs = true;
        else
            break;
    }
    const bool russian = digits.size() == 11 && (digits[0] == '8' || digits[0] == '7');
    if (russian || (signs && digits.size() == 10 && solid.digits.size() == 3)) return found(end, Secret::phone);
    return std::nullopt;
}

std::optional<Found> bracketed_phone(std::string_view text, std::size_t at) {  // (212) 555-0142
    const Run area = digits_from(text, at + 1, "");
    if (area.digits.size() != 3 || area.end >= text.size() || text[area.end] != ')') return std::nullopt;
    std::size_t from = area.end + 1;
    if (from < text.size() && text[from] == ' ') ++from;
    const Run rest = digits_from(text, from, "-. ");
    return rest.digits.size() == 7 ? std::optional(Found{at, rest.end, Secret::phone}) : std::nullopt;
}

struct Word {
    std::size_t begin, end;
    bool capital, initial;  // "И." or "J."
    std::string folded;
};

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    const auto size = static_cast<std::int32_t>(text.size());
    std::int32_t at = 0;
    while (at < size) {
        std::int32_t begin = at;
        UChar32 c = 0;
        U8_NEXT(text.data(), at, size, c);
        if (c < 0 || !u_isalpha(c)) continue;
        const bool capital = u_isupper(c);
        int letters = 1;
        std::int32_t end = at;
        while (at < size) {
            U8_NEXT(text.data(), at, size, c);
            if (c < 0 || !(u_isalpha(c) || c == '-')) break;
            end = at, ++letters;
        }
        at = end;
        const auto from = static_cast<std::size_t>(begin), to = static_cast<std::size_t>(end);
        words.push_back({from, to, capital, letters == 1 && to < text.size() && text[to] == '.',
                         ledger::folded(text.substr(from, to - from))});
    }
    return words;
}

bool ends_with(std::string_view text, std::string_view tail) {
    return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

void find_people(std::string_view text, std::vector<Found>& found) {
    const auto words = words_of(text);
    const auto beside = [&](std::size_t i, std::size_t j) {
        for (std::size_t at = words[i].end; at < words[j].begin; ++at)
            if (text[at] != ' ' && text[at] != '.') return false;
        return true;
    };
    const auto add = [&](std::size_t from, std::size_t to) {
        const std::size_t end = words[to].end + (words[to].initial ? 1 : 0);
        found.push_back({words[from].begin, end, Secret::person});
    };
    static constexpr std::array<std::string_view, 8> patronymics = {"ович", "евич", "ьич",  "овна",
                                                                    "евна", "ична", "оглы", "кызы"};
    static constexpr std::array<std::string_view, 13> titles = {
        "mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "г-н", "г-жа", "ип", "господин", "госпожа"};
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        const auto of_father = std::any_of(patronymics.begin(), patronymics.end(), [&](auto tail) {
            return ends_with(word.folded, tail) && word.folded.size() > tail.size() + 2;
        });
        if (of_father && i >= 1 && beside(i - 1, i)) {
            const bool first = i >= 2 && beside(i - 2, i - 1);
            add(first ? i - 2 : i - 1, i);
        } else if (word.initial && word.capital) {
            // "Иванов И. И.", "I. I. Ivanov"
            std::size_t last = i;
            while (last + 1 < words.size() && words[last + 1].initial && beside(last, last + 1)) ++last;
            if (i > 0 && words[i - 1].capital && !words[i - 1].initial && beside(i - 1, i))
                add(i - 1, last);
            else if (last + 1 < words.size() && words[last + 1].capital && beside(last, last + 1))
                add(i, last + 1);
            i = last;
        } else if (std::find(titles.begin(), titles.end(), word.folded) != titles.end()) {
            std::size_t last = i;
            while (last + 1 < words.size() && last < i + 3 && words[last + 1].capital && beside(last, last + 1)) ++last;
            if (last > i) add(i + 1, last), i = last;
        }
    }
}

void find_swift(std::string_view text, std::vector<Found>& found) {
    const auto words = words_of(text);
    for (const Word& word : words) {
        if (word.folded != "bic" && word.folded != "swift" && word.folded != "бик") continue;
        std::size_t at = word.end;
        while (at < text.size() && !is_word(text[at])) ++at;
        std::size_t end = at;
        while (end < text.size() && (is_upper(text[end]) || is_digit(text[end]))) ++end;
        if (end - at == 8 || end - at == 11) found.push_back({at, end, Secret::bank_code});
    }
}

}  // namespace

std::vector<Found> find_secrets(std::string_view text) {
    std::vector<Found> found;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool begins = i == 0 || !is_word(text[i - 1]);
        std::optional<Found> one;
        if (c == '@')
            one = email_at(text, i);
        else if (begins && is_letter(c))
            one = iban_at(text, i);
        else if (begins && (is_digit(c) || c == '+'))
            one = number_at(text, i);
        else if (c == '(')
            one = bracketed_phone(text, i);
        if (!one) continue;
        found.push_back(*one);
        i = std::max(i, one->end - 1);
    }
    find_swift(text, found);
    find_people(text, found);
    std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
    });
    std::vector<Found> apart;
    for (const Found& one : found)
        if (apart.empty() || one.begin >= apart.back().end)
            apart.push_back(one);
        else
            apart.back().end = std::max(apart.back().end, one.end);
    return apart;
}

std::string clean(std::string_view text, std::size_t most) {
    std::string out;
    std::size_t count = 0;
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        const std::int32_t from = at;
        UChar32 c = 0;
        U8_NEXT(text.data(), at, size, c);
        if (c < 0) continue;
        const bool space = u_isUWhiteSpace(c) || u_isISOControl(c);
        const auto type = u_charType(c);
        if (!space &&
            (type == U_FORMAT_CHAR || type == U_PRIVATE_USE_CHAR || type == U_UNASSIGNED || type == U_SURROGATE))
            continue;
        if (space && (out.empty() || out.back() == ' ')) continue;
        if (count == most) return out + "…";
        ++count;
        if (space)
            out += ' ';
        else
            out += text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(at - from));
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

std::string Concealer::token(std::string_view text) {
    const std::string folded = ledger::folded(clean(text, 500));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(folded.data()), folded.size(), digest.data(), &size);
    std::string token;
    // 26^8 names: two of a workspace's ten thousand meet once in four thousand workspaces, and then share a token.
    std::uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | digest[static_cast<std::size_t>(i)];
    for (int i = 0; i < 8; ++i, number /= 26) token += static_cast<char>('a' + number % 26);
    names_.emplace(token, std::string(text));
    written_.emplace(folded, token);
    return token;
}

std::string Concealer::name(std::string_view text) {
    if (ledger::trimmed(text).empty()) return {};
    return "{{n:" + token(ledger::trimmed(text)) + "}}";
}

namespace {

// Every word of the lists that tell kinds, and the small words that join them.
bool is_bookkeeping(const std::string& word) {
    static const std::vector<std::pair<std::string, bool>> known = [] {  // word, may go on
        std::vector<std::pair<std::string, bool>> words;
        const auto add = [&](std::string_view phrases) {
            std::size_t at = 0;
            while (at < phrases.size()) {
                const std::size_t end = std::min(phrases.find_first_of(" ,", at), phrases.size());
                std::string_view one = phrases.substr(at, end - at);
                const bool open = !one.empty() && one.back() == '*';
                if (open) one.remove_suffix(1);
                if (!one.empty()) words.emplace_back(one, open);
                at = end + 1;
            }
        };
        for (const auto& kind : ledger::kind_words()) add(kind.phrases);
        add("and, of, for, from, to, the, other, general, operating, и, на, по, от, для, за, в, прочие, прочее, общие, "
            "другие, другое");
        std::sort(words.begin(), words.end());
        return words;
    }();
    // The last entry that is not greater, and shorter ones before it that may go on.
    for (std::size_t length = word.size(); length > 0; --length) {
        const std::string begin = word.substr(0, length);
        for (auto at = std::lower_bound(known.begin(), known.end(), std::pair(begin, false));
             at != known.end() && at->first == begin; ++at)
            if (at->second || length == word.size() || (length + 1 == word.size() && word.back() == 's')) return true;
    }
    const bool plural = word.size() > 4 && word.compare(word.size() - 3, 3, "ies") == 0;
    return plural && is_bookkeeping(word.substr(0, word.size() - 3) + "y");
}

}  // namespace

bool is_plain_category(std::string_view text) {
    const std::string folded = ledger::folded(clean(text, 60));
    std::string word;
    int words = 0;
    for (std::string_view rest = folded;; rest.remove_prefix(ledger::decode(rest).bytes)) {
        if (!rest.empty() && ledger::decode(rest).glyph == ledger::Glyph::letter) {
            word += rest.substr(0, ledger::decode(rest).bytes);
            continue;
        }
        if (!word.empty() && (++words > 6 || !is_bookkeeping(word))) return false;
        word.clear();
        if (rest.empty()) return words > 0;
        if (rest.front() != ' ' && std::string_view(":/&,.()-").find(rest.front()) == std::string_view::npos)
            return false;
    }
}

std::string Concealer::category(std::string_view text) {
    const std::string plain = clean(text, 60);
    if (plain.empty()) return {};
    return is_plain_category(plain) && !written_.count(ledger::folded(plain)) ? plain : name(text);
}

std::string Concealer::free_text(std::string_view text, std::size_t most) {
    std::string plain = clean(text, 2000);
    std::replace(plain.begin(), plain.end(), '{', '(');
    std::replace(plain.begin(), plain.end(), '}', ')');
    // A name that the ledger pays is a name here too.
    if (const auto whole = written_.find(ledger::folded(plain)); whole != written_.end())
        return "{{n:" + whole->second + "}}";
    std::string out;
    std::size_t at = 0;
    for (const Found& one : find_secrets(plain)) {
        out += plain.substr(at, one.begin - at) + name(std::string_view(plain).substr(one.begin, one.end - one.begin));
        at = one.end;
    }
    out += plain.substr(at);
    // Clipped last: a secret that is cut in two would not be found. A token is never cut.
    std::string clipped;
    std::size_t count = 0;
    for (std::size_t i = 0; i < out.size();) {
        const bool slot = out.compare(i, 4, "{{n:") == 0;
        const std::size_t bytes =
            slot ? out.find("}}", i) + 2 - i : ledger::decode(std::string_view(out).substr(i)).bytes;
        if (count >= most) return clipped + "…";
        clipped += out.substr(i, bytes);
        i += bytes;
        ++count;
    }
    return clipped;
}

}  // namespace fin::review
