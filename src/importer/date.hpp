// Dates as files write them: formats as texts such as "DD.MM.YYYY", and which of them a column uses.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/calendar.hpp"

namespace fin::importer {

inline constexpr int first_year = 1900, last_year = 2200;

// A format: D, DD, M, MM (one or two digits each), MON (a month's name, English, Russian, German or Dutch), YY, YYYY,
// WEEKDAY (any word) and separators. Several formats that a column mixes are joined by '|'. A time behind the date is
// ignored.
class DateFormat {
public:
    // Throws Error{invalid_argument} where the text is no format.
    explicit DateFormat(std::string_view text);
    std::optional<ledger::Day> parse(std::string_view text) const;
    // The length of the date at the text's beginning, 0 where none; `day` is set.
    std::size_t match(std::string_view text, ledger::Day& day) const;

private:
    enum class Part : unsigned char { day, month, month_name, year2, year4, weekday, literal };
    struct Token {
        Part part;
        char literal;
        bool fixed;  // digits follow each other without a separator: exactly so many are read
    };
    using Tokens = std::vector<Token>;
    static std::size_t match(const Tokens& tokens, std::string_view text, ledger::Day& day);
    std::vector<Tokens> alternatives_;
};

// True where the text is a date under some format.
bool looks_like_date(std::string_view text);

// Gathers which formats all values of a column fit.
class DateEvidence {
public:
    void add(std::string_view text);
    std::size_t dates() const { return dates_; }
    // The formats joined by '|'; empty where there is no date. `rather_day_first` is what the rest of the file says
    // (decimal commas, headers that are not English) and decides only where all else does not.
    // Throws Error{bad_data} that asks for option date_format where two fit.
    std::string format(bool rather_day_first, std::string_view column) const;

private:
    struct Candidate {
        std::string text;
        DateFormat format;
        std::size_t fits = 0, ups = 0, downs = 0;
        ledger::Day last = 0;
    };
    struct Family {  // formats that share separators and lengths
        std::vector<Candidate> candidates;
        std::string example;
        std::size_t values = 0;
        bool differ = false;  // some value means another day under another format
    };
    std::vector<Family> families_;
    std::string last_;
    std::size_t dates_ = 0;
    bool take(Family& family, std::string_view text);
};

}  // namespace fin::importer
