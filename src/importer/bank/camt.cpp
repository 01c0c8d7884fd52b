// ISO 20022: camt.053 statements, camt.052 reports and camt.054 notifications, any version.
#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "importer/bank/markup.hpp"
#include "importer/bank/sources.hpp"
#include "importer/unicode.hpp"

namespace fin::importer::bank {

namespace {

// A field that may stand once.
struct Once {
    std::string text;
    bool given = false;
};

struct Sum {
    Once amount, currency, direction;
};

// The details of one transaction of an entry.
struct Part {
    Sum sum;          // version 3 and later
    Sum transaction;  // AmtDtls/TxAmt
    std::string debtor, creditor, last_debtor, last_creditor, debtor_account, creditor_account;
    std::string remittance, additional, reference;
};

std::string_view before_time(std::string_view text) {
    if (text.size() > 10 && (text[10] == 'T' || text[10] == 'Z' || text[10] == '+' || text[10] == '-'))
        return text.substr(0, 10);
    return text;
}

bool is_statement(std::string_view name) { return name == "Stmt" || name == "Rpt" || name == "Ntfctn"; }

class Camt : public Source {
public:
    Camt(std::string_view content, const Plan& plan, const InterruptCheck& check)
        : markup_(content, plan.encoding, Markup::Dialect::xml, check), format_("YYYY-MM-DD") {}

    void warn(std::vector<std::string>& warnings) const override {
        if (whole_ > 0)
            warnings.push_back("The transactions of " + std::to_string(whole_) +
                               " batch entries do not add up to their entry or lack amounts; these entries are stored "
                               "whole.");
    }

protected:
    bool pump() override;

private:
    struct Booking {
        Sum sum;
        Once status, booked, value, reversed, kind;
        std::string additional;
        std::vector<Part> parts;
        std::size_t line = 0, bytes = 0;
    };

    void open();
    void close();
    void leaf(std::string_view text);
    void statement_leaf(std::string_view path, std::string_view text);
    void balance_leaf(std::string_view path, std::string_view text);
    void entry_leaf(std::string_view path, std::string_view text);
    void part_leaf(std::string_view path, std::string_view text);
    bool sum_leaf(Sum& sum, std::string_view path, std::string_view text);
    void set(Once& field, std::string_view name, std::string_view text);
    void join(std::string& text, std::string_view more);
    void finish_balance();
    void finish_entry();
    void announce_opening();
    bool signed_amounts(std::vector<ledger::Money>& amounts, ledger::Money whole) const;
    void describe(Entry& entry, const Part& part, bool in) const;
    std::string_view path_behind(std::size_t anchor) const {
        return anchor < path_.size() ? std::string_view(path_).substr(anchor + 1) : std::string_view{};
    }

    Markup markup_;
    DateFormat format_;
    std::string path_, text_, amount_currency_;
    std::vector<std::size_t> lengths_;  // of path_ before each open element
    bool leaf_ = false, found_ = false;

    bool in_statement_ = false, in_balance_ = false, in_entry_ = false, in_part_ = false;
    std::size_t statement_at_ = 0, balance_at_ = 0, entry_at_ = 0, part_at_ = 0;  // lengths of path_ where they begin
    std::string account_, account_currency_;
    std::optional<Balance> opening_, previous_, closing_;
    bool announced_ = false;
    struct Edge {
        Sum sum;
        Once kind, date;
        std::size_t line = 0;
    } edge_;
    Booking entry_;
    std::size_t whole_ = 0;
};

bool Camt::pump() {
    switch (markup_.next()) {
        case Markup::Token::end:
            if (!found_)
                throw Error(ErrorCode::bad_data, "the document holds no statement",
                            "It has neither Stmt nor Rpt nor Ntfctn.", "Export an account statement, camt.053.");
            return false;
        case Markup::Token::open: open(); break;
        case Markup::Token::close: close(); break;
        case Markup::Token::text:
            text_ += markup_.text();
            if (text_.size() > max_entry) refuse_long("a text", markup_.line());
            break;
    }
    return true;
}

void Camt::open() {
    const std::string_view name = markup_.name();
    lengths_.push_back(path_.size());
    if (!path_.empty()) path_ += '/';
    path_ += name;
    leaf_ = true;
    text_.clear();
    if (name == "Amt" || name == "BalAmt") amount_currency_ = beginning_of(markup_.attribute("Ccy"), 16);
    if (!in_statement_) {
        if (!is_statement(name) || lengths_.size() != 3) return;
        in_statement_ = found_ = true, statement_at_ = path_.size();
        account_.clear(), account_currency_.clear();
        opening_.reset(), previous_.reset(), closing_.reset();
        announced_ = false;
        return;
    }
    if (in_entry_) {
        if (name == "TxDtls" && !in_part_) {
            in_part_ = true, part_at_ = path_.size();
            if (entry_.parts.size() >= max_parts) refuse_long("an entry", markup_.line());
            entry_.parts.emplace_back();
        }
        return;
    }
    if (lengths_.size() != 4) return;
    if (name == "Ntry") {
        announce_opening();
        in_entry_ = true, entry_at_ = path_.size();
        entry_ = {};
        entry_.line = markup_.line();
    } else if (name == "Bal") {
        in_balance_ = true, balance_at_ = path_.size();
        edge_ = {};
        edge_.line = markup_.line();
    }
}

void Camt::close() {
    if (leaf_) leaf(trimmed(text_));
    leaf_ = false;
    text_.clear();
    const bool part = in_part_ && path_.size() == part_at_, entry = in_entry_ && path_.size() == entry_at_,
               edge = in_balance_ && path_.size() == balance_at_,
               statement = in_statement_ && path_.size() == statement_at_;
    path_.resize(lengths_.back());
    lengths_.pop_back();
    if (part) in_part_ = false;
    if (edge) in_balance_ = false, finish_balance();
    if (statement) {
        announce_opening();
        in_statement_ = false;
        if (closing_) put(Event::closing, *closing_);
    }
    if (entry) in_entry_ = false, finish_entry();
}

void Camt::leaf(std::string_view text) {
    if (!in_statement_) return;
    if (in_part_) return part_leaf(path_behind(part_at_), text);
    if (in_entry_) return entry_leaf(path_behind(entry_at_), text);
    if (in_balance_) return balance_leaf(path_behind(balance_at_), text);
    statement_leaf(path_behind(statement_at_), text);
}

void Camt::set(Once& field, std::string_view name, std::string_view text) {
    if (field.given) refuse_twice(name, markup_.line());
    field.given = true, field.text = beginning_of(text, 128);  // longer than any that is right
}

bool Camt::sum_leaf(Sum& sum, std::string_view path, std::string_view text) {
    if (path == "Amt") {
        set(sum.amount, path, text);
        sum.currency.text = amount_currency_;
        return true;
    }
    if (path == "CdtDbtInd") return set(sum.direction, path, text), true;
    return false;
}

void Camt::join(std::string& text, std::string_view more) {
    if (more.empty()) return;
    if (!text.empty()) text += ' ';
    text += more;
    entry_.bytes += more.size();
    if (entry_.bytes > max_entry) refuse_long("an entry", markup_.line());
}

void Camt::statement_leaf(std::string_view path, std::string_view text) {
    if (path == "Acct/Id/IBAN" || path == "Acct/Id/Othr/Id") account_ = beginning_of(text, 256);
    if (path == "Acct/Ccy") account_currency_ = beginning_of(text, 16);
}

void Camt::balance_leaf(std::string_view path, std::string_view text) {
    if (sum_leaf(edge_.sum, path, text)) return;
    if (path == "Tp/CdOrPrtry/Cd") set(edge_.kind, path, text);
    if (path == "Dt/Dt" || path == "Dt/DtTm") set(edge_.date, path, text);
}

void Camt::entry_leaf(std::string_view path, std::string_view text) {
    if (sum_leaf(entry_.sum, path, text)) return;
    if (path == "Sts" || path == "Sts/Cd") set(entry_.status, path, text);
    if (path == "BookgDt/Dt" || path == "BookgDt/DtTm") set(entry_.booked, path, text);
    if (path == "ValDt/Dt" || path == "ValDt/DtTm") set(entry_.value, path, text);
    if (path == "RvslInd") set(entry_.reversed, path, text);
    if (path == "BkTxCd/Domn/Fmly/SubFmlyCd") set(entry_.kind, path, text);
    if (path == "AddtlNtryInf") join(entry_.additional, text);
}

void Camt::part_leaf(std::string_view path, std::string_view text) {
    Part& part = entry_.parts.back();
    if (sum_leaf(part.sum, path, text)) return;
    static constexpr std::string_view transaction = "AmtDtls/TxAmt/";
    if (path.starts_with(transaction)) {
        sum_leaf(part.transaction, path.substr(transaction.size()), text);
        return;
    }
    // From version 8 on a party is a Pty or an Agt.
    struct Known {
        std::string_view path;
        std::string Part::*field;
    };
    static constexpr Known known[] = {
        {"RltdPties/Dbtr/Nm", &Part::debtor},
        {"RltdPties/Dbtr/Pty/Nm", &Part::debtor},
        {"RltdPties/Cdtr/Nm", &Part::creditor},
        {"RltdPties/Cdtr/Pty/Nm", &Part::creditor},
        {"RltdPties/UltmtDbtr/Nm", &Part::last_debtor},
        {"RltdPties/UltmtDbtr/Pty/Nm", &Part::last_debtor},
        {"RltdPties/UltmtCdtr/Nm", &Part::last_creditor},
        {"RltdPties/UltmtCdtr/Pty/Nm", &Part::last_creditor},
        {"RltdPties/DbtrAcct/Id/IBAN", &Part::debtor_account},
        {"RltdPties/CdtrAcct/Id/IBAN", &Part::creditor_account},
        {"RmtInf/Ustrd", &Part::remittance},
        {"RmtInf/Strd/CdtrRefInf/Ref", &Part::reference},
        {"AddtlTxInf", &Part::additional},
    };
    for (const auto& [name, field] : known)
        if (path == name) join(part.*field, text);
}

void Camt::finish_balance() {
    const std::string& kind = edge_.kind.text;
    if (kind != "OPBD" && kind != "PRCD" && kind != "CLBD") return;
    const auto day = plain_day(before_time(edge_.date.text), format_);
    const auto money = plain_amount(edge_.sum.amount.text, '.');
    const std::string& direction = edge_.sum.direction.text;
    if (!day || !money || (direction != "CRDT" && direction != "DBIT"))
        throw Error(ErrorCode::bad_data, "balance " + kind + " is no balance",
                    "At line " + std::to_string(edge_.line) + " it has amount \"" +
                        clipped(cleaned(edge_.sum.amount.text)) + "\", direction \"" + clipped(cleaned(direction)) +
                        "\" and date \"" + clipped(cleaned(edge_.date.text)) + "\".",
                    "A balance has an amount with a decimal point, CRDT or DBIT and a date YYYY-MM-DD.");
    Balance found{account_, edge_.sum.currency.text.empty() ? account_currency_ : edge_.sum.currency.text,
                  direction == "DBIT" ? -*money : *money, *day, edge_.line};
    auto& place = kind == "OPBD" ? opening_ : kind == "PRCD" ? previous_ : closing_;
    if (!place) place = std::move(found);
}

// The account may stand behind the balances; it is known where the entries begin.
void Camt::announce_opening() {
    if (announced_) return;
    announced_ = true;
    if (!opening_) opening_ = previous_;
    if (opening_) opening_->account = account_, put(Event::opening, *opening_);
    if (closing_) closing_->account = account_;
}

void Camt::finish_entry() {
    const std::string& status = entry_.status.text;
    if (status == "PDNG" || status == "INFO" || status == "FUTR") return put_skipped();
    if (status != "BOOK")
        refuse(entry_.line, "Sts", status,
               status.empty() ? "where a status was expected" : "is not a status that is known",
               "An entry is BOOK, or PDNG, INFO or FUTR, which are not stored.");
    const Once& date = entry_.booked.given ? entry_.booked : entry_.value;
    const auto day = plain_day(before_time(date.text), format_);
    if (!day)
        refuse(entry_.line, entry_.booked.given || !entry_.value.given ? "BookgDt" : "ValDt", date.text,
               date.text.empty() ? "where a date was expected" : "is not a date in the format YYYY-MM-DD",
               "Dates lie between 1900 and 2200.");
    const auto money = plain_amount(entry_.sum.amount.text, '.');
    if (!money)
        refuse(entry_.line, "Amt", entry_.sum.amount.text,
               entry_.sum.amount.text.empty() ? "where an amount was expected" : "is not an amount",
               "Amounts are digits with a decimal point, without sign, below 900 trillion.");
    const std::string& direction = entry_.sum.direction.text;
    if (direction != "CRDT" && direction != "DBIT")
        refuse(entry_.line, "CdtDbtInd", direction, "tells neither money in nor money out", "It is CRDT or DBIT.");
    const std::string& reversed = entry_.reversed.text;
    if (entry_.reversed.given && reversed != "true" && reversed != "false" && reversed != "1" && reversed != "0")
        refuse(entry_.line, "RvslInd", reversed, "is neither true nor false", "It is true or false.");

    // The direction is that of the money also where the entry reverses another one; only the parties keep their sides.
    const bool in = direction == "CRDT";
    const bool back = reversed == "true" || reversed == "1";
    Entry entry;
    entry.booked_on = *day;
    entry.amount = in ? *money : -*money;
    entry.currency = entry_.sum.currency.text.empty() ? account_currency_ : entry_.sum.currency.text;
    entry.account = account_;
    entry.category = category_of_kind(entry_.kind.text);

    std::vector<ledger::Money> amounts;
    const bool split = entry_.parts.size() > 1 && signed_amounts(amounts, entry.amount);
    whole_ += entry_.parts.size() > 1 && !split;
    const std::size_t count = split ? entry_.parts.size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
        Entry one = entry;
        if (split) one.amount = amounts[i];
        if (split || entry_.parts.size() == 1) describe(one, entry_.parts[i], in != back);
        if (one.description.empty()) one.description = entry_.additional;
        one.raw = {date.text,
                   split ? one.amount.text() : entry_.sum.amount.text,
                   one.counterparty,
                   one.description,
                   entry_.kind.text,
                   account_,
                   one.currency,
                   direction,
                   status};
        put(std::move(one));
    }
}

// What each part of a batch moves; false where one does not say or where they are not the whole.
bool Camt::signed_amounts(std::vector<ledger::Money>& amounts, ledger::Money whole) const {
    ledger::MoneySum sum;
    for (const Part& part : entry_.parts) {
        const Sum& said = part.sum.amount.given ? part.sum : part.transaction;
        const auto money = plain_amount(said.amount.text, '.');
        if (!money || said.currency.text != entry_.sum.currency.text) return false;
        bool in = whole.units > 0;
        if (said.direction.given) {
            if (said.direction.text != "CRDT" && said.direction.text != "DBIT") return false;
            in = said.direction.text == "CRDT";
        }
        amounts.push_back(in ? *money : -*money);
        sum += amounts.back();
    }
    return sum.units == whole.units;
}

void Camt::describe(Entry& entry, const Part& part, bool debtor_pays_us) const {
    const auto first = [](std::initializer_list<const std::string*> texts) -> std::string {
        for (const auto* text : texts)
            if (!text->empty()) return *text;
        return {};
    };
    if (debtor_pays_us)
        entry.counterparty = first({&part.debtor, &part.last_debtor, &part.debtor_account, &part.creditor});
    else
        entry.counterparty = first({&part.creditor, &part.last_creditor, &part.creditor_account, &part.debtor});
    entry.description = first({&part.remittance, &part.reference, &part.additional});
}

}  // namespace

std::unique_ptr<Source> open_camt(std::string_view content, const Plan& plan, const InterruptCheck& check) {
    return std::make_unique<Camt>(content, plan, check);
}

}  // namespace fin::importer::bank
