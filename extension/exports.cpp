// Drawing of reports and charts, and the checks of branding: what fin_export and fin_chart stand on.
#include <nlohmann/json.hpp>

#include "datum.hpp"
#include "exporter/branding.hpp"
#include "exporter/chart.hpp"
#include "exporter/workbook/workbook.hpp"
#include "helper.hpp"
#include "spi.hpp"

namespace {

using namespace fin;
using namespace fin::pg;
using nlohmann::json;

constexpr std::size_t largest_pdf = std::size_t{64} << 20;

Datum bytea_of(const std::string& bytes) {
    return guard([&]() -> Datum {
        auto* made = static_cast<bytea*>(palloc(VARHDRSZ + bytes.size()));
        SET_VARSIZE(made, VARHDRSZ + bytes.size());
        memcpy(VARDATA(made), bytes.data(), bytes.size());
        return PointerGetDatum(made);
    });
}

double size_in(const json& options, const char* key, double usual) {
    const auto found = options.find(key);
    if (found == options.end() || found->is_null()) return usual;
    const double size = found->is_number() ? found->get<double>() : 0;
    if (!(size >= 120 && size <= 4000))
        throw Error(ErrorCode::invalid_argument, std::string("option ") + key + " of a chart is 120 to 4000");
    return size;
}

std::string text_in(const json& request, const char* key) {
    const auto found = request.find(key);
    return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Hands rows on to the workbook below PostgreSQL's frames: no exception leaves it.
struct Handing {
    exporter::Workbook& workbook;
    MemoryContext row;  // what a row's texts are unpacked into
    std::exception_ptr failure = {};
};

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
        handing.workbook.add(row);
    } catch (...) {
        handing.failure = std::current_exception();
        return false;
    }
    return true;
}

}  // namespace

// The same as a workbook, with every transaction, which is streamed and never held.
FIN_FUNCTION(fin_write_workbook) {
    const json request = json::parse(json_text(PG_GETARG_DATUM(1)));
    if (!request.is_object() || !request.contains("document"))
        throw Error(ErrorCode::invalid_argument, "the request has no document");
    const exporter::Report report = exporter::read_report(request.at("document").dump());
    exporter::Setting setting;
    setting.branding = exporter::parse_branding(request.value("branding", json::object()).dump());
    setting.workspace = text_in(request, "workspace"), setting.source = text_in(request, "source");
    setting.language = analysis::language_named(text_in(request, "language"));
    std::string bytes;
    exporter::Workbook workbook([&](std::string_view some) { bytes.append(some); }, report, setting);
    Handing handing{workbook, guard([] {
                        return AllocSetContextCreate(CurrentMemoryContext, "row of a workbook", ALLOCSET_SMALL_SIZES);
                    })};
    Session session(Access::read);
    session.stream(
        "SELECT row_no, booked_on::text, amount, currency, category, kind, counterparty, account, description FROM " +
            own_schema(fcinfo->flinfo->fn_oid) + ".fin_transactions($1)",
        {uuid_param(PG_GETARG_DATUM(0))}, hand_on, &handing);
    session.finish();
    if (handing.failure) std::rethrow_exception(handing.failure);
    workbook.finish(text_in(request, "created"));
    return bytea_of(bytes);
}

// {"document", "branding", "workspace", "source", "language", "created"} and a logo as a PDF.
FIN_FUNCTION(fin_draw_report) {
    const std::string request = json_text(PG_GETARG_DATUM(0));
    const std::string_view logo = PG_ARGISNULL(1) ? std::string_view() : bytes_of(PG_GETARG_DATUM(1));
    std::string pdf;
    pipe::Limits limits;
    limits.output = largest_pdf;
    run_helper(
        "draw-report", request, logo, [&](std::string_view bytes) { pdf.append(bytes); }, limits);
    return bytea_of(pdf);
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
