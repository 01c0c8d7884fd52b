// SWIFT MT940: customer statements, with or without the blocks of the network around them, several in one file.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "importer/bank/mt940_text.hpp"
#include "importer/bank/sources.hpp"
#include "importer/bank/text.hpp"
#include "importer/unicode.hpp"

namespace fin::importer::bank {

namespace {

constexpr std::size_t max_lines = 1000;  // of one field
constexpr std::size_t max_preamble = 20;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// "60F" of ":60F:..."; empty where the line begins no field.
std::string_view tag_of(std::string_view line) {
    if (line.size() < 4 || line[0] != ':' || !is_digit(line[1]) || !is_digit(line[2])) return {};
    if (line[3] == ':') return line.substr(1, 2);
    return line.size() > 4 && is_capital(line[3]) && line[4] == ':' ? line.substr(1, 3) : std::string_view{};
}

// Fields that say nothing about money moved or held at the edges.
bool is_ignored(std::string_view tag) {
    static constexpr std::string_view tags[] = {"13", "13D", "21", "28", "28C", "34F", "64", "65", "90C", "90D", "94A"};
    return std::find(std::begin(tags), std::end(tags), tag) != std::end(tags);
}

// The booking day tells month and day; its year is the one nearest to the value date.
std::optional<ledger::Day> near(ledger::Day value, std::string_view month_day) {
    const int year = static_cast<int>(ledger::civil(value).year());
    const unsigned month = static_cast<unsigned>((month_day[0] - '0') * 10 + month_day[1] - '0'),
                   day = static_cast<unsigned>((month_day[2] - '0') * 10 + month_day[3] - '0');
    std::optional<ledger::Day> best;
    for (const int candidate : {year, year - 1, year + 1}) {
        using namespace std::chrono;
        if (!year_month_day{std::chrono::year(candidate), std::chrono::month(month), std::chrono::day(day)}.ok())
            continue;
        const ledger::Day found = ledger::day_of(candidate, month, day);
        if (!best || std::abs(found - value) < std::abs(*best - value)) best = found;
    }
    return best;
}

struct Movement {
    ledger::Day day = 0;
    ledger::Money amount;
    bool expected = false;  // not booked yet
    std::string kind;       // "TRF" of NTRF
    std::string date_text, amount_text;
};

class Mt940 : public Source {
public:
    Mt940(std::string_view content, const Plan& plan, const InterruptCheck& check)
        : lines_(content, plan.encoding, check), format_("YYMMDD") {}

protected:
    bool pump() override;

private:
    bool read_field();
    void take_field();
    void begin_statement();
    void end_statement();
    void opening();
    void closing();
    void finish_entry();
    Movement movement(std::string_view line);
    Balance balance();
    [[noreturn]] void misplaced(const std::string& what) const;

    Lines lines_;
    DateFormat format_;
    // The field that was read last, and the line behind it.
    std::string tag_;
    std::vector<std::string> field_;
    std::size_t field_line_ = 0, field_bytes_ = 0;
    bool has_field_ = false, has_line_ = false, ended_ = false;
    std::size_t preamble_ = 0;

    bool in_statement_ = false, opened_ = false, closed_ = false;
    std::size_t statement_line_ = 0, statements_ = 0;
    std::string account_, currency_;
    bool in_entry_ = false;
    std::size_t entry_line_ = 0;
    std::vector<std::string> entry_, details_;
};

void Mt940::misplaced(const std::string& what) const {
    throw Error(ErrorCode::bad_data, "field :" + tag_ + ": stands " + what,
                "It is at line " + std::to_string(field_line_) + ".",
                "A statement is :20:, :25:, the opening balance :60F:, entries :61:, the closing balance :62F:.");
}

// A field goes on over the lines that begin no other. "-" alone ends a message, but also stands in texts that were cut
// into lines there: it ends where a message can begin behind it.
bool Mt940::read_field() {
    field_.clear(), field_bytes_ = 0, tag_.clear();
    const auto more = [&] {
        if (has_line_) return has_line_ = false, true;
        return lines_.next();
    };
    std::size_t dashes = 0;
    const auto ends_message = [&](std::string_view line) { return line.starts_with("-}") || line.starts_with("{"); };
    while (more()) {
        std::string_view line = lines_.line();
        // Blocks 1 and 2 may share the line of the first field.
        if (tag_.empty() && line.starts_with("{"))
            if (const std::size_t text = line.find("{4:");
                text != std::string_view::npos && line.find(":20:", text) != std::string_view::npos)
                line = line.substr(line.find(":20:", text));
        const std::string_view tag = tag_of(line);
        if (tag_.empty()) {
            if (tag.empty()) {
                const std::string_view text = trimmed(line);
                if (ends_message(text) || text == "-") {
                    if (in_statement_ && closed_) end_statement();
                    continue;
                }
                if (text.empty()) continue;
                if (in_statement_ && !closed_)
                    throw Error(
                        ErrorCode::bad_data, "a line belongs to no field",
                        "Line " + std::to_string(lines_.number()) + " reads \"" + clipped(cleaned(text)) + "\".",
                        "The file is damaged: fetch it again.");
                if (++preamble_ > max_preamble)
                    throw Error(
                        ErrorCode::bad_data, "text stands outside the statements",
                        "Line " + std::to_string(lines_.number()) + " reads \"" + clipped(cleaned(text)) + "\".",
                        "The file is damaged: fetch it again.");
                continue;
            }
            tag_ = tag;
            field_line_ = lines_.number();
            field_.emplace_back(line.substr(tag.size() + 2));
            field_bytes_ = line.size();
            continue;
        }
        if (!tag.empty()) {
            // A dash in front of a new message was its end.
            has_line_ = true;
            if (dashes > 0 && tag == "20") field_.resize(field_.size() - dashes);
            return true;
        }
        if (ends_message(line)) {
            has_line_ = true;
            if (dashes > 0) field_.resize(field_.size() - dashes);
            return true;
        }
        const std::string_view text = trimmed(line);
        dashes = text == "-" || (text.empty() && dashes > 0) ? dashes + 1 : 0;
        field_.emplace_back(line);
        field_bytes_ += line.size() + 1;
        if (field_.size() > max_lines || field_bytes_ > max_line) refuse_long("field :" + tag_ + ":", lines_.number());
    }
    if (tag_.empty()) return false;
    if (dashes > 0) field_.resize(field_.size() - dashes);
    return true;
}

bool Mt940::pump() {
    if (!has_field_ && !ended_) {
        has_field_ = read_field();
        ended_ = !has_field_;
    }
    // The entry is whole once another field than its :86: comes; what it throws leaves that field to the next call.
    if (in_entry_ && (ended_ || tag_ != "86")) {
        in_entry_ = false;
        finish_entry();
        return true;
    }
    if (ended_) {
        if (in_statement_ && !closed_) refuse_cut_off("before the closing balance :62F:", lines_.number());
        return false;
    }
    has_field_ = false;
    take_field();
    return true;
}

void Mt940::take_field() {
    if (tag_ == "20") return begin_statement();
    if (!in_statement_) misplaced("outside a statement");
    if (tag_ == "25" || tag_ == "25P") {
        if (!account_.empty()) refuse_twice(":25:", field_line_);
        account_ = beginning_of(trimmed(field_.front()), 256);
    } else if (tag_ == "60F" || tag_ == "60M") {
        opening();
    } else if (tag_ == "61") {
        if (!opened_) misplaced("before the opening balance");
        if (closed_) misplaced("behind the closing balance");
        in_entry_ = true, entry_line_ = field_line_, entry_ = field_, details_.clear();
    } else if (tag_ == "86") {
        // Behind the closing balance it is about the statement.
        if (in_entry_) details_.insert(details_.end(), field_.begin(), field_.end());
        if (details_.size() > max_lines) refuse_long("field :86:", field_line_);
    } else if (tag_ == "62F" || tag_ == "62M") {
        closing();
    } else if (!is_ignored(tag_)) {
        throw Error(ErrorCode::bad_data, "field :" + tag_ + ": is none of MT940",
                    "It is at line " + std::to_string(field_line_) + ".", "The file is damaged or another message.");
    }
}

void Mt940::begin_statement() {
    if (in_statement_ && !closed_)
        throw Error(ErrorCode::bad_data, "a statement has no closing balance",
                    "It begins at line " + std::to_string(statement_line_) + ", the next one at line " +
                        std::to_string(field_line_) + ".",
                    "Fetch the whole file again: entries may be missing before the next statement.");
    in_statement_ = true, opened_ = closed_ = false;
    statement_line_ = field_line_, ++statements_, preamble_ = 0;
    account_.clear(), currency_.clear();
}

void Mt940::end_statement() { in_statement_ = false; }

// "C140219EUR662,23".
Balance Mt940::balance() {
    const std::string_view text = trimmed(field_.front());
    const auto day = text.size() > 10 ? plain_day(text.substr(1, 6), format_) : std::nullopt;
    const std::string_view currency = text.size() > 10 ? text.substr(7, 3) : std::string_view{};
    const auto money = text.size() > 10 ? plain_amount(text.substr(10), ',') : std::nullopt;
    const bool letters = std::all_of(currency.begin(), currency.end(), is_capital);
    if (!day || !money || !letters || (text[0] != 'C' && text[0] != 'D') || text.find(',') == std::string_view::npos)
        throw Error(ErrorCode::bad_data, "field :" + tag_ + ": \"" + clipped(cleaned(text)) + "\" is not a balance",
                    "It is at line " + std::to_string(field_line_) + ".",
                    "A balance is C or D, the date YYMMDD, the currency and an amount with a comma: C140219EUR662,23.");
    return {account_, std::string(currency), text[0] == 'D' ? -*money : *money, *day, field_line_};
}

void Mt940::opening() {
    if (opened_) refuse_twice(":60F:", field_line_);
    Balance found = balance();
    opened_ = true, currency_ = found.currency;
    // Some banks write the account's currency behind its number.
    if (account_.size() > 10 && account_.ends_with(currency_) && is_digit(account_[account_.size() - 4]))
        account_.resize(account_.size() - 3);
    found.account = account_;
    put(Event::opening, std::move(found));
}

void Mt940::closing() {
    if (!opened_) misplaced("before the opening balance");
    if (closed_) refuse_twice(":62F:", field_line_);
    Balance found = balance();
    if (found.currency != currency_)
        throw Error(ErrorCode::bad_data, "the balances of a statement are in two currencies",
                    "It opens in " + currency_ + " and closes in " + found.currency + " at line " +
                        std::to_string(field_line_) + ".",
                    "The file is damaged: fetch it again.");
    closed_ = true;
    put(Event::closing, std::move(found));
}

// "1402200220C1,56NTRFEREF//0000": value date, booking day, direction, amount, type, references.
Movement Mt940::movement(std::string_view line) {
    Movement found;
    const auto bad = [&](const std::string& problem, const std::string& hint) {
        refuse(entry_line_, ":61:", line, problem, hint);
    };
    const auto value = line.size() > 6 ? plain_day(line.substr(0, 6), format_) : std::nullopt;
    if (!value) bad("does not begin with a date YYMMDD", "An entry begins with its value date, as 140220.");
    found.day = *value, found.date_text = line.substr(0, 6);
    std::size_t at = 6;
    const auto is_number = [&](std::size_t from, std::size_t count) {
        return from + count <= line.size() &&
               std::all_of(line.begin() + static_cast<std::ptrdiff_t>(from),
                           line.begin() + static_cast<std::ptrdiff_t>(from + count), is_digit);
    };
    if (is_number(at, 4)) {
        const auto booked = near(*value, line.substr(at, 4));
        if (!booked) bad("has no booking day", "The booking day behind the value date is MMDD, as 0220.");
        found.day = *booked, at += 4, found.date_text = line.substr(0, 10);
    }
    const std::string_view rest = line.substr(at);
    // A reversed credit takes money back, a reversed debit gives it back; E stands for entries that are expected.
    struct Mark {
        std::string_view text;
        bool in, expected;
    };
    static constexpr Mark marks[] = {{"RC", false, false}, {"RD", true, false}, {"EC", true, true},
                                     {"ED", false, true},  {"C", true, false},  {"D", false, false}};
    const auto* const mark =
        std::find_if(std::begin(marks), std::end(marks), [&](const Mark& m) { return rest.starts_with(m.text); });
    if (mark == std::end(marks)) {
        bad("tells neither money in nor money out", "Behind the dates stands C, D, RC or RD.");
        return found;
    }
    at += mark->text.size();
    found.expected = mark->expected;
    if (at < line.size() && is_capital(line[at])) ++at;  // the third letter of the currency
    std::size_t end = at;
    while (end < line.size() && (is_digit(line[end]) || line[end] == ',' || line[end] == '.')) ++end;
    const std::string_view amount = line.substr(at, end - at);
    const auto money = plain_amount(amount, ',');
    if (!money || amount.find(',') == std::string_view::npos)
        bad("has no amount", "An amount is digits with a decimal comma, as 1,56, below 900 trillion.");
    found.amount = mark->in ? *money : -*money;
    found.amount_text = std::string(mark->text) + std::string(amount);
    const std::string_view type = line.substr(end, 4);
    const bool typed = type.size() == 4 && (type[0] == 'N' || type[0] == 'F' || type[0] == 'S') &&
                       std::all_of(type.begin() + 1, type.end(), [](char c) { return is_capital(c) || is_digit(c); });
    if (!typed) bad("has no type of transaction", "Behind the amount stands N, F or S with three letters, as NTRF.");
    found.kind = type.substr(1);
    return found;
}

void Mt940::finish_entry() {
    const Movement found = movement(trimmed(entry_.front()));
    if (found.expected) return put_skipped();
    Remittance remittance = remittance_of(details_);
    Entry entry;
    entry.booked_on = found.day;
    entry.amount = found.amount;
    entry.currency = currency_;
    entry.account = account_;
    entry.category = category_of_kind(found.kind);
    entry.counterparty = std::move(remittance.counterparty);
    entry.description = std::move(remittance.description);
    if (entry.description.empty() && entry.counterparty.empty() && entry_.size() > 1)
        entry.description = entry_[1];  // supplementary details
    std::string details;
    for (const auto& line : details_) details += line;
    entry.raw = {found.date_text, found.amount_text, entry.counterparty, details, found.kind, account_, currency_};
    put(std::move(entry));
}

}  // namespace

std::unique_ptr<Source> open_mt940(std::string_view content, const Plan& plan, const InterruptCheck& check) {
    return std::make_unique<Mt940>(content, plan, check);
}

}  // namespace fin::importer::bank
