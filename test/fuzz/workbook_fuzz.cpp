// Any bytes as a workbook: read as pg_fin_helper reads it. Nothing but an exception may come out, and each line of the
// text is one row. The first byte chooses between a file of these bytes, and a sound archive with them as its sheet.
#include <zlib.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "error.hpp"
#include "workbook/book.hpp"
#include "workbook/table.hpp"

using namespace fin;
using namespace fin::helper;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

std::string little(std::uint64_t value, int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += i < 8 ? static_cast<char>(value >> (8 * i)) : '\0';
    return bytes;
}

// Parts as they are, without compression.
std::string archive(const std::vector<std::pair<std::string, std::string>>& parts) {
    std::string file, directory;
    for (const auto& [name, text] : parts) {
        const auto crc = crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
        const std::string common = little(0, 8) + little(crc, 4) + little(text.size(), 4) + little(text.size(), 4) +
                                   little(name.size(), 2) + little(0, 2);
        directory += "PK\x01\x02" + little(0, 4) + common + little(0, 10) + little(file.size(), 4) + name;
        file += "PK\x03\x04" + little(0, 2) + common + name + text;
    }
    return file + directory + "PK\x05\x06" + little(0, 4) + little(parts.size(), 2) + little(parts.size(), 2) +
           little(directory.size(), 4) + little(file.size(), 4) + little(0, 2);
}

void read_as_helper(std::string_view content) {
    const auto book = content.starts_with("\xD0\xCF") ? open_xls(content) : open_xlsx(content);
    const Choice choice = choose_sheet(*book, {});
    if (choice.waiting) book->compute(choice.sheet);
    std::string text;
    write_table(*book, choice, [&](std::string_view piece) { text += piece; });
    for (const char c : text) demand(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string relations =
        "<Relationships><Relationship Id=\"r1\" Type=\"/worksheet\" Target=\"s.xml\"/><Relationship Id=\"r2\" "
        "Type=\"/sharedStrings\" Target=\"t.xml\"/><Relationship Id=\"r3\" Type=\"/styles\" "
        "Target=\"f.xml\"/></Relationships>";
    try {
        if (data[0] % 2 == 0) {
            read_as_helper(bytes);
        } else {
            read_as_helper(
                archive({{"xl/workbook.xml", "<workbook><sheets><sheet name=\"S\" r:id=\"r1\"/></sheets></workbook>"},
                         {"xl/_rels/workbook.xml.rels", relations},
                         {"xl/s.xml", bytes},
                         {"xl/t.xml", "<sst><si><t>a</t></si></sst>"},
                         {"xl/f.xml",
                          "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"}}));
        }
    } catch (const std::exception&) {
    }
    return 0;
}
