// Drawing of reports and charts, and the checks of branding: what fin_export and fin_chart stand on.
#include <nlohmann/json.hpp>

#include "datum.hpp"
#include "exporter/branding.hpp"
#include "exporter/chart.hpp"
#include "exporter/transaction_rows.hpp"
#include "helper.hpp"
#include "spi.hpp"

namespace {

using namespace fin;
using namespace fin::pg;
using nlohmann::json;

constexpr std::size_t largest_pdf = std::size_t{64} << 20;
constexpr std::size_t largest_workbook = std::size_t{1000} << 20;  // a value of PostgreSQL holds 1 GB

// What the helper gives, as it came: one string would be copied whenever it grows.
class Pieces {
public:
    void add(std::string_view bytes) {
        pieces_.emplace_back(bytes);
        size_ += bytes.size();
    }
    // All of it as one value; each piece is gone once it is copied.
    Datum bytea_value() {
        auto* const made = guard([&] { return static_cast<bytea*>(palloc(VARHDRSZ + size_)); });
        SET_VARSIZE(made, VARHDRSZ + size_);
        char* at = VARDATA(made);
        for (std::string& piece : pieces_) {
            at = std::copy(piece.begin(), piece.end(), at);
            std::string().swap(piece);
        }
        return PointerGetDatum(made);
    }

private:
    std::vector<std::string> pieces_;
    std::size_t size_ = 0;
};

double size_in(const json& options, const char* key, double usual) {
    const auto found = options.find(key);
    if (found == options.end() || found->is_null()) return usual;
    const double size = found->is_number() ? found->get<double>() : 0;
    if (!(size >= 120 && size <= 4000))
        throw Error(ErrorCode::invalid_argument, std::string("option ") + key + " of a chart is 120 to 4000");
    return size;
}

// Rows on their way from the executor to the helper. No exception leaves it below PostgreSQL's frames.
struct Handing {
    HelperAtWork& helper;
    MemoryContext row;  // what a row's texts are unpacked into
    std::size_t rows = 0;
    std::string waiting = {};
    std::exception_ptr failure = {};
};

constexpr std::size_t gathered = std::size_t{1} << 17;  // bytes of rows that go together

bool hand_on(void* state, const Datum* values, const bool* nulls) {
    auto& handing = *static_cast<Handing*>(state);
    MemoryContextReset(handing.row);
    const MemoryContext before = MemoryContextSwitchTo(handing.row);
    const auto text = [&](int column) { return nulls[column] ? std::string_view() : plain_utf8_of(values[column]); };
    exporter::TransactionRow row;
    row.row_no = nulls[0] ? 0 : DatumGetInt32(values[0]);
    row.booked_on = text(1), row.currency = text(3), row.category = text(4), row.kind = text(5);
    row.counterparty = text(6), row.account = text(7), row.description = text(8);
    const bool has_amount = !nulls[2] && money_of(values[2], row.amount);
    MemoryContextSwitchTo(before);
    if (!has_amount) return true;
    try {
        exporter::append_row(handing.waiting, row);
        ++handing.rows;
        if (handing.waiting.size() < gathered) return true;
        handing.helper.give(handing.waiting);
        handing.waiting.clear();
    } catch (...) {
        handing.failure = std::current_exception();
        return false;
    }
    return true;
}

}  // namespace

// The same as a workbook, with every transaction: the helper writes them while they are read, and nobody holds them.
FIN_FUNCTION(fin_write_workbook) {
    Pieces book;
    pipe::Limits limits;
    // How long reading takes is the query's matter; statement_timeout and cancels end both.
    limits.deadline = std::chrono::hours(1);
    limits.output = largest_workbook;
    HelperAtWork helper(
        "write-workbook", json_text(PG_GETARG_DATUM(1)), [&](std::string_view bytes) { book.add(bytes); }, limits,
        folder_of_temporary_files());
    Handing handing{helper, guard([] {
                        return AllocSetContextCreate(CurrentMemoryContext, "row of a workbook", ALLOCSET_SMALL_SIZES);
                    })};
    Session session(Access::read);
    session.stream(
        "SELECT row_no, booked_on::text, amount, currency, category, kind, counterparty, account, description FROM " +
            own_schema(fcinfo->flinfo->fn_oid) + ".fin_transactions($1)",
        {uuid_param(PG_GETARG_DATUM(0))}, hand_on, &handing);
    session.finish();
    if (handing.failure) std::rethrow_exception(handing.failure);
    helper.give(handing.waiting);
    const json result = json::parse(helper.finish());
    if (result.at("transactions").get<std::size_t>() != handing.rows)
        throw Error(ErrorCode::not_ready, "the workbook does not hold every transaction");
    return book.bytea_value();
}

// {"document", "branding", "workspace", "source", "language", "created"} and a logo as a PDF.
FIN_FUNCTION(fin_draw_report) {
    const std::string request = json_text(PG_GETARG_DATUM(0));
    const std::string_view logo = PG_ARGISNULL(1) ? std::string_view() : bytes_of(PG_GETARG_DATUM(1));
    Pieces pdf;
    pipe::Limits limits;
    limits.output = largest_pdf;
    run_helper(
        "draw-report", request, logo, [&](std::string_view bytes) { pdf.add(bytes); }, limits);
    return pdf.bytea_value();
}

// A chart of an analysis as SVG. Needs no helper: nothing but numbers and names of the analysis goes in.
FIN_FUNCTION(fin_draw_chart) {
    const exporter::Report report = exporter::read_report(json_text(PG_GETARG_DATUM(0)));
    const json options = json::parse(json_text(PG_GETARG_DATUM(2)));
    if (!options.is_object()) throw Error(ErrorCode::invalid_argument, "options of a chart are a JSON object");
    for (const auto& [key, value] : options.items())
        if (key != "width" && key != "height" && key != "branding" && key != "language")
            throw Error(ErrorCode::invalid_argument, "unknown option \"" + key + "\" of a chart", {},
                        "Options are width, height, language and branding.");
    const auto branding = exporter::parse_branding(options.value("branding", json::object()).dump());
    return text_of(exporter::chart_svg(report, branding.palette(), report.language, utf8_of(PG_GETARG_DATUM(1)),
                                       size_in(options, "width", 720), size_in(options, "height", 360)));
}

// The branding as it is, where it can be used.
FIN_FUNCTION(fin_check_branding) {
    exporter::parse_branding(json_text(PG_GETARG_DATUM(0)));
    return PG_GETARG_DATUM(0);
}

// The media type of a logo that can be used.
FIN_FUNCTION(fin_check_logo) {
    const auto type = exporter::check_logo(bytes_of(PG_GETARG_DATUM(0)));
    return text_of(type == exporter::LogoType::png ? "image/png" : "image/svg+xml");
}
