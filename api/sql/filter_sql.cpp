// Columns and conditions as SQL: values are untyped parameters, so that PostgreSQL reads them as the column's type and
// its indexes apply.
#include <algorithm>

#include "api/request/text.hpp"
#include "api/sql/read_sql.hpp"

namespace fin::api::sql {

namespace {

using request::Operator;
using request::Quantifier;

std::string_view operator_text(Operator op) {
    switch (op) {
        case Operator::eq: return "=";
        case Operator::gt: return ">";
        case Operator::gte: return ">=";
        case Operator::lt: return "<";
        case Operator::lte: return "<=";
        case Operator::like: return "LIKE";
        case Operator::ilike: return "ILIKE";
        case Operator::match: return "~";
        case Operator::imatch: return "~*";
        case Operator::neq: return "<>";
        case Operator::cs: return "@>";
        case Operator::cd: return "<@";
        case Operator::ov: return "&&";
        case Operator::sl: return "<<";
        case Operator::sr: return ">>";
        case Operator::nxr: return "&<";
        case Operator::nxl: return "&>";
        case Operator::adj: return "-|-";
        case Operator::isdistinct: return "IS DISTINCT FROM";
        case Operator::fts: return "@@ pg_catalog.to_tsquery";
        case Operator::plfts: return "@@ pg_catalog.plainto_tsquery";
        case Operator::phfts: return "@@ pg_catalog.phraseto_tsquery";
        case Operator::wfts: return "@@ pg_catalog.websearch_to_tsquery";
        case Operator::in:
        case Operator::is: break;
    }
    return "";
}

void write_transformed(Writer& out, const std::string& function, const request::Filter& filter) {
    if (function.empty()) {
        out.compared(filter);
    } else {
        out << function << '(';
        out.compared(filter) << ')';
    }
}

void write_in(Writer& out, const plan::Condition& condition) {
    const auto& list = condition.filter.list;
    if (list.size() == 1 && list[0].empty()) {
        out << " = ANY ('{}')";
    } else if (condition.column.transform.empty()) {
        out << " = ANY (";
        out.parameter(request::array_literal(list)) << ')';
    } else {
        out << " = ANY (SELECT " << condition.column.transform << "(pg_catalog.unnest(";
        out.parameter(request::array_literal(list)) << "::text[])))";
    }
}

void write_value(Writer& out, const plan::Condition& condition) {
    const request::Filter& filter = condition.filter;
    const bool pattern = filter.op == Operator::like || filter.op == Operator::ilike;
    out << ' ' << operator_text(filter.op) << ' ';
    if (filter.quantifier == Quantifier::any) out << "ANY (";
    if (filter.quantifier == Quantifier::all) out << "ALL (";
    if (pattern) {
        std::string value = filter.value;
        std::replace(value.begin(), value.end(), '*', '%');
        out.parameter(std::move(value));
    } else {
        write_transformed(out, filter.op == Operator::isdistinct ? std::string() : condition.column.transform, filter);
    }
    if (filter.quantifier != Quantifier::none) out << ')';
}

void write_search(Writer& out, const request::Filter& filter) {
    out << ' ' << operator_text(filter.op) << '(';
    if (filter.language) out.parameter(*filter.language) << ", ";
    out.parameter(filter.value) << ')';
}

void write_embedded(Writer& out, const plan::Condition& condition, const plan::Node& node) {
    out.identifier("_fin_" + std::to_string(node.children[*condition.embedded].number));
    out << (condition.filter.negated ? " IS DISTINCT FROM NULL" : " IS NOT DISTINCT FROM NULL");
}

}  // namespace

void write_column(Writer& out, const Qualifier& table, const plan::Column& column) {
    if (column.to_tsvector) {
        out << "pg_catalog.to_tsvector(";
        if (column.language) out.parameter(*column.language) << ", ";
    }
    if (column.full_row) {
        out.identifier(table.name.name);
    } else {
        if (column.to_json) out << "pg_catalog.to_jsonb(";
        out << table.name << '.';
        if (column.name == "*")
            out << '*';
        else
            out.identifier(column.name);
        if (column.to_json) out << ')';
        for (const request::JsonStep& step : column.path) {
            out << (step.as_text ? "->>" : "->");
            out.parameter(step.operand);
            if (step.is_index) out << "::int";
        }
    }
    if (column.to_tsvector) out << ')';
}

void write_condition(Writer& out, const Qualifier& table, const plan::Condition& condition, const plan::Node* node) {
    if (condition.kind != request::Logic::Kind::term) {
        out << (condition.negated ? "NOT (" : "(");
        Separator separator(out, condition.kind == request::Logic::Kind::all ? " AND " : " OR ");
        for (const plan::Condition& item : condition.items) {
            separator.next();
            write_condition(out, table, item, node);
        }
        out << ')';
        return;
    }
    if (condition.embedded && node) return write_embedded(out, condition, *node);
    const request::Filter& filter = condition.filter;
    if (filter.negated) out << "NOT ";
    write_column(out, table, condition.column);
    switch (filter.op) {
        case Operator::in: return write_in(out, condition);
        case Operator::is: out << " IS " << filter.value; return;
        case Operator::fts:
        case Operator::plfts:
        case Operator::phfts:
        case Operator::wfts: return write_search(out, filter);
        default: return write_value(out, condition);
    }
}

void write_conditions(Writer& out, const Qualifier& table, const std::vector<plan::Condition>& conditions) {
    Separator separator(out, " AND ");
    for (const plan::Condition& condition : conditions) {
        separator.next();
        write_condition(out, table, condition);
    }
}

}  // namespace fin::api::sql
