#include "report_request.hpp"

#include <nlohmann/json.hpp>

#include "error.hpp"

namespace fin::helper {

namespace {

using nlohmann::json;

std::string text_of(const json& request, const char* key) {
    const auto found = request.find(key);
    return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

ReportRequest read_report_request(std::string_view text) {
    const json request = json::parse(text, nullptr, false);
    if (!request.is_object() || !request.contains("document"))
        throw Error(ErrorCode::invalid_argument, "the request has no document");
    ReportRequest read;
    read.report = exporter::read_report(request.at("document").dump());
    read.setting.branding = exporter::parse_branding(request.value("branding", json::object()).dump());
    read.setting.workspace = text_of(request, "workspace"), read.setting.source = text_of(request, "source");
    read.setting.language = analysis::language_named(text_of(request, "language"));
    read.created = text_of(request, "created");
    return read;
}

}  // namespace fin::helper
