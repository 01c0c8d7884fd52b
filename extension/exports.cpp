// Drawing of reports and charts, and the checks of branding: what fin_export and fin_chart stand on.
#include <nlohmann/json.hpp>

#include "datum.hpp"
#include "exporter/branding.hpp"
#include "exporter/chart.hpp"
#include "helper.hpp"

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

}  // namespace

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
