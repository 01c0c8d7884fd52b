#include "workbook/xls_globals.hpp"

#include <map>

#include "importer/encoding.hpp"
#include "workbook/bytes.hpp"
#include "workbook/refuse.hpp"
#include "workbook/utf16.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t most_sheets = 1000, most_text = std::size_t{96} << 20;

std::string encoding_of(unsigned page) {
    if (page == 10000) return "macintosh";
    if (page >= 1250 && page <= 1258) return "windows-" + std::to_string(page);
    if (page >= 437 && page <= 950) return "cp" + std::to_string(page);
    return "windows-1252";
}

}  // namespace

void refuse_encrypted() {
    refuse("the workbook is encrypted", "It asks for a password.", "Save it without a password and import that.");
}

XlsGlobals::XlsGlobals(std::string_view stream) {
    Record record = record_at(stream, 0);
    if (record.id != biff::begin_of_part)
        refuse("the workbook is damaged or cut off", "Its first record is not the one it should be.");
    wide_ = u16(record.body, 0) >= 0x600;
    std::map<unsigned, Shown> codes;
    std::vector<unsigned> formats;
    for (record = record_at(stream, record.next); record.id != 0 && record.id != biff::end_of_part;
         record = record_at(stream, record.next)) {
        switch (record.id) {
            case biff::password: refuse_encrypted();
            case biff::date_mode: since_1904 = u16(record.body, 0) == 1; break;
            case biff::code_page: encoding_ = encoding_of(u16(record.body, 0)); break;
            case biff::number_format: {
                RecordText code(stream, record);
                const auto id = static_cast<unsigned>(code.number(2));
                codes[id] = shown_by(utf8_of(text(code, wide_ ? 2 : 1)));
                break;
            }
            case biff::cell_format: formats.push_back(u16(record.body, 2)); break;
            case biff::sheet_head: add_sheet(stream, record); break;
            case biff::shared_texts: read_shared_texts(stream, record); break;
            default: break;
        }
    }
    for (const unsigned id : formats) {
        const auto code = codes.find(id);
        shown_.push_back(code == codes.end() ? shown_by_builtin(id) : code->second);
    }
    if (sheets.empty()) refuse("the workbook has no sheet of cells");
}

void XlsGlobals::add_sheet(std::string_view stream, const Record& record) {
    RecordText head(stream, record);
    const auto begin = static_cast<std::uint32_t>(head.number(4));
    const auto state = head.number(1), type = head.number(1);
    if (type != 0) return;  // charts and macros
    if (sheets.size() >= most_sheets) too_much("the workbook has too many sheets", "It has more than 1000.");
    begins.push_back(begin);
    sheets.push_back({utf8_of(text(head, 1)), (state & 3) != 0});
}

std::u16string XlsGlobals::text(RecordText& record, std::size_t length_bytes) const {
    const std::size_t length = record.number(length_bytes);
    if (!wide_) {
        std::string bytes;
        for (std::size_t i = 0; i < length && !record.at_end(); ++i) bytes += static_cast<char>(record.number(1));
        importer::TextSource source(bytes, encoding_);
        while (source.extend()) continue;
        return utf16_of(source.window());
    }
    const auto flags = record.number(1);
    const auto runs = flags & 8 ? record.number(2) : 0;
    const auto more = flags & 4 ? record.number(4) : 0;
    std::u16string result = record.characters(length, flags & 1);
    record.skip(runs * 4 + more);
    return result;
}

void XlsGlobals::read_shared_texts(std::string_view stream, const Record& record) {
    RecordText texts(stream, record);
    texts.skip(4);
    const auto count = texts.number(4);
    std::size_t bytes = 0;
    while (shared_texts.size() < count && !texts.at_end()) {
        shared_texts.push_back(text(texts, 2));
        bytes += 2 * shared_texts.back().size() + sizeof(std::u16string);
        if (bytes > most_text)
            too_much("the workbook has too much text",
                     "The texts of its cells take more than " + std::to_string(most_text >> 20) + " MB.");
    }
}

}  // namespace fin::helper
