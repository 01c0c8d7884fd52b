#include "importer/date.hpp"

#include <algorithm>
#include <chrono>

#include "error.hpp"
#include "importer/unicode.hpp"

namespace fin::importer {

namespace {

// Beginnings that tell the months apart, in English, German, Dutch and Russian (folded).
unsigned month_of_name(std::string_view word) {
    struct Name {
        std::string_view begin;
        unsigned month;
    };
    static constexpr Name names[] = {{"jan", 1},  {"feb", 2},  {"mar", 3}, {"mär", 3},  {"maa", 3},  {"mrt", 3},
                                     {"mrz", 3},  {"apr", 4},  {"may", 5}, {"mai", 5},  {"mei", 5},  {"jun", 6},
                                     {"jul", 7},  {"aug", 8},  {"sep", 9}, {"oct", 10}, {"okt", 10}, {"nov", 11},
                                     {"dec", 12}, {"dez", 12}, {"янв", 1}, {"фев", 2},  {"мар", 3},  {"апр", 4},
                                     {"мая", 5},  {"май", 5},  {"июн", 6}, {"июл", 7},  {"авг", 8},  {"сен", 9},
                                     {"окт", 10}, {"ноя", 11}, {"дек", 12}};
    const std::string low = folded(word);
    for (const auto& name : names)
        if (low.starts_with(name.begin)) return name.month;
    return 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

std::optional<ledger::Day> checked_day(int year, unsigned month, unsigned day) {
    using namespace std::chrono;
    if (year < first_year || year > last_year) return std::nullopt;
    const year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok()) return std::nullopt;
    return ledger::day_of(year, month, day);
}

}  // namespace

DateFormat::DateFormat(std::string_view given) {
    const auto refuse = [&](const std::string& why) {
        throw Error(ErrorCode::invalid_argument, "\"" + clipped(given) + "\" is no date format", why,
                    "Write it with D, DD, M, MM, MON, YY, YYYY and separators, for example DD.MM.YYYY.");
    };
    std::string_view rest = given;
    for (bool more = true; more;) {
        const std::size_t bar = rest.find('|');
        std::string_view text = rest.substr(0, bar);
        more = bar != std::string_view::npos;
        if (more) rest.remove_prefix(bar + 1);
        Tokens tokens;
        int days = 0, months = 0, years = 0;
        while (!text.empty()) {
            const auto take = [&](std::string_view word, Part part) {
                if (!text.starts_with(word)) return false;
                if (!tokens.empty() && tokens.back().part != Part::literal) tokens.back().fixed = true;
                const bool joined = !tokens.empty() && tokens.back().part != Part::literal;
                tokens.push_back({part, 0, joined});
                text.remove_prefix(word.size());
                return true;
            };
            if (take("WEEKDAY", Part::weekday)) continue;
            if (take("YYYY", Part::year4) || take("YY", Part::year2)) {
                ++years;
            } else if (take("MON", Part::month_name) || take("MM", Part::month) || take("M", Part::month)) {
                ++months;
            } else if (take("DD", Part::day) || take("D", Part::day)) {
                ++days;
            } else if (is_letter(text.front()) || is_digit(text.front())) {
                refuse("\"" + clipped(text) + "\" is not understood.");
            } else {
                tokens.push_back({Part::literal, text.front(), false});
                text.remove_prefix(1);
            }
        }
        if (days != 1 || months != 1 || years != 1) refuse("It needs one day, one month and one year.");
        alternatives_.push_back(std::move(tokens));
    }
}

std::size_t DateFormat::match(const Tokens& tokens, std::string_view text, ledger::Day& result) {
    std::size_t at = 0;
    int year = 0;
    unsigned month = 0, day = 0;
    const auto number = [&](std::size_t least, std::size_t most) -> int {
        int value = 0;
        std::size_t count = 0;
        while (at < text.size() && count < most && is_digit(text[at])) value = value * 10 + (text[at++] - '0'), ++count;
        return count >= least ? value : -1;
    };
    for (const Token& token : tokens) {
        int value = 0;
        switch (token.part) {
            case Part::literal:
                if (at >= text.size() || text[at] != token.literal) return 0;
                ++at;
                if (token.literal == ' ')
                    while (at < text.size() && text[at] == ' ') ++at;
                continue;
            case Part::weekday:
            case Part::month_name: {
                const std::size_t start = at;
                while (at < text.size() && is_letter(text[at])) ++at;
                if (at == start) return 0;
                if (token.part == Part::weekday) continue;
                value = static_cast<int>(month = month_of_name(text.substr(start, at - start)));
                if (value == 0) return 0;
                if (at < text.size() && text[at] == '.' && text.substr(at).starts_with(". ")) ++at;
                continue;
            }
            case Part::day:
                if ((value = number(token.fixed ? 2 : 1, 2)) < 0) return 0;
                day = static_cast<unsigned>(value);
                continue;
            case Part::month:
                if ((value = number(token.fixed ? 2 : 1, 2)) < 0) return 0;
                month = static_cast<unsigned>(value);
                continue;
            case Part::year4:
                if ((value = number(4, 4)) < 0) return 0;
                year = value;
                continue;
            case Part::year2:
                if ((value = number(2, 2)) < 0) return 0;
                // The window of POSIX strptime: 69..99 are 19xx.
                year = value + (value >= 69 ? 1900 : 2000);
                continue;
        }
    }
    const auto found = checked_day(year, month, day);
    if (!found) return 0;
    result = *found;
    return at;
}

std::size_t DateFormat::match(std::string_view text, ledger::Day& day) const {
    for (const Tokens& tokens : alternatives_)
        if (const std::size_t length = match(tokens, text, day)) return length;
    return 0;
}

std::optional<ledger::Day> DateFormat::parse(std::string_view text) const {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    for (const Tokens& tokens : alternatives_) {
        ledger::Day day = 0;
        const std::size_t length = match(tokens, text, day);
        if (length == 0) continue;
        const std::string_view rest = text.substr(length);
        if (rest.empty()) return day;
        // A time of day: "T08:15", " 08:15:00", " 1:05 PM", ", 10:20".
        std::size_t at = 0;
        while (at < rest.size() && (rest[at] == ' ' || rest[at] == 'T' || rest[at] == ',')) ++at;
        if (at == 0 || at + 3 > rest.size() || !is_digit(rest[at])) continue;
        const std::size_t colon = rest.find_first_of(":.", at);
        if (colon != std::string_view::npos && colon - at <= 2) return day;
    }
    return std::nullopt;
}

namespace {

// The layout of a text as format texts: every order of its parts that dates are written in.
std::vector<std::string> layouts(std::string_view text) {
    struct Part {
        bool word;
        std::size_t length;
        bool month;
    };
    std::vector<Part> parts;
    std::vector<std::string> separators;  // before each part
    std::size_t at = 0;
    std::string weekday;
    while (at < text.size() && parts.size() < 3) {
        std::string separator;
        while (at < text.size() && !is_digit(text[at]) && !is_letter(text[at]) && separator.size() < 3)
            separator += text[at++];
        const std::size_t start = at;
        if (at == text.size()) break;
        const bool word = !is_digit(text[at]);
        while (at < text.size() && (word ? is_letter(text[at]) : is_digit(text[at]))) ++at;
        if (at == start) return {};
        const bool month = word && month_of_name(text.substr(start, at - start)) > 0;
        if (word && !month) {
            if (!parts.empty() || !weekday.empty() || !separator.empty()) return {};
            weekday = "WEEKDAY";
            continue;
        }
        if (word && text.substr(at).starts_with(". ")) ++at;
        parts.push_back({word, at - start, month});
        separators.push_back(parts.size() == 1 && weekday.empty() ? "" : separator);
        if (parts.size() == 1 && weekday.empty() && !separator.empty()) return {};
    }
    const auto spaces = [](std::string s) {  // a run of spaces is one
        while (s.find("  ") != std::string::npos) s.erase(s.find("  "), 1);
        return s;
    };
    if (parts.empty()) return {};
    if (!parts[0].word && (parts[0].length == 8 || parts[0].length == 6) &&
        (parts.size() == 1 || separators[1] == " " || separators[1] == "T")) {
        if (parts[0].length == 8) return {"YYYYMMDD", "DDMMYYYY"};
        return {"YYMMDD", "DDMMYY"};
    }
    if (parts.size() < 3) return {};
    const std::string a = weekday + spaces(separators[0]), b = spaces(separators[1]), c = spaces(separators[2]);
    if (b.empty() || c.empty()) return {};
    const int words = parts[0].word + parts[1].word + parts[2].word;
    if (words > 1) return {};
    const auto year = [](const Part& part) -> std::string { return part.length == 4 ? "YYYY" : "YY"; };
    const auto small = [](const Part& part) { return !part.word && part.length <= 2; };
    const auto yearly = [](const Part& part) { return !part.word && (part.length == 4 || part.length == 2); };
    std::vector<std::string> result;
    if (words == 1) {
        if (parts[1].month && small(parts[0]) && yearly(parts[2]))
            result.push_back(a + "DD" + b + "MON" + c + year(parts[2]));
        if (parts[0].month && small(parts[1]) && yearly(parts[2]))
            result.push_back(a + "MON" + b + "DD" + c + year(parts[2]));
        if (parts[1].month && parts[0].length == 4 && small(parts[2]))
            result.push_back(a + "YYYY" + b + "MON" + c + "DD");
        return result;
    }
    if (b != c) return {};
    if (parts[0].length == 4 && small(parts[1]) && small(parts[2])) return {a + "YYYY" + b + "MM" + c + "DD"};
    if (!small(parts[0]) || !small(parts[1]) || !yearly(parts[2])) return {};
    result.push_back(a + "DD" + b + "MM" + c + year(parts[2]));
    // Nobody writes the month first with dots.
    if (b != ".") result.push_back(a + "MM" + b + "DD" + c + year(parts[2]));
    return result;
}

}  // namespace

bool looks_like_date(std::string_view text) {
    text = trimmed(text);
    if (text.size() < 6 || text.size() > 40) return false;
    for (const auto& layout : layouts(text))
        if (DateFormat(layout).parse(text)) return true;
    return false;
}

bool DateEvidence::take(Family& family, std::string_view text) {
    bool any = false;
    std::optional<ledger::Day> first;
    for (auto& candidate : family.candidates) {
        const auto day = candidate.format.parse(text);
        if (!day) continue;
        if (first && *first != *day) family.differ = true;
        first = day, any = true;
        if (candidate.fits++ > 0) {
            candidate.ups += *day > candidate.last;
            candidate.downs += *day < candidate.last;
        }
        candidate.last = *day;
    }
    if (any) ++family.values;
    return any;
}

void DateEvidence::add(std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return;
    if (text == last_) {
        ++dates_;  // says nothing new: ledgers repeat dates
        return;
    }
    for (auto& family : families_) {
        if (take(family, text)) {
            ++dates_;
            if (text.size() <= 64) last_ = text;
            return;
        }
    }
    if (families_.size() >= 8 || text.size() < 6 || text.size() > 40) return;
    Family family;
    for (auto& layout : layouts(text)) family.candidates.push_back({layout, DateFormat(layout)});
    family.example = text;
    if (family.candidates.empty() || !take(family, text)) return;
    ++dates_, last_ = text;
    families_.push_back(std::move(family));
}

std::string DateEvidence::format(bool rather_day_first, std::string_view column) const {
    std::vector<const Family*> families;
    for (const auto& family : families_) families.push_back(&family);
    // The layout most rows have comes first and is tried first.
    std::stable_sort(families.begin(), families.end(),
                     [](const Family* a, const Family* b) { return a->values > b->values; });
    std::string result;
    for (const Family* family : families) {
        std::vector<const Candidate*> best;
        for (const auto& candidate : family->candidates) {
            if (!best.empty() && candidate.fits < best[0]->fits) continue;
            if (!best.empty() && candidate.fits > best[0]->fits) best.clear();
            best.push_back(&candidate);
        }
        const Candidate* chosen = best[0];
        if (best.size() > 1 && family->differ) {
            const auto ordered = [](const Candidate* c) {
                return (c->ups == 0 || c->downs == 0) && c->ups + c->downs >= 3;
            };
            const bool first = ordered(best[0]), second = ordered(best[1]);
            if (first != second) {
                chosen = first ? best[0] : best[1];
            } else if (!rather_day_first) {
                throw Error(
                    ErrorCode::bad_data, "two date formats fit: " + best[0]->text + " and " + best[1]->text,
                    "Every value of column \"" + clipped(column) + "\" can be read both ways, for example \"" +
                        clipped(family->example) + "\".",
                    "Say which it is in option date_format, for example {\"date_format\": \"" + best[0]->text + "\"}.");
            }
        }
        if (!result.empty()) result += '|';
        result += chosen->text;
    }
    return result;
}

}  // namespace fin::importer
