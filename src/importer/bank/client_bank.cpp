// 1CClientBankExchange: payment documents and account balances as KEY=VALUE lines, what banks hand to 1C.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "importer/bank/sources.hpp"
#include "importer/bank/text.hpp"
#include "importer/unicode.hpp"

namespace fin::importer::bank {

namespace {

// The currency is in digits 6 to 8 of an account's number (codes of the Bank of Russia and ISO 4217).
std::string_view currency_of_account(std::string_view account) {
    struct Known {
        std::string_view code, currency;
    };
    static constexpr Known known[] = {{"810", "RUB"}, {"643", "RUB"}, {"840", "USD"}, {"978", "EUR"},
                                      {"156", "CNY"}, {"826", "GBP"}, {"756", "CHF"}, {"392", "JPY"},
                                      {"398", "KZT"}, {"933", "BYN"}, {"949", "TRY"}, {"784", "AED"}};
    if (account.size() != 20) return {};
    for (const auto& one : known)
        if (account.substr(5, 3) == one.code) return one.currency;
    return {};
}

constexpr std::string_view purpose_key = "НазначениеПлатежа";

class ClientBank : public Source {
public:
    ClientBank(std::string_view content, const Plan& plan, const InterruptCheck& check)
        : lines_(content, plan.encoding, check), format_("DD.MM.YYYY") {}

    void warn(std::vector<std::string>& warnings) const override {
        if (undated_ > 0)
            warnings.push_back(std::to_string(undated_) +
                               " documents do not tell when they were carried out (ДатаСписано, ДатаПоступило); their "
                               "own date is taken.");
        if (foreign_ > 0)
            warnings.push_back(std::to_string(foreign_) +
                               " documents name none of the file's accounts; whether they were paid or received is "
                               "taken from ДатаСписано and ДатаПоступило.");
    }

protected:
    bool pump() override;

private:
    enum class Section { head, account, document, done };
    enum Field : std::size_t {
        date,
        sum,
        debited,
        credited,
        payer_account,
        payer_number,
        payee_account,
        payee_number,
        payer,
        payer_long,
        payee,
        payee_long,
        purpose,
        document_number,
        field_count
    };
    struct Account {
        std::optional<Balance> opening, closing;
    };

    void pair(std::string_view key, std::string_view value);
    void head_pair(std::string_view key, std::string_view value);
    void document_pair(std::string_view key, std::string_view value);
    void finish_account();
    void finish_document();
    void announce_openings();
    void announce_closings();
    ledger::Money balance(std::string_view key, std::string_view text) const;
    ledger::Day section_day(std::string_view key, std::string_view text) const;
    bool own(std::string_view account) const { return own_.find(account) != own_.end(); }
    std::string_view first(Field one, Field other) const {
        return fields_[one].empty() ? fields_[other] : fields_[one];
    }
    void put_side(Entry entry, const std::string& account, ledger::Money amount, bool in);

    Lines lines_;
    DateFormat format_;
    Section section_ = Section::head;
    std::set<std::string, std::less<>> own_, head_keys_;
    std::map<std::string, Account, std::less<>> accounts_;
    bool announced_ = false, begun_ = false;

    std::map<std::string, std::string, std::less<>> account_pairs_;
    std::size_t section_line_ = 1, bytes_ = 0;
    std::array<std::string, field_count> fields_;
    std::array<bool, field_count> given_{};
    std::array<std::string, 6> purposes_;
    std::string last_key_;
    std::size_t undated_ = 0, foreign_ = 0;
};

bool ClientBank::pump() {
    if (!lines_.next()) {
        if (section_ != Section::done) refuse_cut_off("before КонецФайла", lines_.number());
        return false;
    }
    const std::string_view line = trimmed(lines_.line());
    if (line.empty()) return true;
    const auto misplaced = [&](const std::string& what) {
        throw Error(ErrorCode::bad_data, "\"" + clipped(cleaned(line)) + "\" stands " + what,
                    "It is at line " + std::to_string(lines_.number()) + "; the section before began at line " +
                        std::to_string(section_line_) + ".",
                    "The file is damaged: fetch it again.");
    };
    if (section_ == Section::done) misplaced("behind the end of the file");
    if (!begun_) {
        begun_ = true;  // recognised by this line
        return true;
    }
    const std::size_t equals = line.find('=');
    const std::string_view key = trimmed(line.substr(0, equals));
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view{} : trimmed(line.substr(equals + 1));
    if (key == "СекцияРасчСчет") {
        if (section_ != Section::head) misplaced("inside another section");
        section_ = Section::account, section_line_ = lines_.number(), bytes_ = 0;
        account_pairs_.clear();
    } else if (key == "КонецРасчСчет") {
        if (section_ != Section::account) misplaced("outside its section");
        section_ = Section::head;
        finish_account();
    } else if (key == "СекцияДокумент") {
        if (section_ != Section::head) misplaced("inside another section");
        announce_openings();
        section_ = Section::document, section_line_ = lines_.number(), bytes_ = 0;
        for (auto& field : fields_) field.clear();
        for (auto& text : purposes_) text.clear();
        given_ = {};
    } else if (key == "КонецДокумента") {
        if (section_ != Section::document) misplaced("outside its section");
        section_ = Section::head;
        finish_document();
    } else if (key == "КонецФайла") {
        if (section_ != Section::head) misplaced("inside a section");
        section_ = Section::done;
        announce_openings();
        announce_closings();
    } else if (equals == std::string_view::npos) {
        // Some banks break the purpose of a payment into lines.
        if (section_ != Section::document || last_key_ != purpose_key) misplaced("where KEY=VALUE was expected");
        bytes_ += line.size() + 1;
        if (bytes_ > max_entry) refuse_long("a section", lines_.number());
        fields_[purpose].append(1, ' ').append(line);
    } else {
        last_key_ = key;
        pair(key, value);
    }
    return true;
}

void ClientBank::pair(std::string_view key, std::string_view value) {
    bytes_ += key.size() + value.size();
    if (section_ != Section::head && bytes_ > max_entry) refuse_long("a section", lines_.number());
    if (section_ == Section::head) return head_pair(key, value);
    if (section_ == Section::document) return document_pair(key, value);
    if (account_pairs_.size() >= 100) refuse_long("a section", lines_.number());
    if (!account_pairs_.emplace(key, value).second) refuse_twice(key, lines_.number());
}

void ClientBank::head_pair(std::string_view key, std::string_view value) {
    if (key == "РасчСчет") {  // one line for each account
        if (own_.size() >= max_accounts) refuse_long("the list of accounts", lines_.number());
        own_.emplace(beginning_of(value, 256));
        return;
    }
    // Which documents the file holds stands once for each kind.
    if (key == "Документ") return;
    if (head_keys_.size() >= 1000) refuse_long("the head", lines_.number());
    if (!head_keys_.emplace(key).second) refuse_twice(key, lines_.number());
}

void ClientBank::document_pair(std::string_view key, std::string_view value) {
    struct Known {
        std::string_view key;
        Field field;
    };
    static constexpr Known known[] = {{"Дата", date},
                                      {"Сумма", sum},
                                      {"ДатаСписано", debited},
                                      {"ДатаПоступило", credited},
                                      {"ПлательщикСчет", payer_account},
                                      {"ПлательщикРасчСчет", payer_number},
                                      {"ПолучательСчет", payee_account},
                                      {"ПолучательРасчСчет", payee_number},
                                      {"Плательщик1", payer},
                                      {"Плательщик", payer_long},
                                      {"Получатель1", payee},
                                      {"Получатель", payee_long},
                                      {"НазначениеПлатежа", purpose},
                                      {"Номер", document_number}};
    for (const auto& [name, field] : known) {
        if (key != name) continue;
        if (given_[field]) refuse_twice(key, lines_.number());
        given_[field] = true, fields_[field] = value;
        return;
    }
    if (key.size() == purpose_key.size() + 1 && key.starts_with(purpose_key) && key.back() >= '1' && key.back() <= '6')
        purposes_[static_cast<std::size_t>(key.back() - '1')] = value;
}

ledger::Money ClientBank::balance(std::string_view key, std::string_view text) const {
    const bool negative = text.starts_with('-');
    const auto money = plain_amount(text.substr(negative ? 1 : 0), '.');
    if (!money)
        throw Error(ErrorCode::bad_data, std::string(key) + ": \"" + clipped(cleaned(text)) + "\" is not an amount",
                    "It is in the section of line " + std::to_string(section_line_) + ".",
                    "Amounts are digits with a decimal point, below 900 trillion.");
    return negative ? -*money : *money;
}

ledger::Day ClientBank::section_day(std::string_view key, std::string_view text) const {
    const auto day = plain_day(text, format_);
    if (!day)
        throw Error(ErrorCode::bad_data, std::string(key) + ": \"" + clipped(cleaned(text)) + "\" is not a date",
                    "It is in the section of line " + std::to_string(section_line_) + ".",
                    "Dates are written DD.MM.YYYY and lie between 1900 and 2200.");
    return *day;
}

void ClientBank::finish_account() {
    const auto value = [&](std::string_view key) -> std::string_view {
        const auto found = account_pairs_.find(key);
        return found == account_pairs_.end() ? std::string_view{} : std::string_view(found->second);
    };
    const std::string account(beginning_of(value("РасчСчет"), 256));
    if (account.empty()) return;
    own_.insert(account);
    if (accounts_.size() >= max_accounts) refuse_long("the list of accounts", lines_.number());
    Account& known = accounts_[account];
    const std::string currency(currency_of_account(account));
    // One section for each day, or one for the whole time: the first opens, the last closes.
    const auto take = [&](std::optional<Balance>& place, std::string_view amount_key, std::string_view day_key,
                          bool earlier) {
        if (value(amount_key).empty()) return;
        Balance found{account, currency, balance(amount_key, value(amount_key)), section_day(day_key, value(day_key)),
                      section_line_};
        if (!place || (earlier ? found.day < place->day : found.day >= place->day)) place = std::move(found);
    };
    take(known.opening, "НачальныйОстаток", "ДатаНачала", true);
    take(known.closing, "КонечныйОстаток", account_pairs_.count("ДатаКонца") > 0 ? "ДатаКонца" : "ДатаНачала", false);
}

void ClientBank::announce_openings() {
    if (announced_) return;
    announced_ = true;
    for (const auto& [account, known] : accounts_)
        if (known.opening) put(Event::opening, *known.opening);
}

void ClientBank::announce_closings() {
    for (const auto& [account, known] : accounts_)
        if (known.closing) put(Event::closing, *known.closing);
}

void ClientBank::finish_document() {
    // Paid and received as the bank says, else by whose account is whose.
    const std::string payer_number_text(first(payer_account, payer_number)),
        payee_number_text(first(payee_account, payee_number));
    const bool from_own = own(fields_[payer_account]) || own(fields_[payer_number]);
    const bool to_own = own(fields_[payee_account]) || own(fields_[payee_number]);
    const bool was_debited = !fields_[debited].empty(), was_credited = !fields_[credited].empty();
    bool out = from_own, in = to_own;
    // Between two own accounts the file may tell one side only, in the statement of that account.
    if (from_own && to_own && was_debited != was_credited) out = was_debited, in = was_credited;
    const bool foreign = !from_own && !to_own;
    if (foreign) out = was_debited && !was_credited, in = was_credited && !was_debited;
    if (!out && !in)
        refuse(
            section_line_, "ПлательщикСчет", payer_number_text,
            "is none of the file's accounts, nor is ПолучательСчет \"" + clipped(cleaned(payee_number_text), 40) + "\"",
            "A document is paid from or to an account of РасчСчет, or has either ДатаСписано or ДатаПоступило.");
    const auto day_at = [&](Field actual, std::string_view key) {
        const bool given = !fields_[actual].empty();
        const std::string& text = given ? fields_[actual] : fields_[date];
        const auto day = plain_day(text, format_);
        if (!day)
            refuse(section_line_, given ? std::string(key) : "Дата", text,
                   text.empty() ? "where a date was expected" : "is not a date in the format DD.MM.YYYY",
                   "Dates lie between 1900 and 2200.");
        return *day;
    };
    const ledger::Day out_day = out ? day_at(debited, "ДатаСписано") : 0;
    const ledger::Day in_day = in ? day_at(credited, "ДатаПоступило") : 0;
    const auto money = plain_amount(fields_[sum], '.');
    if (!money)
        refuse(section_line_, "Сумма", fields_[sum],
               fields_[sum].empty() ? "where an amount was expected" : "is not an amount",
               "Amounts are digits with a decimal point, without sign, below 900 trillion.");
    foreign_ += foreign;
    undated_ += (out && !was_debited) || (in && !was_credited);

    Entry entry;
    entry.description = fields_[purpose];
    if (entry.description.empty())
        for (const auto& text : purposes_) {
            if (!entry.description.empty() && !text.empty()) entry.description += ' ';
            entry.description += text;
        }
    const std::string only = own_.size() == 1 ? *own_.begin() : std::string();
    if (out) {
        entry.booked_on = out_day;
        put_side(entry,
                 foreign && !only.empty()      ? only
                 : own(fields_[payer_account]) ? fields_[payer_account]
                                               : payer_number_text,
                 *money, false);
    }
    if (in) {
        entry.booked_on = in_day;
        put_side(entry,
                 foreign && !only.empty()      ? only
                 : own(fields_[payee_account]) ? fields_[payee_account]
                                               : payee_number_text,
                 *money, true);
    }
}

void ClientBank::put_side(Entry entry, const std::string& account, ledger::Money amount, bool in) {
    entry.account = account;
    entry.currency = currency_of_account(account);
    entry.amount = in ? amount : -amount;
    entry.counterparty = in ? first(payer, payer_long) : first(payee, payee_long);
    entry.raw = {std::string(in ? first(credited, date) : first(debited, date)),
                 fields_[sum],
                 entry.counterparty,
                 entry.description,
                 account,
                 std::string(first(payer_account, payer_number)),
                 std::string(first(payee_account, payee_number))};
    put(std::move(entry));
}

}  // namespace

std::unique_ptr<Source> open_client_bank(std::string_view content, const Plan& plan, const InterruptCheck& check) {
    return std::make_unique<ClientBank>(content, plan, check);
}

}  // namespace fin::importer::bank
