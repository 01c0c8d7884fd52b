#include "importer/describe.hpp"

#include "importer/unicode.hpp"
#include "importer/words.hpp"

namespace fin::importer {

namespace {

constexpr std::size_t longest_header = 200;

void write_mark(json::Writer& out, std::string_view name, const std::optional<char>& mark) {
    out.key(name);
    if (mark)
        out.value(std::string_view(&*mark, 1));
    else
        out.null();
}

}  // namespace

void write_dialect(json::Writer& out, const Plan& plan) {
    out.begin_object();
    if (plan.workbook) {
        out.field("workbook", plan.workbook->kind).field("sheet", plan.workbook->sheet).key("sheets").begin_array();
        for (const auto& sheet : plan.workbook->sheets) out.value(sheet);
        out.end_array();
    } else {
        out.field("encoding", plan.encoding).field("delimiter", std::string_view(&plan.delimiter, 1));
        out.field("quote", std::string_view(&plan.quote, 1));
    }
    out.field("header_row", plan.header_row);
    out.field("date_format", plan.date_format).field("sign", plan.sign).key("currency");
    if (plan.currency.empty())
        out.null();
    else
        out.value(plan.currency);
    out.end_object();
}

void write_columns(json::Writer& out, const Plan& plan) {
    out.begin_array();
    for (const auto& column : plan.columns) {
        out.begin_object()
            .field("header", clipped(column.header, longest_header))
            .field("role", role_name(column.role));
        write_mark(out, "decimal", column.decimal);
        write_mark(out, "grouping", column.grouping);
        out.end_object();
    }
    out.end_array();
}

std::string describe(const Plan& plan) {
    json::Writer out;
    out.begin_object().key("dialect");
    write_dialect(out, plan);
    out.key("columns");
    write_columns(out, plan);
    out.field("records", static_cast<std::int64_t>(plan.records))
        .field("skipped", static_cast<std::int64_t>(plan.skipped));
    out.key("warnings").begin_array();
    for (const auto& warning : plan.warnings) out.value(warning);
    out.end_array().end_object();
    return out.text();
}

}  // namespace fin::importer
