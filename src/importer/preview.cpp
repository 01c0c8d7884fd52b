// The preview document: what a file would be read as, with its first rows and its first errors.
#include <map>

#include "error.hpp"
#include "importer/describe.hpp"
#include "importer/draft.hpp"
#include "importer/importer.hpp"
#include "importer/row_reader.hpp"
#include "importer/unicode.hpp"
#include "importer/words.hpp"
#include "json/writer.hpp"

namespace fin::importer {

namespace {

constexpr std::size_t most_samples = 5, most_errors = 20;

struct Totals {
    ledger::MoneySum in, out;
    void add(ledger::Money money) { money.units >= 0 ? in += money : out += money; }
};

void write_sum(json::Writer& json, std::string_view name, const ledger::MoneySum& sum) {
    json.key(name);
    if (sum.units > ledger::Money::greatest || sum.units < -ledger::Money::greatest)
        json.null();
    else
        json.value(sum.money());
}

void write_error(json::Writer& json, const Error& error) {
    const auto* row = dynamic_cast<const BadRow*>(&error);
    json.begin_object();
    json.key("row");
    row ? json.value(static_cast<std::int64_t>(row->row)) : json.null();
    json.key("column");
    row ? json.value(row->column) : json.null();
    json.key("value");
    row ? json.value(row->value) : json.null();
    json.field("message", error.what()).field("detail", error.detail).field("hint", error.hint);
    json.end_object();
}

void write_sample(json::Writer& json, const ledger::Row& row, const Record& record, const Plan& plan) {
    json.begin_object().field("row_no", static_cast<std::int64_t>(row.row_no));
    json.key("raw").begin_object();
    std::map<std::string, int> seen;  // two columns may have one header
    for (std::size_t i = 0; i < plan.columns.size() && i < record.fields.size(); ++i) {
        std::string header = clipped(plan.columns[i].header, 200);
        if (seen[header]++ > 0) header += " (column " + std::to_string(i + 1) + ")";
        json.field(header, clipped(cleaned(record.fields[i]), 200));
    }
    json.end_object();
    json.key("parsed").begin_object();
    json.field("booked_on", ledger::date_text(row.booked_on)).field("amount", row.amount);
    const auto text = [&](std::string_view name, std::string_view value) {
        json.key(name);
        value.empty() ? json.null() : json.value(clipped(value, 200));
    };
    text("currency", row.currency), text("category", row.category), text("counterparty", row.counterparty);
    text("account", row.account), text("description", row.description);
    json.key("balance");
    row.balance ? json.value(*row.balance) : json.null();
    json.end_object().end_object();
}

}  // namespace

std::string preview(std::string_view content, std::string_view, const Options& options, const InterruptCheck& check) {
    json::Writer errors, samples, json;
    std::size_t error_count = 0, rows = 0, skipped = 0, sample_count = 0;
    std::map<std::string, Totals, std::less<>> totals;
    std::optional<ledger::Day> from, to;
    errors.begin_array(), samples.begin_array();
    const auto note = [&](const Error& error) {
        if (error_count++ < most_errors) write_error(errors, error);
    };
    Plan plan;
    bool planned = false;
    try {
        if (options.workbook && options.workbook->unreadable) throw Error(*options.workbook->unreadable);
        plan = draft(content, options, check);
        planned = true;
    } catch (const Error& error) {
        if (error.code == ErrorCode::invalid_argument) throw;
        note(error);
    }
    if (planned) {
        try {
            Plan whole = plan;
            complete(content, whole, check);
            plan = std::move(whole);
        } catch (const BadRow&) {
            // Found again below, together with the others.
        } catch (const Error& error) {
            note(error);
        }
        RowReader reader(content, plan, check);
        Pulse pulse(check);
        ledger::Row row;
        for (bool more = true; more;) {
            pulse();
            try {
                switch (reader.next(row)) {
                    case RowReader::Outcome::end: more = false; break;
                    case RowReader::Outcome::skipped: ++skipped; break;
                    case RowReader::Outcome::stored:
                        ++rows;
                        from = std::min(from.value_or(row.booked_on), row.booked_on);
                        to = std::max(to.value_or(row.booked_on), row.booked_on);
                        if (const auto known = totals.find(row.currency); known != totals.end())
                            known->second.add(row.amount);
                        else
                            totals[std::string(row.currency)].add(row.amount);
                        if (sample_count < most_samples)
                            ++sample_count, write_sample(samples, row, reader.record(), plan);
                        break;
                }
            } catch (const BadRow& error) {
                note(error);
            } catch (const Error& error) {
                note(error);
                break;
            }
            reader.release();
        }
    }
    errors.end_array(), samples.end_array();

    json.begin_object();
    json.key("dialect");
    planned ? write_dialect(json, plan) : static_cast<void>(json.null());
    json.key("columns");
    write_columns(json, plan);
    json.key("samples").raw(samples.text());
    json.field("rows", static_cast<std::int64_t>(rows)).field("skipped", static_cast<std::int64_t>(skipped));
    json.key("period");
    if (from)
        json.begin_object().field("from", ledger::date_text(*from)).field("to", ledger::date_text(*to)).end_object();
    else
        json.null();
    Totals all;
    for (const auto& [currency, one] : totals) all.in.units += one.in.units, all.out.units += one.out.units;
    json.key("totals").begin_object();
    write_sum(json, "inflow", all.in), write_sum(json, "outflow", all.out);
    json.key("by_currency").begin_object();
    for (const auto& [currency, one] : totals) {
        json.key(currency).begin_object();
        write_sum(json, "inflow", one.in), write_sum(json, "outflow", one.out);
        json.end_object();
    }
    json.end_object().end_object();
    json.key("errors").raw(errors.text());
    json.field("error_count", static_cast<std::int64_t>(error_count));
    json.key("warnings").begin_array();
    for (const auto& warning : plan.warnings) json.value(warning);
    json.end_array().end_object();
    return json.text();
}

}  // namespace fin::importer
