// The work read-workbook: the chosen sheet of a workbook as a text table. Request: {bytes, options}. Result: {kind,
// sheet, sheets, warnings}.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "importer/unicode.hpp"
#include "workbook/freexl_sheet.hpp"
#include "workbook/refuse.hpp"
#include "workbook/table.hpp"
#include "works.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t largest = std::size_t{100} << 20, most_text = std::size_t{160} << 20;

std::unique_ptr<Book> open_book(std::string_view content) {
    if (content.starts_with("PK")) return open_xlsx(content);
    if (content.starts_with("\xD0\xCF\x11\xE0")) return open_xls(content);
    refuse("the file is no workbook", {}, "Import XLSX, XLS or a text table.");
}

}  // namespace

void prepare_reading() { FreexlSheet::prepare(); }

std::string read_workbook(Conversation& conversation) {
    const auto request = nlohmann::json::parse(conversation.request());
    const auto options = importer::Options::parse(request.value("options", nlohmann::json::object()).dump());
    const std::string content = conversation.content(largest, request.value("bytes", std::size_t{0}));
    const auto book = open_book(content);
    Choice choice = choose_sheet(*book, options);
    if (choice.waiting) {
        book->compute(choice.sheet);
        choice.warnings.push_back("Some formulas had no stored values and were computed.");
    }
    std::size_t given = 0;
    write_table(*book, choice, [&](std::string_view text) {
        given += text.size();
        if (given > most_text)
            too_much("the sheet has too much text",
                     "Its rows take more than " + std::to_string(most_text >> 20) + " MB.");
        conversation.data(text);
    });
    // Names may hold what no JSON value of the database may.
    const auto shown = [](const Sheet& sheet) { return importer::clipped(importer::cleaned(sheet.name), 200); };
    nlohmann::json result = {
        {"kind", book->kind()}, {"sheet", shown(book->sheets()[choice.sheet])}, {"warnings", book->warnings}};
    for (const auto& warning : choice.warnings) result["warnings"].push_back(warning);
    for (const auto& sheet : book->sheets()) result["sheets"].push_back(shown(sheet));
    return result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace fin::helper
