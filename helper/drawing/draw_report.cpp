// The work draw-report: an analysis as a PDF. Request: report_request.hpp; content: the logo's bytes, or nothing.
#include <nlohmann/json.hpp>

#include "drawing/pdf_paper.hpp"
#include "exporter/pages.hpp"
#include "exporter/text_lines.hpp"
#include "exporter/texts.hpp"
#include "report_request.hpp"
#include "works.hpp"

namespace fin::helper {

void prepare_drawing() { warm_up_fonts(); }

std::string draw_report(Conversation& conversation) {
    const std::string logo = conversation.content(exporter::largest_logo);
    const ReportRequest request = read_report_request(conversation.request());
    const exporter::Report& report = request.report;
    const exporter::Setting& setting = request.setting;
    const std::string company = setting.branding.company.empty() ? setting.workspace : setting.branding.company;
    const Metadata metadata{
        exporter::document_title(report, setting), exporter::drawable(company),
        std::string(exporter::say("title", setting.language)) + ", " + report.from + " – " + report.to,
        "pg_fin, " + report.report_id, request.created};
    conversation.progress(R"({"done": 0.2, "what": "drawing"})");
    PdfPaper paper([&](std::string_view bytes) { conversation.data(bytes); }, metadata, logo);
    const int pages = exporter::draw_pages(paper, report, setting);
    paper.finish();
    return nlohmann::json{{"pages", pages}}.dump();
}

}  // namespace fin::helper
