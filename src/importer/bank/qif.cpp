// QIF: lines of a letter and a value, entries ended by ^. Bank, cash, card, asset and liability accounts.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "importer/bank/sources.hpp"
#include "importer/bank/text.hpp"
#include "importer/unicode.hpp"

namespace fin::importer::bank {

namespace {

constexpr std::string_view date_hint =
    "Dates lie between 1900 and 2200. Where all dates are written otherwise, say so in option date_format.";

std::string lower(std::string_view text) {
    std::string result(trimmed(text));
    for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return result;
}

// "1/ 5'04" is 1/5/04: days are padded with spaces and an apostrophe stands before years from 2000 on.
std::string plain_date(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ' ') continue;
        if (c == '\'') {
            result += '/';
            // 69 and above would be read as 19xx.
            const std::string_view year = trimmed(text.substr(i + 1));
            if (year.size() == 2 && year[0] >= '6') result += "20";
            continue;
        }
        result += c;
    }
    return result;
}

class Qif : public Source {
public:
    Qif(std::string_view content, const Plan& plan, const InterruptCheck& check, Evidence* evidence)
        : plan_(plan),
          lines_(content, plan.encoding, check),
          format_(plan.date_format.empty() ? "YYYY-MM-DD" : plan.date_format),
          evidence_(evidence) {
        const Column& amount = plan.columns[amount_column];
        marks_ = {amount.decimal.value_or('.'), amount.grouping};
    }

    void warn(std::vector<std::string>& warnings) const override {
        if (investments_ > 0)
            warnings.push_back(std::to_string(investments_) +
                               " investment transactions are not read; they are counted as skipped.");
        if (unsplit_ > 0)
            warnings.push_back("The splits of " + std::to_string(unsplit_) +
                               " entries do not add up to their amount; these entries are stored whole.");
    }

protected:
    bool pump() override;

private:
    static constexpr std::size_t amount_column = 1;
    enum class Section { none, entries, account, list, investments };
    enum Field : std::size_t { date, total, other_total, payee, memo, category, field_count };
    struct Split {
        std::string category, memo, amount;
    };

    void header(std::string_view line);
    void field(char letter, std::string_view text);
    void set(Field field, char letter, std::string_view text);
    void finish();
    void take(Entry&& entry, ledger::Money amount);

    const Plan& plan_;
    Lines lines_;
    DateFormat format_;
    Marks marks_;
    Evidence* evidence_;
    Section section_ = Section::none;
    std::string account_, listed_account_;
    std::array<std::string, field_count> fields_;
    std::array<bool, field_count> given_{};
    std::vector<Split> splits_;
    bool open_ = false;
    std::size_t entry_line_ = 0, entry_bytes_ = 0, investments_ = 0, unsplit_ = 0;
};

bool Qif::pump() {
    if (!lines_.next()) {
        if (open_) refuse_cut_off("inside an entry", lines_.number());
        return false;
    }
    const std::string_view line = trimmed(lines_.line());
    if (line.empty()) return true;
    if (line.front() == '!') {
        if (open_) refuse_cut_off("inside an entry where a new section begins", lines_.number());
        header(line);
        return true;
    }
    if (section_ == Section::list) return true;
    if (line == "^") {
        finish();
        return true;
    }
    if (section_ == Section::none)
        throw Error(ErrorCode::bad_data, "a line stands before the first section",
                    "Line " + std::to_string(lines_.number()) + " reads \"" + clipped(cleaned(line)) + "\".",
                    "A QIF file begins with a section such as !Type:Bank.");
    if (!open_) {
        open_ = true, entry_line_ = lines_.number(), entry_bytes_ = 0;
        for (auto& text : fields_) text.clear();
        given_ = {};
        splits_.clear();
    }
    entry_bytes_ += line.size();
    if (entry_bytes_ > max_entry) refuse_long("an entry", lines_.number());
    field(line.front(), trimmed(line.substr(1)));
    return true;
}

void Qif::header(std::string_view line) {
    const std::string name = lower(line);
    if (name.starts_with("!option:") || name.starts_with("!clear:")) return;
    if (name == "!account") {
        section_ = Section::account;
        return;
    }
    for (const char* known : {"!type:bank", "!type:cash", "!type:ccard", "!type:oth a", "!type:oth l"})
        if (name == known) {
            section_ = Section::entries, account_ = listed_account_;
            return;
        }
    if (name == "!type:invst" || name == "!type:port") {
        section_ = Section::investments;
        return;
    }
    for (const char* known :
         {"!type:cat", "!type:class", "!type:memorized", "!type:security", "!type:prices", "!type:tag", "!type:budget"})
        if (name == known) {
            section_ = Section::list;
            return;
        }
    throw Error(
        ErrorCode::bad_data, "section \"" + clipped(cleaned(line)) + "\" is not known",
        "It begins at line " + std::to_string(lines_.number()) + ".",
        "Sections Bank, Cash, CCard, Oth A and Oth L are read; Cat, Class, Memorized, Security, Prices, Tag and "
        "Budget are passed over.");
}

void Qif::set(Field field, char letter, std::string_view text) {
    if (given_[field]) refuse_twice({&letter, 1}, lines_.number());
    given_[field] = true;
    fields_[field] = text;
}

void Qif::field(char letter, std::string_view text) {
    if (section_ == Section::account) {
        if (letter == 'N') listed_account_ = beginning_of(text, 256);
        return;
    }
    if (section_ == Section::investments) return;
    const auto last_split = [&]() -> Split& {
        if (splits_.empty())
            throw Error(ErrorCode::bad_data,
                        std::string("field \"") + letter + "\" stands before the split it belongs to",
                        "It is at line " + std::to_string(lines_.number()) + ".",
                        "A split begins with S, its category; E is its memo and $ its amount.");
        return splits_.back();
    };
    switch (letter) {
        case 'D': set(date, letter, text); break;
        case 'T': set(total, letter, text); break;
        case 'U': set(other_total, letter, text); break;
        case 'P': set(payee, letter, text); break;
        case 'M': set(memo, letter, text); break;
        case 'L': set(category, letter, text); break;
        case 'S':
            if (splits_.size() >= max_parts) refuse_long("an entry", lines_.number());
            splits_.push_back({std::string(text), {}, {}});
            break;
        case 'E': last_split().memo = text; break;
        case '$': last_split().amount = text; break;
        default:
            // Number, address, cleared state, flags of Quicken's own.
            if (!((letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') || letter == '%'))
                throw Error(
                    ErrorCode::bad_data, "a line is no field",
                    "Line " + std::to_string(lines_.number()) + " reads \"" + clipped(cleaned(lines_.line())) + "\".",
                    "A field of QIF is a letter followed by its value.");
    }
}

void Qif::finish() {
    if (!open_) return;  // a second ^ ends nothing
    open_ = false;
    if (section_ == Section::account) return;
    if (section_ == Section::investments) {
        ++investments_;
        return put_skipped();
    }
    const std::string& amount = given_[total] ? fields_[total] : fields_[other_total];
    if (evidence_ != nullptr) {
        evidence_->marks.add(amount, ++evidence_->entries);
        for (const auto& split : splits_) evidence_->marks.add(split.amount, evidence_->entries);
        evidence_->dates.add(plain_date(fields_[date]));
        return;
    }
    const auto day = format_.parse(plain_date(fields_[date]));
    if (!day)
        refuse(entry_line_, "D", fields_[date],
               given_[date] ? "is not a date in the format " + plan_.date_format : "where a date was expected",
               std::string(date_hint));
    const auto money = parse_amount(amount, marks_);
    if (!money)
        refuse(entry_line_, given_[total] || !given_[other_total] ? "T" : "U", amount,
               amount.empty()
                   ? "where an amount was expected"
                   : "is not an amount, expected a number with decimal mark \"" + std::string(1, marks_.decimal) + "\"",
               "Amounts lie between -900 trillion and 900 trillion. Where all amounts are written otherwise, say so in "
               "option decimal.");

    // Quicken's first entry of an account: what it held before, as a transfer from itself.
    const bool to_itself = !account_.empty() && fields_[category] == "[" + account_ + "]";
    if (lower(fields_[payee]) == "opening balance" && (to_itself || account_.empty())) {
        put_skipped();
        const ledger::Money held = plan_.sign == "inverted" ? -money->money : money->money;
        put(Event::opening, {account_, plan_.currency, held, *day, entry_line_});
        return;
    }
    Entry entry;
    entry.booked_on = *day;
    entry.account = account_;
    entry.counterparty = fields_[payee];
    entry.description = fields_[memo];
    entry.category = fields_[category];
    entry.raw = {fields_[date], amount, fields_[payee], fields_[memo], fields_[category], account_};

    ledger::MoneySum sum;
    std::vector<ledger::Money> parts;
    for (const auto& split : splits_) {
        const auto part = parse_amount(split.amount, marks_);
        if (!part)
            refuse(entry_line_, "$", split.amount,
                   split.amount.empty() ? "where the amount of a split was expected" : "is not an amount",
                   "Each split S has an amount $.");
        parts.push_back(part->money), sum += part->money;
    }
    if (splits_.empty() || sum.units != money->money.units) {
        unsplit_ += !splits_.empty();
        if (entry.category.empty() && !splits_.empty()) entry.category = splits_.front().category;
        return take(std::move(entry), money->money);
    }
    for (std::size_t i = 0; i < splits_.size(); ++i) {
        Entry part = entry;
        part.category = splits_[i].category;
        if (!splits_[i].memo.empty()) part.description = splits_[i].memo;
        take(std::move(part), parts[i]);
    }
}

// "Food:Groceries/Class": the category stands before the class; "[Savings]" is a transfer to that account.
void Qif::take(Entry&& entry, ledger::Money amount) {
    std::string& category = entry.category;
    if (category.starts_with('[')) {
        const std::size_t end = category.find(']');
        category = "Transfer: " + category.substr(1, end == std::string::npos ? end : end - 1);
    } else if (const std::size_t slash = category.find('/'); slash != std::string::npos) {
        category.erase(slash);
    }
    entry.amount = plan_.sign == "inverted" ? -amount : amount;
    put(std::move(entry));
}

}  // namespace

std::unique_ptr<Source> open_qif(std::string_view content, const Plan& plan, const InterruptCheck& check) {
    return std::make_unique<Qif>(content, plan, check, nullptr);
}

void gather_qif(std::string_view content, const Plan& plan, Evidence& evidence, const InterruptCheck& check) {
    Qif source(content, plan, check, &evidence);
    Entry entry;
    Balance balance;
    while (source.next(entry, balance) != Event::end) {
    }
}

}  // namespace fin::importer::bank
