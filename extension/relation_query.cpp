#include "relation_query.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "datum.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "utils/regproc.h"
#include "utils/varlena.h"
}

namespace fin::pg {

namespace {

using nlohmann::json;

std::string quoted(const std::string& name) {
    return guard([&] { return quote_identifier(name.c_str()); });
}

struct ColumnOfRelation {
    std::string name, folded;
    Oid type;
};

std::vector<ColumnOfRelation> columns_of(Session& session, Oid relation) {
    const auto rows = session.run(
        "SELECT attname::text, lower(attname)::text, atttypid FROM pg_catalog.pg_attribute"
        " WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        {{OIDOID, ObjectIdGetDatum(relation)}});
    std::vector<ColumnOfRelation> columns;
    for (std::uint64_t i = 0; i < rows.size(); ++i)
        columns.push_back({rows.text(i, 1), rows.text(i, 2), DatumGetObjectId(*rows.cell(i, 3))});
    return columns;
}

// Roles of a mapping with the column names that are taken for them, best first.
struct RoleWords {
    const char* role;
    std::array<const char*, 10> words;
};
constexpr RoleWords roles[] = {
    {"row_no", {"row_no"}},
    {"date", {"booked_on", "date", "booking_date", "transaction_date", "posted_on", "posted_at", "paid_on", "дата"}},
    {"amount", {"amount", "net_amount", "value", "sum", "total", "сумма"}},
    {"debit", {"debit", "paid_out", "withdrawal", "расход"}},
    {"credit", {"credit", "paid_in", "deposit", "приход"}},
    {"category", {"category", "account_name", "expense_type", "категория", "статья"}},
    {"counterparty", {"counterparty", "payee", "supplier", "vendor", "customer", "merchant", "name", "контрагент"}},
    {"account", {"account", "bank_account", "iban", "счет", "счёт"}},
    {"currency", {"currency", "currency_code", "валюта"}},
    {"description", {"description", "memo", "note", "details", "описание", "назначение"}},
    {"balance", {"balance", "running_balance", "остаток", "баланс"}},
};

bool is_date(Oid type) { return type == DATEOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID; }
bool is_number(Oid type) {
    return type == NUMERICOID || type == INT4OID || type == INT8OID || type == INT2OID || type == FLOAT8OID ||
           type == FLOAT4OID;
}
bool is_text(Oid type) { return type == TEXTOID || type == VARCHAROID || type == BPCHAROID; }

bool fits(const std::string& role, Oid type) {
    if (role == "date") return is_date(type);
    if (role == "row_no") return type == INT4OID || type == INT8OID || type == INT2OID;
    if (role == "amount" || role == "debit" || role == "credit" || role == "balance") return is_number(type);
    return is_text(type) || type == INT4OID || type == INT8OID || type == INT2OID || OidIsValid(type);
}

std::string expected_type(const std::string& role) {
    if (role == "date") return "date, timestamp or timestamptz";
    if (role == "row_no") return "an integer type";
    return "a numeric type";
}

// Days of timestamptz are taken in UTC, so that the same rows give the same analysis for every reader.
std::string date_expression(const std::string& column, Oid type) {
    if (type == TIMESTAMPTZOID) return "(" + column + " AT TIME ZONE 'UTC')::pg_catalog.date";
    return column + "::pg_catalog.date";
}

// Runs f as the relation's owner where the caller is a superuser and the owner is not, in a security-restricted
// operation.
template <class F>
void with_the_rights_of_a_reader(Oid relation, F&& f) {
    struct Identity {
        Oid user = InvalidOid;
        int context = 0;
        int guc_level = 0;
    } saved;
    Oid owner = InvalidOid;
    guard([&] {
        const AclResult right = pg_class_aclcheck(relation, GetUserId(), ACL_SELECT);
        if (right != ACLCHECK_OK &&
            pg_attribute_aclcheck_all(relation, GetUserId(), ACL_SELECT, ACLMASK_ALL) != ACLCHECK_OK)
            aclcheck_error(right, OBJECT_TABLE, get_rel_name(relation));
        HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        if (HeapTupleIsValid(tuple)) {
            owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
            ReleaseSysCache(tuple);
        }
        GetUserIdAndSecContext(&saved.user, &saved.context);
        saved.guc_level = NewGUCNestLevel();
        const bool lend = superuser() && OidIsValid(owner) && !superuser_arg(owner);
        SetUserIdAndSecContext(lend ? owner : saved.user, saved.context | SECURITY_RESTRICTED_OPERATION);
    });
    // After an error the transaction's end puts identity and settings back, as for any function of the server.
    f();
    guard([&] {
        AtEOXact_GUC(false, saved.guc_level);
        SetUserIdAndSecContext(saved.user, saved.context);
    });
}

}  // namespace

std::string map_columns(Session& session, Oid relation, std::string_view mapping) {
    const auto columns = columns_of(session, relation);
    const json given = json::parse(mapping);
    if (!given.is_object()) throw Error(ErrorCode::invalid_argument, "mapping must be a JSON object of role to column");
    std::string known;
    for (const auto& role : roles) known += (known.empty() ? "" : ", ") + std::string(role.role);
    known += ", currency_code";
    for (const auto& item : given.items()) {
        const std::string& role = item.key();
        const json& column = item.value();
        const bool is_role =
            role == "currency_code" || std::ranges::any_of(roles, [&](const RoleWords& r) { return r.role == role; });
        if (!is_role)
            throw Error(ErrorCode::invalid_argument, "unknown mapping key \"" + role + "\"", {},
                        "Known keys: " + known + ".");
        if (!column.is_string())
            throw Error(ErrorCode::invalid_argument, "mapping of \"" + role + "\" must be a text", {},
                        "Give the column's name, for example {\"date\": \"paid_on\"}.");
    }
    json result = json::object();
    for (const auto& role : roles) {
        const ColumnOfRelation* found = nullptr;
        if (given.contains(role.role)) {
            const std::string name = given[role.role];
            for (const auto& column : columns)
                if (column.name == name) found = &column;
            if (!found)
                throw Error(ErrorCode::invalid_argument, "column \"" + name + "\" does not exist",
                            "The mapping names it for \"" + std::string(role.role) + "\".");
            if (!fits(role.role, found->type))
                throw Error(ErrorCode::invalid_argument, "column \"" + name + "\" cannot be the " + role.role,
                            "Its type must be " + expected_type(role.role) + ".");
        } else {
            for (const char* word : role.words)
                for (const auto& column : columns)
                    if (!found && word && column.folded == word && fits(role.role, column.type)) found = &column;
        }
        if (found) result[role.role] = found->name;
    }
    if (!result.contains("date"))
        throw Error(ErrorCode::invalid_argument, "no date column found",
                    "No column of type date or timestamp has a usual name.",
                    "Name it: fin_attach('ledger', '{\"date\": \"paid_on\", \"amount\": \"total\"}').");
    if (!result.contains("amount") && !(result.contains("debit") && result.contains("credit")))
        throw Error(ErrorCode::invalid_argument, "no amount column found",
                    "Neither an amount nor a debit and a credit column has a usual name.",
                    "Name it: fin_attach('ledger', '{\"date\": \"paid_on\", \"amount\": \"total\"}').");
    if (given.contains("currency_code")) result["currency_code"] = given["currency_code"];
    return result.dump();
}

void read_relation(Session& session, const Report& report,
                   const std::function<void(const std::string&, const std::vector<Parameter>&)>& stream) {
    const Oid relation = guard([&] {
        RangeVar* name = makeRangeVarFromNameList(textToQualifiedNameList(cstring_to_text(report.relation.c_str())));
        return RangeVarGetRelid(name, NoLock, true);
    });
    if (!OidIsValid(relation))
        throw Error(ErrorCode::not_found, "attached relation " + report.relation + " does not exist",
                    "Report " + report.id_text + " reads its rows there.", "Attach it again where it was renamed.");
    const auto columns = columns_of(session, relation);
    const json mapping = json::parse(report.mapping);
    const auto type_of = [&](const std::string& name) {
        for (const auto& column : columns)
            if (column.name == name) return column.type;
        throw Error(ErrorCode::not_found, "column \"" + name + "\" of " + report.relation + " does not exist any more",
                    "Report " + report.id_text + " reads it.", "Attach the relation again.");
    };
    const auto column = [&](const char* role) {
        const std::string name = mapping[role];
        type_of(name);
        return "t." + quoted(name);
    };
    const auto number = [&](const char* role) { return column(role) + "::pg_catalog.numeric"; };
    const auto text = [&](const char* role) {
        return mapping.contains(role) ? column(role) + "::pg_catalog.text" : std::string("NULL::pg_catalog.text");
    };
    const std::string date = date_expression(column("date"), type_of(mapping["date"]));
    const std::string amount = mapping.contains("amount")
                                   ? number("amount")
                                   : "CASE WHEN " + column("credit") + " IS NULL AND " + column("debit") +
                                         " IS NULL THEN NULL ELSE COALESCE(" + number("credit") +
                                         ", 0) - pg_catalog.abs(COALESCE(" + number("debit") + ", 0)) END";
    const std::string currency =
        mapping.contains("currency") ? "pg_catalog.upper(" + text("currency") + ")" : "$1::pg_catalog.text";
    const std::string balance = mapping.contains("balance") ? number("balance") : "NULL::pg_catalog.numeric";
    // A table has no order of its own: without a key the rows are numbered in the order of their content.
    const std::string row_no = mapping.contains("row_no")
                                   ? column("row_no") + "::pg_catalog.int4"
                                   : "pg_catalog.row_number() OVER (ORDER BY " + date + ", " + amount + ", " +
                                         text("category") + " COLLATE pg_catalog.\"C\", " + text("counterparty") +
                                         " COLLATE pg_catalog.\"C\", " + text("account") +
                                         " COLLATE pg_catalog.\"C\", " + text("description") +
                                         " COLLATE pg_catalog.\"C\", " + currency + " COLLATE pg_catalog.\"C\", " +
                                         balance + ")::pg_catalog.int4";
    const std::string sql = "SELECT " + row_no + ", " + date + ", " + amount + ", " + currency + ", " +
                            text("category") + ", " + text("counterparty") + ", " + text("account") + ", " +
                            text("description") + ", " + balance + " FROM " + report.relation + " t ORDER BY 1";
    const std::string code = mapping.value("currency_code", report.currency);
    std::vector<Parameter> params;
    if (!mapping.contains("currency"))
        params.push_back(code.empty() ? Parameter{TEXTOID, 0, true} : text_param(std::string_view(code)));
    with_the_rights_of_a_reader(relation, [&] { stream(sql, params); });
}

}  // namespace fin::pg
