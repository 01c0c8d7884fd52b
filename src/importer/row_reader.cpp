#include "importer/row_reader.hpp"

#include <algorithm>
#include <cstring>

#include "importer/unicode.hpp"
#include "importer/words.hpp"

namespace fin::importer {

namespace {

constexpr std::size_t block_bytes = 1 << 18;
constexpr std::size_t most_words = 4096;  // remembered spellings; a column with more is no list of words

std::string place(std::size_t row, const std::string& column, std::string_view value, const std::string& problem) {
    return "row " + std::to_string(row) + ", column \"" + clipped(column) + "\": \"" + clipped(cleaned(value)) + "\" " +
           problem;
}

// Column 0 is A, 26 is AA.
std::string cell_name(std::size_t column, int row) {
    std::string letters;
    for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
    return letters + std::to_string(row);
}

template <class Value, class Compute>
Value remembered(std::map<std::string, Value, std::less<>>& known, std::string_view raw, Compute compute) {
    if (const auto found = known.find(raw); found != known.end()) return found->second;
    const Value value = compute(raw);
    if (known.size() < most_words) known.emplace(raw, value);
    return value;
}

}  // namespace

BadRow::BadRow(std::size_t row, int line, std::string column, std::string_view value, const std::string& problem,
               std::string hint)
    : Error(ErrorCode::bad_data, place(row, column, value, problem),
            "It is data record " + std::to_string(row) + ", line " + std::to_string(line) + " of the file.",
            std::move(hint)),
      row(row),
      column(std::move(column)),
      value(clipped(cleaned(value))) {}

RowReader::RowReader(std::string_view content, const Plan& plan, const InterruptCheck& check)
    : plan_(plan), scanner_(content, plan.encoding, plan.delimiter, plan.quote, check), format_(plan.date_format) {
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        const Column& column = plan.columns[i];
        marks_.push_back({column.decimal.value_or('.'), column.grouping});
        const auto set = [&](std::optional<std::size_t>& place) {
            if (!place) place = i;
        };
        switch (column.role) {
            case Role::none: break;
            case Role::date: set(date_); break;
            case Role::amount: set(amount_); break;
            case Role::debit: set(debit_); break;
            case Role::credit: set(credit_); break;
            case Role::type: set(type_); break;
            case Role::category: set(category_); break;
            case Role::counterparty: set(counterparty_); break;
            case Role::description: set(description_); break;
            case Role::account: set(account_); break;
            case Role::currency: set(currency_); break;
            case Role::balance: set(balance_); break;
            case Role::status: set(status_); break;
            case Role::fee: set(fee_); break;
            case Role::group: set(group_); break;
        }
    }
    for (const auto& word : plan.outflow_words) directions_[word] = -1;
}

std::string_view RowReader::field(std::optional<std::size_t> column) const {
    return column && *column < record_.fields.size() ? record_.fields[*column] : std::string_view{};
}

std::optional<ledger::Money> RowReader::opening() const {
    if (openings_ != 1) return std::nullopt;
    return opening_;
}

RowReader::Outcome RowReader::next(ledger::Row& row) {
    do {
        if (!scanner_.next(record_)) return Outcome::end;
    } while (record_.line <= plan_.header_row || (field(date_).empty() && record_.blank()));
    ++row_no_;

    if (group_ && !trimmed(field(group_)).empty()) {
        const bool alone = std::all_of(record_.fields.begin(), record_.fields.end(), [&](const std::string_view& f) {
            return &f == &record_.fields[*group_] || trimmed(f).empty();
        });
        if (alone && !is_total(field(group_))) group_name_ = cleaned(field(group_));
        if (alone) return Outcome::skipped;
    }
    if (moved_nothing()) return Outcome::skipped;

    const std::string_view date_text = field(date_);
    bool dated = !date_text.empty() && date_text == last_date_;
    if (!dated) {
        auto day = format_.parse(date_text);
        if (!day && repair()) day = format_.parse(field(date_));
        if (day) {
            dated = true, last_day_ = *day;
            if (date_text.size() <= 64) last_date_ = field(date_);
        }
    }
    const Cash cash = this->cash(dated);
    if (!dated) return without_date(cash);
    if (is_total_row(true)) return Outcome::skipped;
    if (cash.bad) refuse_amount(cash.column);
    if (!cash.given) {
        const std::size_t column = amount_ ? *amount_ : debit_ ? *debit_ : credit_.value_or(0);
        refuse(column, "where an amount was expected",
               "Give the row an amount, or take it out of the file where it is no transaction.");
    }
    for (std::size_t i = plan_.columns.size(); i < record_.fields.size(); ++i) {
        if (trimmed(record_.fields[i]).empty()) continue;
        refuse_at(i, "column " + std::to_string(i + 1), record_.fields[i],
                  "stands where the file has no column: the row has " + std::to_string(record_.fields.size()) +
                      " fields, expected " + std::to_string(plan_.columns.size()),
                  "A delimiter or decimal comma inside a field must be in quotes.");
    }

    row.row_no = static_cast<std::int32_t>(row_no_);
    row.booked_on = last_day_;
    row.amount = cash.money;
    row.currency = currency_ ? currency_of(field(currency_)) : std::string_view{};
    if (row.currency.empty()) row.currency = !cash.currency.empty() ? cash.currency : plan_.currency;
    row.category = text(category_);
    row.counterparty = text(counterparty_);
    row.description = text(description_);
    row.account = text(account_);
    if (group_ && !group_name_.empty()) {
        if (groups_.empty() || groups_.back() != group_name_) groups_.push_back(group_name_);
        if (row.account.empty()) row.account = groups_.back();
        if (row.category.empty()) row.category = groups_.back();
    }
    row.balance.reset();
    if (balance_) {
        // A balance that is no number is left out: it proves nothing and takes nothing away.
        if (const auto balance = parse_amount(trimmed(field(balance_)), marks_[*balance_]))
            row.balance = plan_.balance_before ? balance->money + cash.money : balance->money;
    }
    return Outcome::stored;
}

// Records such as legal text, totals and group ends have no date; a transaction without one is an error.
RowReader::Outcome RowReader::without_date(const Cash& cash) {
    if (is_total_row(false)) return Outcome::skipped;
    const std::string_view date_text = trimmed(field(date_));
    const bool starts_as_date = !date_text.empty() && date_text.front() >= '0' && date_text.front() <= '9';
    const bool only_numbers = std::all_of(record_.fields.begin(), record_.fields.end(), [&](std::string_view f) {
        return trimmed(f).empty() || looks_like_amount(f);
    });
    if (!starts_as_date && (!cash.given || only_numbers)) {
        ++empty_;
        return Outcome::skipped;
    }
    refuse(*date_, date_text.empty() ? "where a date was expected" : "is not a date in the format " + plan_.date_format,
           "Dates lie between 1900 and 2200. Where the whole column is written otherwise, say so in option "
           "date_format.");
}

bool RowReader::moved_nothing() {
    if (!status_) return false;
    if (remembered(voids_, field(status_), [](std::string_view raw) { return is_void_status(folded(raw)); }))
        return true;
    return category_ && remembered(holds_, field(category_), [](std::string_view raw) { return is_hold(folded(raw)); });
}

bool RowReader::is_total_row(bool dated) {
    if (dated) {
        // A dated total stands alone in its text columns; "Total" may also be a supplier of fuel.
        const bool total = is_total(field(description_)) && trimmed(field(counterparty_)).empty();
        if (!total && !is_opening(field(counterparty_))) return false;
        if (!is_opening(field(description_)) && !is_opening(field(counterparty_))) return true;
    }
    for (const std::string_view cell : record_.fields) {
        if (is_opening(cell)) {
            for (const auto column : {balance_, amount_, credit_, debit_}) {
                if (!column) continue;
                const auto money = parse_amount(trimmed(field(column)), marks_[*column]);
                if (!money) continue;
                opening_ = money->money, ++openings_;
                break;
            }
            return true;
        }
        if (is_total(cell)) return true;
    }
    return false;
}

// Some exports lose the delimiters beside the date: "25/06/2012900" for 25/06/2012 and 900, "Catch2212/06/2012" for a
// name and 12/06/2012. The record is then as many fields short, and only one reading gives a date and an amount.
bool RowReader::repair() {
    const std::size_t present = record_.fields.size(), expected = plan_.columns.size();
    if (!date_ || amount_ != *date_ + 1 || present >= expected || present + 2 < expected) return false;
    const std::size_t written = plan_.date_format.size(), missing = expected - present;
    // From the field in which the date may be hidden: what stands before it, itself, what stands behind it.
    const auto split = [&](std::size_t column, bool before, bool after) {
        const std::string_view whole = trimmed(field(column));
        for (std::size_t at = before ? 1 : 0; at + written <= whole.size() && (before || at == 0); ++at) {
            ledger::Day day = 0;
            const std::string_view rest = whole.substr(at);
            if (format_.match(rest, day) != written) continue;
            const std::string_view behind = rest.substr(written);
            if (after ? !parse_amount(behind, marks_[*amount_]) : !behind.empty()) continue;
            auto& fields = record_.fields;
            const auto place = fields.begin() + static_cast<std::ptrdiff_t>(column);
            *place = before ? trimmed(whole.substr(0, at)) : rest.substr(0, written);
            if (after) fields.insert(place + 1, behind);
            if (before)
                fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(column) + 1, rest.substr(0, written));
            ++repaired_;
            return true;
        }
        return false;
    };
    if (missing == 1 && split(*date_, false, true)) return true;
    if (*date_ == 0) return false;
    if (missing == 2) return split(*date_ - 1, true, true);
    return parse_amount(trimmed(field(date_)), marks_[*amount_]) && split(*date_ - 1, true, false);
}

RowReader::Cash RowReader::amount_in(std::size_t column) const {
    Cash cash;
    cash.column = column;
    std::string_view value = field(column);
    if (value.empty()) return cash;
    auto amount = parse_amount(value, marks_[column]);
    if (!amount) {
        value = trimmed(value);
        if (value.empty()) return cash;
        amount = parse_amount(value, marks_[column]);
    }
    if (!amount) {
        cash.bad = true;
        return cash;
    }
    cash.given = true, cash.money = amount->money, cash.currency = amount->currency;
    return cash;
}

RowReader::Cash RowReader::cash(bool dated) {
    if (debit_ || credit_) {
        const Cash debit = debit_ ? amount_in(*debit_) : Cash{}, credit = credit_ ? amount_in(*credit_) : Cash{};
        if (debit.bad) return debit;
        if (credit.bad) return credit;
        Cash cash;
        cash.given = debit.given || credit.given;
        cash.money = plan_.negative_debits ? credit.money + debit.money : credit.money - debit.money;
        cash.currency = credit.currency.empty() ? debit.currency : credit.currency;
        return cash;
    }
    if (!amount_) return {};
    Cash cash = amount_in(*amount_);
    if (!cash.given) return cash;
    if (type_) {
        const int sign = remembered(directions_, field(type_), [&](std::string_view raw) {
            const std::string word = folded(raw);
            if (std::find(plan_.outflow_words.begin(), plan_.outflow_words.end(), word) != plan_.outflow_words.end())
                return -1;
            return direction(word) > 0 ? 1 : 0;
        });
        if (sign == 0) {
            if (!dated) return cash;
            refuse(*type_, "tells neither money in nor money out",
                   "Words such as credit and debit, Bij and Af, C and D, приход and расход are understood; option sign "
                   "\"as_is\" reads the amounts without the column.");
        }
        if (sign < 0) cash.money = -cash.money;
    } else if (plan_.sign == "inverted" || plan_.sign == "expenses") {
        cash.money = -cash.money;
    }
    if (fee_) {
        const Cash fee = amount_in(*fee_);
        if (fee.bad) return fee;
        if (fee.given) cash.money -= fee.money;
    }
    return cash;
}

void RowReader::refuse(std::size_t column, const std::string& problem, std::string hint) {
    refuse_at(column, plan_.columns[column].header, field(column), problem, std::move(hint));
}

// In a workbook a row is known by the number at its side, and a cell by its name.
void RowReader::refuse_at(std::size_t column, const std::string& header, std::string_view value,
                          const std::string& problem, std::string hint) {
    if (!plan_.workbook) throw BadRow(row_no_, record_.line, header, value, problem, std::move(hint));
    BadRow bad(static_cast<std::size_t>(record_.line), record_.line, header, value, problem, std::move(hint));
    bad.row = row_no_;
    bad.detail = "It is cell " + cell_name(column, record_.line) + " of sheet \"" +
                 clipped(cleaned(plan_.workbook->sheet)) + "\", data record " + std::to_string(row_no_) + ".";
    throw BadRow(bad);
}

void RowReader::refuse_amount(std::size_t column) {
    const Marks marks = marks_[column];
    std::string expected = "is not an amount, expected a number with decimal mark \"";
    expected += marks.decimal;
    expected += '"';
    if (marks.grouping) expected += std::string(" and grouping mark \"") + *marks.grouping + '"';
    refuse(column, expected,
           "Amounts lie between -900 trillion and 900 trillion. Where the whole column is written otherwise, say so in "
           "option decimal.");
}

std::string_view RowReader::text(std::optional<std::size_t> column) {
    const std::string_view raw = field(column);
    if (raw.empty()) return {};
    if (!is_clean(raw)) return keep(cleaned(raw));
    return scanner_.lasting(raw) ? raw : keep(raw);
}

std::string_view RowReader::keep(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > block_bytes / 4) return long_texts_.emplace_back(text);
    if (blocks_.empty() || block_used_ + text.size() > block_bytes) {
        if (!blocks_.empty()) ++block_;
        if (block_ == blocks_.size()) blocks_.push_back(std::make_unique<char[]>(block_bytes));
        block_used_ = 0;
    }
    char* const place = blocks_[block_].get() + block_used_;
    std::memcpy(place, text.data(), text.size());
    block_used_ += text.size();
    return {place, text.size()};
}

void RowReader::release() {
    block_ = block_used_ = 0;
    long_texts_.clear();
    if (groups_.size() > 1) groups_.erase(groups_.begin(), groups_.end() - 1);
}

std::string_view RowReader::currency_of(std::string_view raw) {
    if (raw.empty()) return {};
    if (const auto found = currencies_.find(raw); found != currencies_.end()) return found->second;
    if (currencies_.size() >= most_words) return keep(currency_code(raw));
    return currencies_.emplace(raw, currency_code(raw)).first->second;
}

}  // namespace fin::importer
