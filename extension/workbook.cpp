// Tells workbooks by their first bytes and has pg_fin_helper make text of them. No part of a workbook is parsed here.
#include "workbook.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <nlohmann/json.hpp>

#include "helper.hpp"
#include "importer/unicode.hpp"

namespace fin::pg {

namespace {

// Zip archives, empty ones too, and compound files.
bool is_workbook(std::string_view content) {
    return content.starts_with("PK\x03\x04") || content.starts_with("PK\x05\x06") ||
           content.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
}

bool ends_in(std::string_view filename, std::initializer_list<std::string_view> endings) {
    const std::size_t dot = filename.rfind('.');
    if (dot == std::string_view::npos) return false;
    const std::string ending = importer::folded(filename.substr(dot + 1));
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

std::string wrong_ending(std::string_view filename, const std::string& what) {
    return "The file is " + what + " although its name ends in \"" +
           importer::clipped(importer::cleaned(filename.substr(filename.rfind('.'))), 20) + "\".";
}

}  // namespace

ImportText::ImportText(std::string_view filename, std::string_view content, const importer::Options& options,
                       Broken broken)
    : options_(options) {
    if (!is_workbook(content)) {
        text_ = content;
        if (ends_in(filename, {"xlsx", "xlsm", "xls", "xlsb", "ods"}))
            options_.notes.push_back(wrong_ending(filename, "text, no workbook,"));
        return;
    }
    options_.workbook.emplace();
    try {
        read_workbook(content, options);
    } catch (const Error& error) {
        if (broken == Broken::is_thrown || error.code == ErrorCode::invalid_argument ||
            error.code == ErrorCode::not_ready)
            throw;
        options_.workbook->unreadable = error;
        return;
    }
    if (ends_in(filename, {"csv", "tsv", "txt", "ofx", "qif", "xml", "pdf"}) ||
        (options_.workbook->kind == "an XLSX workbook" && ends_in(filename, {"xls"})) ||
        (options_.workbook->kind == "an XLS workbook" && ends_in(filename, {"xlsx", "xlsm"})))
        options_.notes.push_back(wrong_ending(filename, options_.workbook->kind));
}

void ImportText::read_workbook(std::string_view content, const importer::Options& options) {
    pipe::Limits limits;
    limits.output = std::size_t{170} << 20;
    const std::string request =
        "{\"bytes\": " + std::to_string(content.size()) + ", \"options\": " + options.canonical() + "}";
    const auto result = nlohmann::json::parse(run_helper(
        "read-workbook", request, content, [this](std::string_view bytes) { append(bytes); }, limits));
    auto& workbook = *options_.workbook;
    workbook.kind = result.at("kind").get<std::string>();
    workbook.sheet = result.at("sheet").get<std::string>();
    workbook.sheets = result.at("sheets").get<std::vector<std::string>>();
    for (const auto& warning : result.at("warnings")) options_.notes.push_back(warning.get<std::string>());
    text_ = {memory_.get(), used_};
    // What the helper writes, whatever the texts of the cells look like.
    options_.delimiter = "\t", options_.encoding = "UTF-8";
    if (options_.date_format) *options_.date_format += "|YYYY-MM-DD";
}

// By realloc, which moves large blocks without copying them: text of a large sheet is held once.
void ImportText::append(std::string_view bytes) {
    if (used_ + bytes.size() > room_) {
        const std::size_t room = std::max(used_ + bytes.size(), room_ * 2);
        auto* const larger = static_cast<char*>(std::realloc(memory_.get(), room));
        if (!larger) throw std::bad_alloc();
        static_cast<void>(memory_.release());
        memory_.reset(larger);
        room_ = room;
    }
    std::memcpy(memory_.get() + used_, bytes.data(), bytes.size());
    used_ += bytes.size();
}

}  // namespace fin::pg
