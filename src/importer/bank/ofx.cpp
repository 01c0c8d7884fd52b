// OFX: 1 (SGML, closing tags of values may lack) and 2 (XML). Bank, credit card and the cash of investment statements.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "importer/bank/markup.hpp"
#include "importer/bank/sources.hpp"
#include "importer/unicode.hpp"

namespace fin::importer::bank {

namespace {

// Elements that hold others; every other one holds a value and may lack its closing tag in SGML.
bool is_aggregate(std::string_view name) {
    static constexpr std::string_view names[] = {"OFX",
                                                 "SIGNONMSGSRSV1",
                                                 "SONRS",
                                                 "FI",
                                                 "STATUS",
                                                 "BANKMSGSRSV1",
                                                 "CREDITCARDMSGSRSV1",
                                                 "INVSTMTMSGSRSV1",
                                                 "STMTTRNRS",
                                                 "CCSTMTTRNRS",
                                                 "INVSTMTTRNRS",
                                                 "STMTRS",
                                                 "CCSTMTRS",
                                                 "INVSTMTRS",
                                                 "BANKTRANLIST",
                                                 "INVTRANLIST",
                                                 "BANKTRANLISTP",
                                                 "INVBANKTRAN",
                                                 "STMTTRN",
                                                 "STMTTRNP",
                                                 "BANKACCTFROM",
                                                 "CCACCTFROM",
                                                 "INVACCTFROM",
                                                 "BANKACCTTO",
                                                 "CCACCTTO",
                                                 "LEDGERBAL",
                                                 "AVAILBAL",
                                                 "PAYEE",
                                                 "CURRENCY",
                                                 "ORIGCURRENCY"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_statement(std::string_view name) { return name == "STMTRS" || name == "CCSTMTRS" || name == "INVSTMTRS"; }

// YYYYMMDD, then perhaps HHMM, HHMMSS, HHMMSS.XXX, then perhaps [-5:EST] or [5.30:IST]. The day is the one that is
// written: the zone tells where the clock stood, not another day.
std::optional<ledger::Day> day_of_time(std::string_view text, const DateFormat& format) {
    static const auto digits = [](std::string_view part) {
        return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (text.size() < 8) return std::nullopt;
    const auto day = plain_day(text.substr(0, 8), format);
    if (!day) return std::nullopt;
    std::string_view rest = text.substr(8);
    if (const std::size_t zone = rest.find('['); zone != std::string_view::npos) {
        if (!rest.ends_with(']')) return std::nullopt;
        std::string_view offset = rest.substr(zone + 1, rest.size() - zone - 2);
        offset = offset.substr(0, offset.find(':'));
        if (offset.starts_with('-') || offset.starts_with('+')) offset.remove_prefix(1);
        if (offset.empty() || offset.size() > 5 || offset.front() < '0' || offset.front() > '9') return std::nullopt;
        if (offset.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
        rest = rest.substr(0, zone);
    }
    if (const std::size_t point = rest.find('.'); point != std::string_view::npos) {
        if (point != 6 || rest.size() == 7 || !digits(rest.substr(7))) return std::nullopt;
        rest = rest.substr(0, 6);
    }
    if (!digits(rest) || (rest.size() != 0 && rest.size() != 4 && rest.size() != 6)) return std::nullopt;
    const auto two = [&](std::size_t at) { return (rest[at] - '0') * 10 + (rest[at + 1] - '0'); };
    if (!rest.empty() && (two(0) > 24 || two(2) > 59 || (rest.size() == 6 && two(4) > 60))) return std::nullopt;
    return day;
}

// FITIDs as hashes: enough to see that a bank gives one to several entries.
std::uint64_t hash_of(std::string_view account, std::string_view id) {
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (const std::string_view part : {account, std::string_view("\n"), id})
        for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}

constexpr std::size_t max_ids = 1000000;

class Ofx : public Source {
public:
    Ofx(std::string_view content, const Plan& plan, const InterruptCheck& check, Evidence* evidence)
        : plan_(plan),
          xml_(is_xml(content)),
          markup_(content, plan.encoding, xml_ ? Markup::Dialect::xml : Markup::Dialect::sgml, check),
          format_("YYYYMMDD"),
          evidence_(evidence) {
        const Column& amount = plan.columns[amount_column];
        marks_ = {amount.decimal.value_or('.'), amount.grouping};
        if (!xml_) markup_.skip_to_first_tag();
    }

    void warn(std::vector<std::string>& warnings) const override {
        if (investments_ > 0)
            warnings.push_back(std::to_string(investments_) +
                               " investment transactions (trades and income of securities) are not read; they are "
                               "counted as skipped.");
        auto ids = ids_;
        std::sort(ids.begin(), ids.end());
        std::size_t repeated = 0;
        for (std::size_t i = 1; i < ids.size(); ++i) repeated += ids[i] == ids[i - 1];
        if (repeated > 0)
            warnings.push_back(std::to_string(repeated) +
                               " entries repeat the FITID of another one of their account; all are kept, because banks "
                               "give one FITID to several payments. Look at the duplicates the analysis finds.");
    }

protected:
    bool pump() override;

private:
    static constexpr std::size_t amount_column = 1;
    enum Field : std::size_t { type, posted, amount, id, name, memo, payee, symbol, number, field_count };

    static bool is_xml(std::string_view content) {
        if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
        content = trimmed(content.substr(0, 4096));
        return content.starts_with("<?xml") || content.starts_with("<?OFX") || content.starts_with("\xFF\xFE") ||
               content.starts_with("\xFE\xFF");
    }

    void open(const std::string& name);
    void close(const std::string& name);
    void leave(const std::string& name);
    void value(std::string_view leaf, std::string_view text);
    void set(Field field, std::string_view leaf, std::string_view text);
    void finish_entry();
    void finish_statement();
    bool inside(std::string_view name) const { return std::find(stack_.begin(), stack_.end(), name) != stack_.end(); }

    const Plan& plan_;
    bool xml_;
    Markup markup_;
    DateFormat format_;
    Marks marks_;
    Evidence* evidence_;
    std::vector<std::string> stack_;
    std::string leaf_text_;
    bool has_text_ = false;  // the innermost element holds a value
    bool entered_ = false;

    std::string account_, currency_, balance_, balance_date_, list_end_;
    bool in_entry_ = false, pending_ = false;
    std::size_t entry_line_ = 0, entry_bytes_ = 0, statement_line_ = 0;
    std::array<std::string, field_count> fields_;
    std::array<bool, field_count> given_{};
    std::optional<ledger::Day> last_day_;
    std::size_t investments_ = 0;
    std::vector<std::uint64_t> ids_;
};

bool Ofx::pump() {
    switch (markup_.next()) {
        case Markup::Token::end:
            if (!entered_) refuse_cut_off("before the statement", markup_.line());
            if (!stack_.empty()) refuse_cut_off("before <" + stack_.back() + "> is closed", markup_.line());
            return false;
        case Markup::Token::open: open(std::string(markup_.name())); break;
        case Markup::Token::close: close(std::string(markup_.name())); break;
        case Markup::Token::text:
            if (stack_.empty())
                throw Error(ErrorCode::bad_data, "text stands outside the statement",
                            "It is at line " + std::to_string(markup_.line()) + ".",
                            "The file is damaged: fetch it again.");
            if (is_aggregate(stack_.back()) && !has_text_)
                throw Error(ErrorCode::bad_data, "text stands where <" + stack_.back() + "> holds elements",
                            "It is at line " + std::to_string(markup_.line()) + ": \"" +
                                clipped(cleaned(markup_.text())) + "\".",
                            "The file is damaged: fetch it again.");
            leaf_text_ += markup_.text(), has_text_ = true;
            if (leaf_text_.size() > max_entry) refuse_long("a text", markup_.line());
            break;
    }
    return true;
}

void Ofx::open(const std::string& name) {
    if (has_text_) {
        if (xml_)
            throw Error(ErrorCode::bad_data, "an element stands inside the value of <" + stack_.back() + ">",
                        "It is at line " + std::to_string(markup_.line()) + ".",
                        "The file is damaged: fetch it again.");
        leave(stack_.back());  // its closing tag is left out
        stack_.pop_back();
    }
    if (stack_.empty()) {
        if (name != "OFX" || entered_)
            throw Error(ErrorCode::bad_data, "<" + name + "> stands where the statement is expected",
                        "It is at line " + std::to_string(markup_.line()) + ".", "An OFX file holds one <OFX>.");
        entered_ = true;
    }
    if (stack_.size() >= 64)
        throw Error(ErrorCode::limit_exceeded, "elements are nested too deep",
                    "More than 64 are open at line " + std::to_string(markup_.line()) + ".",
                    "The file is damaged or no statement.");
    const bool entry = name == "STMTTRN" || name == "STMTTRNP";
    if (in_entry_ && (entry || is_statement(name) || name == "BANKTRANLIST"))
        throw Error(ErrorCode::bad_data, "<" + name + "> opens inside an entry",
                    "The entry of line " + std::to_string(entry_line_) + " is not closed at line " +
                        std::to_string(markup_.line()) + ".",
                    "The file is damaged: fetch it again.");
    if (entry) {
        in_entry_ = true, pending_ = name == "STMTTRNP";
        entry_line_ = markup_.line(), entry_bytes_ = 0;
        for (auto& field : fields_) field.clear();
        given_ = {};
    } else if (is_statement(name)) {
        account_.clear(), currency_.clear(), balance_.clear(), balance_date_.clear(), list_end_.clear();
        last_day_.reset(), statement_line_ = markup_.line();
    } else if (!stack_.empty() && stack_.back() == "INVTRANLIST" && name != "DTSTART" && name != "DTEND" &&
               name != "INVBANKTRAN") {
        ++investments_;
        put_skipped();
    }
    stack_.push_back(name);
}

void Ofx::close(const std::string& name) {
    const auto found = std::find(stack_.rbegin(), stack_.rend(), name);
    if (found == stack_.rend())
        throw Error(ErrorCode::bad_data, "</" + clipped(name) + "> closes what is not open",
                    "It is at line " + std::to_string(markup_.line()) + ".", "The file is damaged: fetch it again.");
    while (stack_.back() != name) {
        if (is_aggregate(stack_.back()))
            throw Error(ErrorCode::bad_data, "the tags do not match",
                        "<" + stack_.back() + "> is open where </" + clipped(name) + "> stands, at line " +
                            std::to_string(markup_.line()) + ".",
                        "The file is damaged: fetch it again.");
        leave(stack_.back());
        stack_.pop_back();
    }
    leave(name);
    stack_.pop_back();
    // Behind the stack's change: what is thrown for an entry lets the next one be read.
    if (name == "STMTTRN" || name == "STMTTRNP") finish_entry();
    if (is_statement(name)) finish_statement();
}

// An element ends, with or without a closing tag.
void Ofx::leave(const std::string& name) {
    if (has_text_) value(name, trimmed(leaf_text_));
    leaf_text_.clear(), has_text_ = false;
}

void Ofx::set(Field field, std::string_view leaf, std::string_view text) {
    if (given_[field]) refuse_twice(leaf, markup_.line());
    given_[field] = true;
    fields_[field] = text;
    entry_bytes_ += text.size();
    if (entry_bytes_ > max_entry) refuse_long("an entry", markup_.line());
}

void Ofx::value(std::string_view leaf, std::string_view text) {
    if (in_entry_) {
        if (inside("BANKACCTTO") || inside("CCACCTTO") || inside("ORIGCURRENCY")) return;
        if (inside("PAYEE")) return leaf == "NAME" ? set(payee, leaf, text) : void();
        if (inside("CURRENCY")) return leaf == "CURSYM" ? set(symbol, leaf, text) : void();
        if (leaf == "TRNTYPE") set(type, leaf, text);
        if (leaf == "DTPOSTED" || (pending_ && leaf == "DTTRAN")) set(posted, leaf, text);
        if (leaf == "TRNAMT") set(amount, leaf, text);
        if (leaf == "FITID") set(id, leaf, text);
        if (leaf == "NAME") set(name, leaf, text);
        if (leaf == "MEMO") set(memo, leaf, text);
        if (leaf == "CHECKNUM") set(number, leaf, text);
        return;
    }
    if (leaf == "CURDEF") currency_ = beginning_of(text, 16);
    const bool from = inside("BANKACCTFROM") || inside("CCACCTFROM") || inside("INVACCTFROM");
    if (from && leaf == "ACCTID") account_ = beginning_of(text, 256);
    if (leaf == "DTEND" && (inside("BANKTRANLIST") || inside("INVTRANLIST"))) list_end_ = beginning_of(text, 64);
    if (inside("LEDGERBAL")) {
        if (leaf == "BALAMT") balance_ = beginning_of(text, 64);
        if (leaf == "DTASOF") balance_date_ = beginning_of(text, 64);
    }
}

void Ofx::finish_entry() {
    in_entry_ = false;
    if (evidence_ != nullptr) {
        evidence_->marks.add(fields_[amount], ++evidence_->entries);
        return;
    }
    if (pending_ || fields_[type] == "HOLD") return put_skipped();
    const auto day = day_of_time(fields_[posted], format_);
    if (!day)
        refuse(entry_line_, "DTPOSTED", fields_[posted],
               fields_[posted].empty() ? "where a date was expected" : "is not a date in the format YYYYMMDD",
               "A time HHMMSS and a zone such as [-5:EST] may follow. Dates lie between 1900 and 2200.");
    const auto money = parse_amount(fields_[amount], marks_);
    if (!money)
        refuse(entry_line_, "TRNAMT", fields_[amount],
               fields_[amount].empty() ? "where an amount was expected" : "is not an amount",
               "Amounts are digits with one decimal mark, between -900 trillion and 900 trillion. Option decimal says "
               "which mark it is.");
    Entry entry;
    entry.booked_on = *day;
    entry.amount = plan_.sign == "inverted" ? -money->money : money->money;
    entry.currency = given_[symbol] ? fields_[symbol] : currency_;
    entry.account = account_;
    entry.counterparty = fields_[name].empty() ? fields_[payee] : fields_[name];
    entry.description = fields_[memo];
    if (entry.counterparty.empty() && entry.description.empty() && given_[number])
        entry.description = "Check " + fields_[number];
    entry.category = category_of_kind(fields_[type]);
    entry.raw = {fields_[posted], fields_[amount], entry.counterparty, fields_[memo],
                 fields_[type],   account_,        entry.currency,     fields_[id]};
    last_day_ = std::max(last_day_.value_or(*day), *day);
    if (!fields_[id].empty() && ids_.size() < max_ids) ids_.push_back(hash_of(account_, fields_[id]));
    put(std::move(entry));
}

// The balance proves what the account held before only where it is that of the list's end.
void Ofx::finish_statement() {
    if (evidence_ != nullptr || balance_.empty()) return;
    const auto money = parse_amount(balance_, marks_);
    const auto day = day_of_time(balance_date_, format_);
    if (!money || !day) return;
    const auto end = day_of_time(list_end_, format_);
    const bool ends = last_day_ && *day >= *last_day_ && (!end || *day <= *end);
    put(Event::closing,
        {account_, currency_, plan_.sign == "inverted" ? -money->money : money->money, *day, statement_line_, ends});
}

}  // namespace

std::unique_ptr<Source> open_ofx(std::string_view content, const Plan& plan, const InterruptCheck& check) {
    return std::make_unique<Ofx>(content, plan, check, nullptr);
}

void gather_ofx(std::string_view content, const Plan& plan, Evidence& evidence, const InterruptCheck& check) {
    Ofx source(content, plan, check, &evidence);
    Entry entry;
    Balance balance;
    while (source.next(entry, balance) != Event::end) {
    }
}

}  // namespace fin::importer::bank
