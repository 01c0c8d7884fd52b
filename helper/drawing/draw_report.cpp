// The work draw-report: an analysis as a PDF. Request: {"document", "branding", "workspace", "source", "language",
// "created"}; content: the logo's bytes, or nothing.
#include <nlohmann/json.hpp>

#include "drawing/pdf_paper.hpp"
#include "error.hpp"
#include "exporter/pages.hpp"
#include "exporter/text_lines.hpp"
#include "exporter/texts.hpp"
#include "works.hpp"

namespace fin::helper {

namespace {

using nlohmann::json;

std::string text_of(const json& request, const char* key) {
    const auto found = request.find(key);
    return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

void prepare_drawing() { warm_up_fonts(); }

std::string draw_report(Conversation& conversation) {
    const std::string logo = conversation.content(exporter::largest_logo);
    const json request = json::parse(conversation.request(), nullptr, false);
    if (!request.is_object() || !request.contains("document"))
        throw Error(ErrorCode::invalid_argument, "the request has no document");
    const exporter::Report report = exporter::read_report(request.at("document").dump());
    exporter::Setting setting;
    setting.branding = exporter::parse_branding(request.value("branding", json::object()).dump());
    setting.workspace = text_of(request, "workspace"), setting.source = text_of(request, "source");
    setting.language = analysis::language_named(text_of(request, "language"));
    const std::string company = setting.branding.company.empty() ? setting.workspace : setting.branding.company;
    const Metadata metadata{
        exporter::document_title(report, setting), exporter::drawable(company),
        std::string(exporter::say("title", setting.language)) + ", " + report.from + " – " + report.to,
        "pg_fin, " + report.report_id, text_of(request, "created")};
    conversation.progress(R"({"done": 0.2, "what": "drawing"})");
    PdfPaper paper([&](std::string_view bytes) { conversation.data(bytes); }, metadata, logo);
    const int pages = exporter::draw_pages(paper, report, setting);
    paper.finish();
    return json{{"pages", pages}}.dump();
}

}  // namespace fin::helper
