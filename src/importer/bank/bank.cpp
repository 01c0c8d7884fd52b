#include "importer/bank/bank.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "error.hpp"
#include "importer/bank/sources.hpp"
#include "importer/sample.hpp"
#include "importer/unicode.hpp"
#include "importer/words.hpp"

namespace fin::importer::bank {

namespace {

std::unique_ptr<Source> open_source(std::string_view content, const Plan& plan, const InterruptCheck& check) {
    switch (format_of(plan.format)) {
        case Format::ofx: return open_ofx(content, plan, check);
        case Format::qif: return open_qif(content, plan, check);
        case Format::mt940: return open_mt940(content, plan, check);
        case Format::camt: return open_camt(content, plan, check);
        case Format::client_bank: break;
    }
    return open_client_bank(content, plan, check);
}

// What one account's current statement says and adds up to.
struct Statement {
    std::optional<ledger::Money> opening;
    ledger::MoneySum sum;
    std::optional<ledger::Day> last;
    bool in_order = true, any = false;
};

struct Account {
    Statement current;
    std::optional<Balance> opening;  // the earliest one that is stated or proved
    bool any = false;                // it has entries that are stored
};

// Entries as ledger rows, with what the balances around them prove.
class Reader : public RowSource {
public:
    Reader(std::string_view content, const Plan& plan, const InterruptCheck& check)
        : plan_(plan), source_(open_source(content, plan, check)) {}

    Outcome next(ledger::Row& row) override {
        for (;;) {
            // One entry is held back: a closing balance behind it is the balance after it.
            if (!waiting_.empty()) {
                const Outcome outcome = waiting_.front();
                waiting_.pop_front();
                if (outcome != Outcome::stored) return outcome;
            } else if (!ended_) {
                if (step()) continue;
                ended_ = true;
                if (!holding_) return Outcome::end;
                holding_ = false, std::swap(ready_, held_);
            } else {
                return Outcome::end;
            }
            hand_out(row);
            return Outcome::stored;
        }
    }

    void release() override { used_ = 0; }
    const std::vector<std::string_view>& fields() const override { return fields_; }

    std::size_t entries() const { return source_->entries(); }
    const std::map<std::string, Account, std::less<>>& accounts() const { return accounts_; }
    void warn(std::vector<std::string>& warnings) const {
        source_->warn(warnings);
        if (unbalanced_ == 0) return;
        warnings.push_back(std::to_string(unbalanced_) + " of " + std::to_string(checked_) +
                           " statements do not add up: " + example_);
    }

private:
    bool step();
    void opening(Balance& balance);
    void closing(Balance& balance);
    void clean(Entry& entry) const;
    void hand_out(ledger::Row& row);
    Account& account_of(const std::string& account, const std::string& currency);
    const std::string& currency_of(const std::string& stated) const { return stated.empty() ? plan_.currency : stated; }

    const Plan& plan_;
    std::unique_ptr<Source> source_;
    std::map<std::string, Account, std::less<>> accounts_;
    Entry held_, ready_, read_;
    std::string held_key_;
    bool holding_ = false, ended_ = false;
    std::deque<Outcome> waiting_;
    std::deque<Entry> pool_;  // what rows are views of, until release()
    std::size_t used_ = 0;
    std::vector<std::string_view> fields_;
    std::size_t checked_ = 0, unbalanced_ = 0;
    std::string example_;
};

std::string key_of(const std::string& account, const std::string& currency) { return currency + '\n' + account; }

Account& Reader::account_of(const std::string& account, const std::string& currency) {
    const std::string key = key_of(account, currency_of(currency));
    if (const auto known = accounts_.find(key); known != accounts_.end()) return known->second;
    if (accounts_.size() >= max_accounts)
        throw Error(ErrorCode::limit_exceeded, "the file has too many accounts",
                    "More than " + std::to_string(max_accounts) + " are named.", "Split the file by account.");
    return accounts_[key];
}

// Reads one thing; false at the end of the file.
bool Reader::step() {
    Balance balance;
    switch (source_->next(read_, balance)) {
        case Event::end: return false;
        case Event::skipped: waiting_.push_back(Outcome::skipped); return true;
        case Event::opening: opening(balance); return true;
        case Event::closing: closing(balance); return true;
        case Event::entry: break;
    }
    Entry& entry = read_;
    entry.balance.reset();
    entry.currency = currency_of(entry.currency);
    clean(entry);
    Account& account = account_of(entry.account, entry.currency);
    Statement& statement = account.current;
    account.any = statement.any = true;
    statement.sum += entry.amount;
    statement.in_order = statement.in_order && (!statement.last || entry.booked_on >= *statement.last);
    statement.last = entry.booked_on;
    if (holding_) {
        std::swap(ready_, held_);
        waiting_.push_back(Outcome::stored);
    }
    std::swap(held_, entry);
    held_key_ = key_of(held_.account, held_.currency);
    holding_ = true;
    return true;
}

void Reader::opening(Balance& balance) {
    balance.account = cleaned(balance.account), balance.currency = currency_code(cleaned(balance.currency));
    Account& account = account_of(balance.account, balance.currency);
    account.current = {};
    account.current.opening = balance.money;
    if (!account.opening || balance.day < account.opening->day) account.opening = balance;
}

void Reader::closing(Balance& balance) {
    balance.account = cleaned(balance.account), balance.currency = currency_code(cleaned(balance.currency));
    Account& account = account_of(balance.account, balance.currency);
    Statement& statement = account.current;
    const ledger::Wide stated = balance.money.units;
    bool agrees = true;
    if (statement.opening) {
        ++checked_;
        const ledger::Wide computed = statement.opening->units + statement.sum.units;
        agrees = computed == stated;
        if (!agrees && ++unbalanced_ == 1) {
            const bool tellable = computed <= ledger::Money::greatest && computed >= -ledger::Money::greatest;
            example_ =
                "account " + clipped(balance.account.empty() ? "without a number" : balance.account) + " opens with " +
                statement.opening->text() + ", its entries give " +
                (tellable ? ledger::Money{static_cast<std::int64_t>(computed)}.text() : "more than money can be") +
                ", it closes with " + balance.money.text() + ".";
        }
    } else if (balance.ends_entries) {
        const ledger::Wide before = stated - statement.sum.units;
        const bool possible = before <= ledger::Money::greatest && before >= -ledger::Money::greatest;
        if (possible && (!account.opening || balance.day < account.opening->day)) {
            account.opening = balance;
            account.opening->money = {static_cast<std::int64_t>(before)};
        }
    }
    if (agrees && balance.ends_entries && statement.any && statement.in_order && holding_ &&
        held_key_ == key_of(balance.account, currency_of(balance.currency)))
        held_.balance = balance.money;
    statement = {};
}

void Reader::clean(Entry& entry) const {
    for (std::string* text :
         {&entry.currency, &entry.category, &entry.counterparty, &entry.description, &entry.account})
        if (!is_clean(*text)) *text = cleaned(*text);
    entry.currency = currency_code(entry.currency);
}

void Reader::hand_out(ledger::Row& row) {
    if (used_ == pool_.size()) pool_.emplace_back();
    Entry& entry = pool_[used_++];
    std::swap(entry, ready_);
    row.row_no = static_cast<std::int32_t>(entry.number);
    row.booked_on = entry.booked_on;
    row.amount = entry.amount;
    row.currency = entry.currency;
    row.category = entry.category;
    row.counterparty = entry.counterparty;
    row.account = entry.account;
    row.description = entry.description;
    row.balance = entry.balance;
    fields_.assign(entry.raw.begin(), entry.raw.end());
}

// The mark of the column of amounts, where the format leaves it open.
void set_marks(Plan& plan, const MarkEvidence& found, const Options& options) {
    const auto column =
        std::find_if(plan.columns.begin(), plan.columns.end(), [](const Column& c) { return c.role == Role::amount; });
    if (options.decimal) {
        column->decimal = (*options.decimal)[0];
        column->grouping = column->decimal == '.' ? ',' : '.';
        return;
    }
    if (std::string both = found.contradiction(); !both.empty()) {
        for (std::size_t at = 0; (at = both.find(" in row ", at)) != std::string::npos;)
            both.replace(at, 8, " in entry ");
        throw Error(ErrorCode::bad_data,
                    "field \"" + column->header + "\" writes decimals with a point and with a comma",
                    "For example " + both + ".", "Say which mark is the decimal one in option decimal.");
    }
    const auto marks = found.marks();
    if (!marks)
        throw Error(ErrorCode::bad_data, "two readings fit the amounts of field \"" + column->header + "\"",
                    "\"" + clipped(found.ambiguous_example(), 40) +
                        "\" can be a number with three decimals or a number in thousands, and no other value decides.",
                    "Say which mark is the decimal one in option decimal, \".\" or \",\".");
    column->decimal = marks->decimal, column->grouping = marks->grouping;
}

}  // namespace

std::unique_ptr<RowSource> open_rows(std::string_view content, const Plan& plan, const InterruptCheck& check) {
    return std::make_unique<Reader>(content, plan, check);
}

Plan draft(Format format, std::string_view content, const Options& options, const InterruptCheck& check) {
    refuse_options(format, options);
    refuse_too_large(content);
    Plan plan;
    plan.format = name_of(format);
    plan.encoding = encoding_of(format, content, options, check);
    plan.columns = columns_of(format);
    plan.currency = options.currency.value_or(std::string());
    plan.opening_balance = options.opening_balance;
    plan.sign = options.sign.value_or("as_is");
    Evidence evidence;
    switch (format) {
        case Format::ofx:
            plan.date_format = "YYYYMMDD";
            gather_ofx(content, plan, evidence, check);
            set_marks(plan, evidence.marks, options);
            break;
        case Format::qif:
            gather_qif(content, plan, evidence, check);
            set_marks(plan, evidence.marks, options);
            plan.date_format =
                options.date_format ? *options.date_format : evidence.dates.format(evidence.marks.decimal_comma(), "D");
            // Dates come with a slash for Quicken's apostrophe.
            std::replace(plan.date_format.begin(), plan.date_format.end(), '\'', '/');
            if (plan.date_format.empty() && evidence.entries > 0)
                throw Error(ErrorCode::bad_data, "no entry has a date",
                            "Field \"D\" of " + std::to_string(evidence.entries) + " entries is no date.",
                            "Say how dates are written in option date_format.");
            break;
        case Format::mt940: plan.date_format = "YYMMDD", plan.sign = "by_type"; break;
        case Format::camt: plan.date_format = "YYYY-MM-DD", plan.sign = "by_type"; break;
        case Format::client_bank: plan.date_format = "DD.MM.YYYY", plan.sign = "by_account"; break;
    }
    return plan;
}

void complete(std::string_view content, Plan& plan, const InterruptCheck& check) {
    Reader reader(content, plan, check);
    Pulse pulse(check);
    ledger::Row row;
    std::set<std::string, std::less<>> currencies;
    bool any = false;
    for (;;) {
        pulse();
        const auto outcome = reader.next(row);
        if (outcome == RowSource::Outcome::end) break;
        if (outcome == RowSource::Outcome::skipped) {
            ++plan.skipped;
            continue;
        }
        any = true;
        if (currencies.size() < 2 && currencies.find(row.currency) == currencies.end())
            currencies.emplace(row.currency);
        reader.release();
    }
    plan.records = reader.entries();
    if (!any)
        throw Error(ErrorCode::bad_data, "the file has no booked entry",
                    "It is " + std::string(called(format_of(plan.format))) + " with " + std::to_string(plan.records) +
                        " entries, of which none can be stored.",
                    "Export a time in which the account moved.");
    reader.warn(plan.warnings);
    if (plan.opening_balance || currencies.size() != 1) return;
    // What the company held is what all of its accounts held; of one that does not say so nothing is known.
    ledger::MoneySum held;
    for (const auto& [key, account] : reader.accounts()) {
        if (!account.opening && account.any) return;
        if (!account.opening) continue;
        if (key.substr(0, key.find('\n')) != *currencies.begin()) return;
        held += account.opening->money;
    }
    const bool stated = std::any_of(reader.accounts().begin(), reader.accounts().end(),
                                    [](const auto& one) { return one.second.opening.has_value(); });
    if (stated && held.units <= ledger::Money::greatest && held.units >= -ledger::Money::greatest)
        plan.opening_balance = held.money();
}

}  // namespace fin::importer::bank
