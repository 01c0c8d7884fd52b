// Examines a file as a whole: which marks, date format and sign convention all its rows agree on.
#include <algorithm>
#include <set>

#include "error.hpp"
#include "importer/date.hpp"
#include "importer/draft.hpp"
#include "importer/encoding.hpp"
#include "importer/importer.hpp"
#include "importer/layout.hpp"
#include "importer/number.hpp"
#include "importer/row_reader.hpp"
#include "importer/sample.hpp"
#include "importer/scanner.hpp"
#include "importer/unicode.hpp"
#include "importer/words.hpp"

namespace fin::importer {

namespace {

bool is_money(Role role) {
    return role == Role::amount || role == Role::debit || role == Role::credit || role == Role::balance ||
           role == Role::fee;
}

// What all rows together say.
struct Evidence {
    explicit Evidence(std::size_t columns) : marks(columns) {}
    DateEvidence dates;
    std::vector<MarkEvidence> marks;
    std::vector<BalancedRow> balanced;
    std::set<std::string, std::less<>> types;
    std::size_t rows = 0;
};

constexpr std::size_t most_types = 64;

std::size_t column_of(const Plan& plan, Role role) {
    for (std::size_t i = 0; i < plan.columns.size(); ++i)
        if (plan.columns[i].role == role) return i;
    return plan.columns.size();
}

Evidence gather(std::string_view content, const Plan& plan, const InterruptCheck& check) {
    Evidence evidence(plan.columns.size());
    Scanner scanner(content, plan.encoding, plan.delimiter, plan.quote, check);
    Record record;
    Pulse pulse(check);
    const std::size_t date = column_of(plan, Role::date), type = column_of(plan, Role::type);
    std::vector<std::size_t> money;
    for (std::size_t i = 0; i < plan.columns.size(); ++i)
        if (is_money(plan.columns[i].role)) money.push_back(i);
    std::string last_type;
    while (scanner.next(record)) {
        pulse();
        if (record.line <= plan.header_row || record.blank()) continue;
        ++evidence.rows;
        const auto& fields = record.fields;
        if (date < fields.size()) evidence.dates.add(fields[date]);
        for (const std::size_t i : money)
            if (i < fields.size() && !fields[i].empty())
                evidence.marks[i].add(fields[i], plan.workbook ? static_cast<std::size_t>(record.line) : evidence.rows);
        if (type < fields.size() && fields[type] != last_type && evidence.types.size() < most_types) {
            last_type = fields[type];
            evidence.types.insert(folded(last_type));
        }
    }
    return evidence;
}

void set_marks(Plan& plan, Evidence& evidence, const Options& options) {
    for (auto& marks : evidence.marks)
        for (const auto& other : evidence.marks) marks.lean_on(other);
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        Column& column = plan.columns[i];
        if (!is_money(column.role)) continue;
        const MarkEvidence& found = evidence.marks[i];
        if (options.decimal) {
            column.decimal = (*options.decimal)[0];
            column.grouping = found.grouping();
            if (!column.grouping || column.grouping == column.decimal)
                column.grouping = column.decimal == '.' ? ',' : '.';
            continue;
        }
        if (const std::string both = found.contradiction(); !both.empty())
            throw Error(ErrorCode::bad_data,
                        "column \"" + clipped(column.header) + "\" writes decimals with a point and with a comma",
                        "For example " + both + ".",
                        "Make the column uniform, or say which mark is the decimal one in option decimal.");
        const auto marks = found.marks();
        if (!marks)
            throw Error(
                ErrorCode::bad_data, "two readings fit the amounts of column \"" + clipped(column.header) + "\"",
                "\"" + clipped(found.ambiguous_example(), 40) +
                    "\" can be a number with three decimals or a number in thousands, and no other value decides.",
                "Say which mark is the decimal one in option decimal, \".\" or \",\".");
        column.decimal = marks->decimal, column.grouping = marks->grouping;
    }
}

void set_sign(Plan& plan, const Evidence& evidence, const Options& options, bool spending) {
    const std::size_t amount = column_of(plan, Role::amount), debit = column_of(plan, Role::debit),
                      type = column_of(plan, Role::type);
    if (amount == plan.columns.size()) {
        if (options.sign && *options.sign != "as_is")
            throw Error(ErrorCode::invalid_argument, "option sign needs a column of amounts",
                        "The file has debit and credit columns, which tell the sign themselves.");
        plan.sign = "debit_credit";
        if (debit < plan.columns.size())
            plan.negative_debits = evidence.marks[debit].negatives() > evidence.marks[debit].positives();
        return;
    }
    const MarkEvidence& amounts = evidence.marks[amount];
    std::vector<std::string> out;
    bool directed = type < plan.columns.size() && amounts.negatives() == 0 && !options.sign;
    if (directed)
        for (const auto& word : evidence.types)
            if (direction(word) < 0) out.push_back(word);
    if (directed) {
        plan.sign = "by_type";
        plan.outflow_words = out;
        return;
    }
    if (type < plan.columns.size()) plan.columns[type].role = Role::none;
    if (options.sign)
        plan.sign = *options.sign;
    else if (spending && amounts.positives() > 0 && amounts.negatives() * 9 <= amounts.positives())
        plan.sign = "expenses";
    else
        plan.sign = "as_is";
    if (plan.sign == "expenses" && !options.sign)
        plan.warnings.push_back("The file lists payments made: its positive amounts are stored as money out.");
}

// The account's currency where one word tells it: option, header of the amount, signs beside amounts, preamble.
std::string file_currency(const Plan& plan, const Sample& sample, const Options& options) {
    if (options.currency) return currency_code(*options.currency);
    for (const auto& column : plan.columns)
        if (column.role == Role::amount || column.role == Role::debit || column.role == Role::credit)
            if (std::string code = header_currency(column.header); !code.empty()) return code;
    std::set<std::string> codes;
    for (const auto& record : sample) {
        if (record.line <= plan.header_row) continue;
        for (std::size_t i = 0; i < std::min(plan.columns.size(), record.fields.size()); ++i) {
            if (!is_money(plan.columns[i].role)) continue;
            const auto amount =
                parse_amount(record.fields[i], {plan.columns[i].decimal.value_or('.'), plan.columns[i].grouping});
            if (amount && !amount->currency.empty()) codes.emplace(amount->currency);
        }
    }
    if (codes.empty())
        for (const auto& record : sample) {
            if (record.line >= plan.header_row) break;
            for (const auto& field : record.fields)
                if (std::string code = header_currency(field.substr(0, 100)); !code.empty()) codes.insert(code);
        }
    return codes.size() == 1 ? *codes.begin() : std::string();
}

}  // namespace

// The balance column: before or after its row, and what the account held before the oldest row.
void complete(std::string_view content, Plan& plan, const InterruptCheck& check) {
    RowReader reader(content, plan, check);
    Pulse pulse(check);
    ledger::Row row;
    std::vector<BalancedRow> rows;
    ledger::Day first_day = 0, last_day = 0;
    std::string first_account, last_account, currency;
    bool one_account = true, first = true;
    struct Edge {
        ledger::Money amount, balance;
        bool known = false;
    } oldest_first, newest_first;
    constexpr std::size_t most_rows = 2000;
    for (;;) {
        pulse();
        const auto outcome = reader.next(row);
        if (outcome == RowReader::Outcome::end) break;
        if (outcome == RowReader::Outcome::skipped) {
            ++plan.skipped;
            continue;
        }
        if (first) {
            first = false, first_day = row.booked_on;
            first_account = row.account, currency = row.currency;
            if (row.balance) oldest_first = {row.amount, *row.balance, true};
        } else if (one_account && (row.account != first_account || row.currency != currency)) {
            one_account = false;
        }
        last_day = row.booked_on;
        newest_first.known = row.balance.has_value();
        if (row.balance) newest_first = {row.amount, *row.balance, true};
        if (row.balance && rows.size() < most_rows) rows.push_back({row.amount.units, row.balance->units});
        if (reader.records() % 4096 == 0) reader.release();
    }
    plan.records = reader.records();
    if (first)
        throw Error(ErrorCode::bad_data, "the file has no row with a date and an amount",
                    std::to_string(plan.records) + " data records were read and none can be stored.",
                    "Check the options date_format, delimiter and columns.");
    bool disagrees = false;
    bool turned = false;  // the rows were read with the balance as that after the row, which it is not
    const bool has_balance = column_of(plan, Role::balance) < plan.columns.size();
    if (has_balance && !plan.balance_before && rows.size() >= 3) {
        const Reconciliation found = reconcile(rows);
        turned = found.before * 10 >= found.pairs * 8 && found.after * 2 < found.pairs;
        if (turned)
            plan.balance_before = true;
        else if (found.after * 2 < found.pairs && one_account)
            disagrees = true,
            plan.warnings.push_back("The balance column agrees with the amounts in " + std::to_string(found.after) +
                                    " of " + std::to_string(found.pairs) + " neighbouring rows.");
    }
    if (reader.repaired() > 0)
        plan.warnings.push_back(std::to_string(reader.repaired()) +
                                " rows lack the delimiter beside the date; their fields were taken apart.");
    if (reader.without_date_and_amount() > 0)
        plan.warnings.push_back(std::to_string(reader.without_date_and_amount()) +
                                " records have no date and no amount where the columns are; they were skipped.");
    if (plan.opening_balance) return;
    plan.opening_balance = reader.opening();
    if (plan.opening_balance || !has_balance || !one_account || disagrees) return;
    const Edge& edge = first_day <= last_day ? oldest_first : newest_first;
    if (!edge.known) return;
    plan.opening_balance = turned ? edge.balance : edge.balance - edge.amount;
}

Plan draft(std::string_view content, const Options& options, const InterruptCheck& check) {
    check();
    if (options.sheet && !options.workbook)
        throw Error(ErrorCode::invalid_argument, "option sheet is for workbooks", "The file is a text table.",
                    "Leave option sheet out.");
    if (!options.workbook) refuse_other_formats(content);
    Plan plan;
    plan.workbook = options.workbook;
    plan.warnings = options.notes;
    plan.encoding = options.encoding ? known_encoding(*options.encoding) : detect_encoding(content, check);
    check();
    if (plan.encoding == "UTF-8") {
        if (const std::size_t at = first_invalid_utf8(content, check); at != std::string_view::npos)
            throw Error(ErrorCode::bad_data, "the file is not valid UTF-8",
                        "Byte " + std::to_string(at + 1) + " fits no UTF-8 character.",
                        "Leave option encoding out, or name the right one, for example windows-1251.");
        if (content.find('\0') != std::string_view::npos)
            throw Error(ErrorCode::bad_data, "the file is binary, not a text table", "It contains zero bytes.",
                        "Save the table as CSV and import that file.");
    }
    plan.delimiter = options.delimiter ? (*options.delimiter)[0] : detect_delimiter(content, plan.encoding, check);
    const Sample sample = sample_of(content, plan.encoding, plan.delimiter, sample_records, check);
    check();
    Layout layout = detect_layout(sample, options, check);
    check();
    plan.header_row = layout.header_row;
    plan.columns = std::move(layout.columns);
    plan.balance_before = layout.balance_before;
    plan.opening_balance = options.opening_balance;

    Evidence evidence = gather(content, plan, check);
    set_marks(plan, evidence, options);
    if (options.date_format) {
        plan.date_format = *options.date_format;
    } else {
        const bool commas =
            std::any_of(evidence.marks.begin(), evidence.marks.end(), [](const auto& m) { return m.decimal_comma(); });
        plan.date_format =
            evidence.dates.format(commas || layout.not_english, plan.columns[column_of(plan, Role::date)].header);
        if (plan.date_format.empty())
            throw Error(ErrorCode::bad_data, "the file is no ledger: no column holds dates",
                        "Column \"" + clipped(plan.columns[column_of(plan, Role::date)].header) +
                            "\" has no value that is a date.",
                        "Say how its dates are written in option date_format.");
    }
    set_sign(plan, evidence, options, layout.spending);
    plan.currency = file_currency(plan, sample, options);
    return plan;
}

Plan examine(std::string_view content, std::string_view, const Options& options, const InterruptCheck& check) {
    Plan plan = draft(content, options, check);
    complete(content, plan, check);
    return plan;
}

}  // namespace fin::importer
