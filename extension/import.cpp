// fin_import: a file becomes a report, whole or not at all. The reading is in src/importer.
#include "importer/importer.hpp"

#include "datum.hpp"
#include "hash/sha256.hpp"
#include "ledger/content_hash.hpp"
#include "report_kinds.hpp"
#include "spi.hpp"
#include "workbook.hpp"

namespace {

using namespace fin;
using namespace fin::pg;
using ledger::Row;

// Column arrays of one batch for INSERT .. SELECT FROM unnest(...), built in a context that is reset after each batch.
class BatchInsert {
public:
    BatchInsert(Datum workspace, Datum report) : workspace_(workspace), report_(report) {
        guard([&] {
            context_ = AllocSetContextCreate(CurrentMemoryContext, "pg_fin import batch", ALLOCSET_DEFAULT_SIZES);
            Oid types[] = {UUIDOID,      UUIDOID,      INT4ARRAYOID, DATEARRAYOID, NUMERICARRAYOID, TEXTARRAYOID,
                           TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, NUMERICARRAYOID};
            plan_ = SPI_prepare(
                "INSERT INTO fin.transactions (workspace_id, report_id, row_no, booked_on, amount, currency, category,"
                " counterparty, account, description, balance)"
                " SELECT $1, $2, u.* FROM unnest($3::int[], $4::date[], $5::numeric[], $6::text[], $7::text[], "
                "$8::text[],"
                " $9::text[], $10::text[], $11::numeric[]) u",
                static_cast<int>(std::size(types)), types);
            if (!plan_) elog(ERROR, "preparing the insert failed: %s", SPI_result_code_string(SPI_result));
        });
    }

    void operator()(const std::vector<Row>& rows) {
        guard([&] {
            MemoryContext caller = MemoryContextSwitchTo(context_);
            count_ = static_cast<int>(rows.size());
            Datum values[] = {workspace_,
                              report_,
                              column(INT4OID, 4, true, TYPALIGN_INT, rows,
                                     [](const Row& row, bool&) { return Int32GetDatum(row.row_no); }),
                              column(DATEOID, 4, true, TYPALIGN_INT, rows,
                                     [](const Row& row, bool&) { return date_of(row.booked_on); }),
                              column(NUMERICOID, -1, false, TYPALIGN_INT, rows,
                                     [](const Row& row, bool&) { return plain_numeric_of(row.amount); }),
                              texts(rows, &Row::currency),
                              texts(rows, &Row::category),
                              texts(rows, &Row::counterparty),
                              texts(rows, &Row::account),
                              texts(rows, &Row::description),
                              column(NUMERICOID, -1, false, TYPALIGN_INT, rows, [](const Row& row, bool& null) {
                                  null = !row.balance;
                                  return null ? Datum(0) : plain_numeric_of(*row.balance);
                              })};
            MemoryContextSwitchTo(caller);
            SPI_execute_plan(plan_, values, nullptr, false, 0);
            MemoryContextReset(context_);
        });
    }

private:
    template <class F>
    Datum column(Oid type, int length, bool by_value, char align, const std::vector<Row>& rows, F value_of) {
        auto* values = static_cast<Datum*>(palloc(sizeof(Datum) * rows.size()));
        auto* nulls = static_cast<bool*>(palloc0(sizeof(bool) * rows.size()));
        for (std::size_t i = 0; i < rows.size(); ++i) values[i] = value_of(rows[i], nulls[i]);
        int lower = 1;
        return PointerGetDatum(construct_md_array(values, nulls, 1, &count_, &lower, type, length, by_value, align));
    }
    Datum texts(const std::vector<Row>& rows, std::string_view Row::*member) {
        return column(TEXTOID, -1, false, TYPALIGN_INT, rows, [member](const Row& row, bool& null) {
            const std::string_view text = row.*member;
            null = text.empty();
            return null ? Datum(0) : plain_text_of(text);
        });
    }

    Datum workspace_, report_;
    MemoryContext context_ = nullptr;
    SPIPlanPtr plan_ = nullptr;
    int count_ = 0;
};

// What the stored rows add up to, taken down while they pass.
struct Tally {
    ledger::ContentHash hash;
    ledger::Builder builder;  // for the kinds
    std::optional<ledger::Day> from, to;
    std::int32_t rows = 0;
    std::string currency;  // of all rows; empty where there are several or none is known
    bool currencies_differ = false;

    void add(const std::vector<Row>& batch) {
        for (const Row& row : batch) {
            check_interrupts();
            hash.add(row);
            builder.add(row);
            from = from ? std::min(*from, row.booked_on) : row.booked_on;
            to = to ? std::max(*to, row.booked_on) : row.booked_on;
            if (rows == 0)
                currency = row.currency;
            else if (!currencies_differ)
                currencies_differ = currency != row.currency;
            ++rows;
        }
        if (currencies_differ) currency.clear();
    }
};

Parameter money_param(const std::optional<ledger::Money>& money) {
    return money ? Parameter{NUMERICOID, numeric_of(*money)} : Parameter{NUMERICOID, 0, true};
}

// In pieces: a gigabyte takes seconds.
std::string hash_of(std::string_view content) {
    constexpr std::size_t piece = 1 << 20;
    hash::Sha256 hash;
    for (std::size_t at = 0; at < content.size(); at += piece) {
        check_interrupts();
        hash.add(content.substr(at, piece));
    }
    return hash.hex();
}

// What an import of bytes with this hash and these options is known by.
std::string import_key(const std::string& content_hash, const importer::Options& options) {
    return hash::sha256(content_hash + options.canonical());
}

// One import of the same bytes at a time in a workspace: the second waits and then finds the first's report.
void lock(Session& session, const std::string& key) {
    session.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", {text_param("pg_fin import " + key)});
}

// Reads the rows into a report that is being processed, and completes it.
void fill(Session& session, Datum workspace, Datum id, std::string_view content, const importer::Plan& plan) {
    BatchInsert insert(workspace, id);
    Tally tally;
    importer::read(
        content, plan,
        [&](const std::vector<Row>& batch) {
            insert(batch);
            tally.add(batch);
        },
        check_interrupts);
    session.run(
        "UPDATE fin.reports SET status = 'completed', rows = $2, skipped = $3, period_from = $4, period_to = $5,"
        " currency = $6, opening_balance = $7, content_hash = $8, plan = $9, completed_at = clock_timestamp() WHERE id "
        "= $1",
        {uuid_param(*DatumGetUUIDP(id)),
         int_param(tally.rows),
         int_param(static_cast<std::int32_t>(plan.skipped)),
         {DATEOID, tally.from ? date_of(*tally.from) : 0, !tally.from},
         {DATEOID, tally.to ? date_of(*tally.to) : 0, !tally.to},
         optional_text_param(tally.currency),
         money_param(plan.opening_balance),
         text_param(tally.hash.hex()),
         jsonb_param(importer::describe(plan))});
    auto built = tally.builder.build(check_interrupts);
    store_kinds(session, *DatumGetUUIDP(workspace), *DatumGetUUIDP(id), built.ledger);
}

Datum import(std::string_view filename, std::string_view content, std::string_view options_json) {
    require_schema();
    auto options = importer::Options::parse(options_json);
    const bool again = options.duplicate == "new";
    options.duplicate.reset();

    Session session(Access::write);
    const Datum workspace = *session.run("SELECT fin.writable_workspace()").cell(0, 1);
    const std::string key = import_key(hash_of(content), options);
    lock(session, uuid_text(workspace) + key);
    if (!again) {
        const auto known = session.run(
            "SELECT id, filename FROM fin.reports WHERE workspace_id = $1 AND import_key = $2 AND status = 'completed'"
            " ORDER BY created_at, id LIMIT 1",
            {uuid_param(workspace), text_param(key)});
        if (!known.empty()) {
            auto* result = static_cast<pg_uuid_t*>(guard([] { return SPI_palloc(sizeof(pg_uuid_t)); }));
            memcpy(result, DatumGetPointer(*known.cell(0, 1)), sizeof *result);
            const std::string name = known.text(0, 2);
            guard([&] {
                ereport(NOTICE, (errmsg("these bytes were imported before, as \"%s\"", name.c_str()),
                                 errdetail("The existing report is returned."),
                                 errhint("Option {\"duplicate\": \"new\"} imports them again.")));
            });
            session.finish();
            return UUIDPGetDatum(result);
        }
    }

    const ImportText text(filename, content, options);
    const auto plan = importer::examine(text.text(), filename, text.options(), check_interrupts);
    const auto inserted = session.run(
        "INSERT INTO fin.reports (workspace_id, source, filename, status, import_key, options, created_by)"
        " VALUES ($1, 'import', $2, 'processing', $3, $4, fin.current_user_id()) RETURNING id",
        {uuid_param(workspace), text_param(filename), text_param(key), jsonb_param(options.canonical())});
    const Datum id = *inserted.cell(0, 1);
    fill(session, workspace, id, text.text(), plan);

    auto* result = static_cast<pg_uuid_t*>(guard([] { return SPI_palloc(sizeof(pg_uuid_t)); }));
    memcpy(result, DatumGetPointer(id), sizeof *result);
    session.finish();
    return UUIDPGetDatum(result);
}

// A report that was made before its rows: for uploads, which have an id at once and are read by a worker.
void import_into(Datum id, std::string_view content) {
    require_schema();
    Session session(Access::write);
    const auto found = session.run(
        "SELECT workspace_id, filename, options FROM fin.reports WHERE id = $1 AND source = 'import' AND status = "
        "'processing' FOR UPDATE",
        {uuid_param(*DatumGetUUIDP(id))});
    if (found.empty())
        throw Error(ErrorCode::not_found, "report " + uuid_text(id) + " does not wait for its rows",
                    "There is no such report of the caller with status processing.");
    const Datum workspace = *found.cell(0, 1);
    const std::string filename = found.text(0, 2);
    const auto options = importer::Options::parse(json_text(*found.cell(0, 3)));
    const ImportText text(filename, content, options);
    const auto plan = importer::examine(text.text(), filename, text.options(), check_interrupts);
    fill(session, workspace, id, text.text(), plan);
    session.finish();
}

}  // namespace

FIN_FUNCTION(fin_import) {
    return import(utf8_of(PG_GETARG_DATUM(0)), bytes_of(PG_GETARG_DATUM(1)), json_text(PG_GETARG_DATUM(2)));
}

FIN_FUNCTION(fin_import_preview) {
    const auto options = importer::Options::parse(json_text(PG_GETARG_DATUM(2)));
    const std::string_view filename = utf8_of(PG_GETARG_DATUM(0));
    const ImportText text(filename, bytes_of(PG_GETARG_DATUM(1)), options, ImportText::Broken::is_told);
    return jsonb_of(importer::preview(text.text(), filename, text.options(), check_interrupts));
}

FIN_FUNCTION(fin_import_into) {
    import_into(PG_GETARG_DATUM(0), bytes_of(PG_GETARG_DATUM(1)));
    PG_RETURN_VOID();
}

FIN_FUNCTION(fin_import_key) {
    auto options = importer::Options::parse(json_text(PG_GETARG_DATUM(1)));
    options.duplicate.reset();
    return text_of(import_key(std::string(utf8_of(PG_GETARG_DATUM(0))), options));
}
