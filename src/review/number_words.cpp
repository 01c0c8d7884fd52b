#include "review/number_words.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "ledger/fold.hpp"

namespace fin::review {

namespace {

// Sorted for binary search at first use. Words are compared folded (lower case, ye for yo).
// Endings are spelled out by stem: every form of a Russian numeral begins with one of these stems and ends with one of
// the endings beside it.
struct Stem {
    std::string_view stem;
    std::string_view endings;  // separated by spaces; "-" is no ending at all
};

constexpr std::array russian = {
    Stem{"ноль", "- ю"},
    Stem{"нул", "ь я ю ем е ей"},
    Stem{"дв", "а е ух ум умя"},

    Stem{"двое", "-"},
    Stem{"двоих", "-"},
    Stem{"трое", "-"},
    Stem{"троих", "-"},
    Stem{"четверо", "-"},
    Stem{"тр", "и ех ем емя"},
    Stem{"четыр", "е ех ем ьмя"},
    Stem{"пят", "ь и ью"},
    Stem{"шест", "ь и ью"},
    Stem{"сем", "ь и ью"},
    Stem{"вос", "емь ьми емью ьмью"},
    Stem{"девят", "ь и ью"},
    Stem{"десят", "ь и ью ок ка ки ков кам ками ке"},
    Stem{"одиннадцат", "ь и ью"},
    Stem{"двенадцат", "ь и ью"},
    Stem{"тринадцат", "ь и ью"},
    Stem{"четырнадцат", "ь и ью"},
    Stem{"пятнадцат", "ь и ью"},
    Stem{"шестнадцат", "ь и ью"},
    Stem{"семнадцат", "ь и ью"},
    Stem{"восемнадцат", "ь и ью"},
    Stem{"девятнадцат", "ь и ью"},
    Stem{"двадцат", "ь и ью"},
    Stem{"тридцат", "ь и ью"},
    Stem{"сорок", "- а"},
    Stem{"пятьдесят", "-"},
    Stem{"пятидесят", "и"},
    Stem{"шестьдесят", "-"},
    Stem{"шестидесят", "и"},
    Stem{"семьдесят", "-"},
    Stem{"семидесят", "и"},
    Stem{"восемьдесят", "-"},
    Stem{"восьмидесят", "и"},
    Stem{"девяност", "о а"},
    Stem{"ст", "о а"},
    Stem{"сот", "- ня ни ню ней ен ням нями нях"},
    Stem{"двест", "и"},
    Stem{"двухсот", "-"},
    Stem{"трист", "а"},
    Stem{"трехсот", "-"},
    Stem{"четырест", "а"},
    Stem{"четырехсот", "-"},
    Stem{"пят", "ьсот исот"},
    Stem{"шест", "ьсот исот"},
    Stem{"сем", "ьсот исот"},
    Stem{"восемьсот", "-"},
    Stem{"восьмисот", "-"},
    Stem{"девят", "ьсот исот"},
    Stem{"тысяч", "- а и у е ей ью ам ами ах"},
    Stem{"тыс", "-"},
    Stem{"миллион", "- а у ом е ы ов ам ами ах"},
    Stem{"млн", "-"},
    Stem{"миллиард", "- а у ом е ы ов ам ами ах"},
    Stem{"млрд", "-"},
    Stem{"триллион", "- а у ом е ы ов ам ами ах"},
    Stem{"трлн", "-"},
    Stem{"половин", "а ы у е ой"},
    Stem{"пол", "-"},
    Stem{"полтор", "а ы"},
    Stem{"треть", "- ю и"},
    Stem{"трет", "ей"},
    Stem{"четверт", "ь и ью ей"},
    Stem{"вдвое", "-"},
    Stem{"втрое", "-"},
    Stem{"вчетверо", "-"},
    Stem{"впятеро", "-"},
    Stem{"вполовину", "-"},
    Stem{"дважды", "-"},
    Stem{"трижды", "-"},
    Stem{"двойн", "ой ая ое ого ому ым ую"},
    Stem{"удво", "ил ила ило или ился илась илось ились ить иться ит ится ение ением ения ению"},
    Stem{"утро", "ил ила ило или ился илась илось ились ить иться ит ится ение ением ения ению"},
    Stem{"дюжин", "а ы у е ой"},
    Stem{"процент", "- а у ом е ы ов ам ами ах"},
    Stem{"процентн", "ый ого ых ым"},
    Stem{"рубл", "ь я ю ем е и ей ям ями ях"},
    Stem{"руб", "-"},
    Stem{"доллар", "- а у ом е ы ов ам ами ах"},
    Stem{"евро", "-"},
    Stem{"копе", "ек йка йки йку йкой"},
    Stem{"цент", "- а ы ов"},
    Stem{"январ", "ь я ю ем е"},
    Stem{"феврал", "ь я ю ем е"},
    Stem{"март", "- а у ом е"},
    Stem{"апрел", "ь я ю ем е"},
    Stem{"май", "-"},
    Stem{"мае", "-"},
    Stem{"мая", "-"},
    Stem{"маю", "-"},
    Stem{"маем", "-"},
    Stem{"июн", "ь я ю ем е"},
    Stem{"июл", "ь я ю ем е"},
    Stem{"август", "- а у ом е"},
    Stem{"сентябр", "ь я ю ем е"},
    Stem{"октябр", "ь я ю ем е"},
    Stem{"ноябр", "ь я ю ем е"},
    Stem{"декабр", "ь я ю ем е"}};

constexpr std::array english = {
    "zero",     "two",       "three",      "four",       "five",      "six",       "seven",    "eight",     "nine",
    "ten",      "eleven",    "twelve",     "thirteen",   "fourteen",  "fifteen",   "sixteen",  "seventeen", "eighteen",
    "nineteen", "twenty",    "thirty",     "forty",      "fourty",    "fifty",     "sixty",    "seventy",   "eighty",
    "ninety",   "hundred",   "hundreds",   "thousand",   "thousands", "million",   "millions", "billion",   "billions",
    "trillion", "trillions", "mln",        "bln",        "dozen",     "dozens",    "nil",      "naught",    "half",
    "halves",   "halved",    "halving",    "quarter",    "quarters",  "thirds",    "fourths",  "fifths",    "tenth",
    "tenths",   "twice",     "thrice",     "double",     "doubled",   "doubles",   "doubling", "triple",    "tripled",
    "triples",  "tripling",  "quadruple",  "quadrupled", "twofold",   "threefold", "fourfold", "fivefold",  "tenfold",
    "percent",  "percents",  "percentage", "pct",        "bps",       "dollar",    "dollars",  "euro",      "euros",
    "pound",    "pounds",    "ruble",      "rubles",     "rouble",    "roubles",   "cent",     "cents",     "usd",
    "eur",      "gbp",       "rub",        "chf",        "jpy",       "cny",       "january",  "february",  "april",
    "june",     "july",      "august",     "september",  "october",   "november",  "december", "jan",       "feb",
    "apr",      "jun",       "jul",        "aug",        "sep",       "sept",      "oct",      "nov",       "dec",
    "couple",
};

struct Word {
    std::string_view written;
    std::string folded;
};

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    std::int32_t at = 0;
    const auto size = static_cast<std::int32_t>(text.size());
    std::int32_t begin = -1;
    const auto end_word = [&](std::int32_t end) {
        if (begin < 0) return;
        const auto written = text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
        words.push_back({written, ledger::folded(written)});
        begin = -1;
    };
    while (at < size) {
        const std::int32_t from = at;
        UChar32 c = 0;
        U8_NEXT(text.data(), at, size, c);
        const bool letter = c >= 0 && (u_isalpha(c) || u_charType(c) == U_NON_SPACING_MARK || c == '\'' || c == 0x2019);
        if (letter && begin < 0) begin = from;
        if (!letter) end_word(from);
    }
    end_word(size);
    return words;
}

// "one of", "no one", "one-off": counts nothing.
bool counts_nothing(const std::vector<Word>& words, std::size_t at) {
    const auto& word = words[at].folded;
    const std::string_view next = at + 1 < words.size() ? std::string_view(words[at + 1].folded) : std::string_view();
    const std::string_view before = at > 0 ? std::string_view(words[at - 1].folded) : std::string_view();
    if (word == "one" || word == "ones")
        return next == "of" || next == "off" || next == "time" || next == "another" || before == "no" ||
               before == "any" || before == "the" || before == "this" || before == "that" || before == "which" ||
               word == "ones";
    return next == "из" || next == "и";  // one of; one and the same
}

bool is_one(const std::string& word) {
    static const std::vector<std::string> forms = {"one",    "один", "одна",  "одно",  "одни",  "одного", "одной",
                                                   "одному", "одну", "одним", "одном", "одних", "одними"};
    return std::find(forms.begin(), forms.end(), word) != forms.end();
}

// "a third", "by a fifth", "third of": a share; "the third payer": a place in an order.
bool is_share(const std::vector<Word>& words, std::size_t at) {
    static constexpr std::array<std::string_view, 7> ordinals = {"third",   "fourth", "fifth", "sixth",
                                                                 "seventh", "eighth", "ninth"};
    static constexpr std::array<std::string_view, 8> before = {"a",    "one",   "by",     "about",
                                                               "over", "under", "nearly", "almost"};
    if (std::find(ordinals.begin(), ordinals.end(), words[at].folded) == ordinals.end()) return false;
    return (at + 1 < words.size() && words[at + 1].folded == "of") ||
           (at > 0 && std::find(before.begin(), before.end(), words[at - 1].folded) != before.end());
}

bool is_roman(std::string_view word) {
    if (word.size() < 2) return false;
    // Canonical forms only: LLC and CIVIC are none.
    static constexpr std::array<std::array<std::string_view, 10>, 3> digits = {
        {{"", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM"},
         {"", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC"},
         {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"}}};
    std::size_t at = 0;
    while (at < word.size() && word[at] == 'M') ++at;
    for (const auto& place : digits) {
        std::string_view longest;
        for (const auto digit : place)
            if (digit.size() > longest.size() && word.substr(at, digit.size()) == digit) longest = digit;
        at += longest.size();
    }
    return at == word.size();
}

std::optional<std::string> sign_of_number(std::string_view text) {
    std::int32_t at = 0;
    const auto size = static_cast<std::int32_t>(text.size());
    while (at < size) {
        const std::int32_t from = at;
        UChar32 c = 0;
        U8_NEXT(text.data(), at, size, c);
        if (c < 0) return std::string("bytes that are no UTF-8");
        const bool percent = c == '%' || c == 0x2030 || c == 0x2031 || c == 0x66A || c == 0xFE6A || c == 0xFF05;
        // Letters that are numbers as well: Roman figures of Unicode, circled and CJK numerals.
        if (percent || u_getNumericValue(c) != U_NO_NUMERIC_VALUE || u_charType(c) == U_CURRENCY_SYMBOL || c == '#')
            return std::string(text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(at - from)));
    }
    return std::nullopt;
}

}  // namespace

const std::vector<std::string>& number_words() {
    static const std::vector<std::string> words = [] {
        std::vector<std::string> made(english.begin(), english.end());
        for (const auto& [stem, endings] : russian) {
            std::size_t at = 0;
            while (at < endings.size()) {
                const std::size_t end = std::min(endings.find(' ', at), endings.size());
                const std::string_view ending = endings.substr(at, end - at);
                made.push_back(std::string(stem) + (ending == "-" ? "" : std::string(ending)));
                at = end + 1;
            }
        }
        std::sort(made.begin(), made.end());
        made.erase(std::unique(made.begin(), made.end()), made.end());
        return made;
    }();
    return words;
}

std::optional<std::string> first_number(std::string_view text) {
    if (auto sign = sign_of_number(text)) return sign;
    const auto words = words_of(text);
    const auto& numbers = number_words();
    for (std::size_t at = 0; at < words.size(); ++at) {
        const auto& [written, folded] = words[at];
        if (is_one(folded)) {
            if (!counts_nothing(words, at)) return std::string(written);
            continue;
        }
        // Months that are also verbs count as months only with a capital inside a sentence.
        if ((folded == "may" || folded == "march" || folded == "mar") && at > 0 && written.front() >= 'A' &&
            written.front() <= 'Z')
            return std::string(written);
        if (is_share(words, at)) return std::string(written);
        if (is_roman(written)) return std::string(written);
        std::string_view whole = folded;
        if (whole.size() > 2 && whole.substr(whole.size() - 2) == "'s") whole.remove_suffix(2);
        if (std::binary_search(numbers.begin(), numbers.end(), whole)) return std::string(written);
        // Written together: "двухкратный", "пятипроцентный", "twentyfold".
        for (const std::string_view tail : {"кратн", "процентн", "fold", "кратно"})
            if (whole.size() > tail.size() && whole.find(tail) != std::string_view::npos && whole.find(tail) > 2)
                return std::string(written);
    }
    return std::nullopt;
}

}  // namespace fin::review
