// Makes XLSX workbooks out of XML, as they are needed to show odd features.
#pragma once
#include <zlib.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "importer/importer.hpp"
#include "workbook/book.hpp"
#include "workbook/table.hpp"

namespace fin::helper::test {

inline std::string bytes_of(std::uint64_t value, int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += i < 8 ? static_cast<char>(value >> (8 * i)) : '\0';
    return bytes;
}

// A zip archive; parts are deflated where that makes them shorter.
inline std::string zip(const std::vector<std::pair<std::string, std::string>>& parts, unsigned flags = 0) {
    std::string file, directory;
    for (const auto& [name, text] : parts) {
        uLongf packed_size = compressBound(text.size());
        std::string packed(packed_size, '\0');
        compress(reinterpret_cast<Bytef*>(packed.data()), &packed_size, reinterpret_cast<const Bytef*>(text.data()),
                 text.size());
        packed = packed.substr(2, packed_size - 6);  // without zlib's own head and checksum
        const bool deflated = packed.size() < text.size();
        if (!deflated) packed = text;
        const auto crc = crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
        const std::string common = bytes_of(flags, 2) + bytes_of(deflated ? 8 : 0, 2) + bytes_of(0, 4) +
                                   bytes_of(crc, 4) + bytes_of(packed.size(), 4) + bytes_of(text.size(), 4) +
                                   bytes_of(name.size(), 2) + bytes_of(0, 2);
        directory += "PK\x01\x02" + bytes_of(20, 2) + bytes_of(20, 2) + common + bytes_of(0, 10) +
                     bytes_of(file.size(), 4) + name;
        file += "PK\x03\x04" + bytes_of(20, 2) + common + name + packed;
    }
    return file + directory + "PK\x05\x06" + bytes_of(0, 4) + bytes_of(parts.size(), 2) + bytes_of(parts.size(), 2) +
           bytes_of(directory.size(), 4) + bytes_of(file.size(), 4) + bytes_of(0, 2);
}

struct Package {
    struct SheetText {
        std::string name, rows, behind = "", state = "";  // rows: inside of sheetData; behind: what follows it
    };
    std::vector<SheetText> sheets;
    std::string strings, styles, properties, names;  // inside of sst, styleSheet; workbookPr's attributes; definedNames

    std::vector<std::pair<std::string, std::string>> parts() const {
        const std::string space =
            " xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
            " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
        const std::string type = " Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
        const std::string relations =
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
        std::vector<std::pair<std::string, std::string>> parts;
        std::string list, known = relations;
        for (std::size_t i = 0; i < sheets.size(); ++i) {
            const std::string number = std::to_string(i + 1);
            list += "<sheet name=\"" + sheets[i].name + "\" sheetId=\"" + number + "\" r:id=\"r" + number + "\"" +
                    (sheets[i].state.empty() ? "" : " state=\"" + sheets[i].state + "\"") + "/>";
            known += "<Relationship Id=\"r" + number + "\"" + type + "worksheet\" Target=\"worksheets/sheet" + number +
                     ".xml\"/>";
            parts.emplace_back("xl/worksheets/sheet" + number + ".xml", "<worksheet" + space + "><sheetData>" +
                                                                            sheets[i].rows + "</sheetData>" +
                                                                            sheets[i].behind + "</worksheet>");
        }
        known += "<Relationship Id=\"rs\"" + type + "sharedStrings\" Target=\"sharedStrings.xml\"/>";
        known += "<Relationship Id=\"rf\"" + type + "styles\" Target=\"styles.xml\"/></Relationships>";
        parts.emplace_back("xl/sharedStrings.xml", "<sst" + space + ">" + strings + "</sst>");
        parts.emplace_back("xl/styles.xml", "<styleSheet" + space + ">" + styles + "</styleSheet>");
        parts.emplace_back("xl/workbook.xml", "<workbook" + space + "><workbookPr " + properties + "/><sheets>" + list +
                                                  "</sheets>" + "<definedNames>" + names +
                                                  "</definedNames></workbook>");
        parts.emplace_back("xl/_rels/workbook.xml.rels", known);
        parts.emplace_back("_rels/.rels", relations + "<Relationship Id=\"r1\"" + type +
                                              "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
        return parts;
    }
    std::string bytes() const { return zip(parts()); }
};

struct ReadSheet {
    std::string text, name;
    std::vector<std::string> warnings;
};

// As the helper reads it.
inline ReadSheet read_sheet(const std::string& bytes, std::string_view options = "{}") {
    const auto book = bytes.starts_with("PK") ? open_xlsx(bytes) : open_xls(bytes);
    const Choice choice = choose_sheet(*book, importer::Options::parse(options));
    if (choice.waiting) book->compute(choice.sheet);
    ReadSheet read;
    write_table(*book, choice, [&](std::string_view text) { read.text += text; });
    read.name = book->sheets()[choice.sheet].name;
    read.warnings = book->warnings;
    read.warnings.insert(read.warnings.end(), choice.warnings.begin(), choice.warnings.end());
    return read;
}

inline std::string text_cell(const std::string& place, const std::string& text) {
    return "<c r=\"" + place + "\" t=\"inlineStr\"><is><t>" + text + "</t></is></c>";
}
inline std::string number_cell(const std::string& place, const std::string& number, int style = 0) {
    return "<c r=\"" + place + "\" s=\"" + std::to_string(style) + "\"><v>" + number + "</v></c>";
}
inline std::string row(int number, const std::string& cells, const std::string& attributes = "") {
    return "<row r=\"" + std::to_string(number) + "\" " + attributes + ">" + cells + "</row>";
}
// Formats 0: General, 1: a builtin date.
inline const std::string two_styles = "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>";

// Three rows of a ledger below a header; the serial 45292 is 2024-01-01.
inline std::string ledger_rows(int first = 1, int rows = 3) {
    const auto at = [](const char* column, int line) { return column + std::to_string(line); };
    std::string text = row(first, text_cell(at("A", first), "Date") + text_cell(at("B", first), "Name") +
                                      text_cell(at("C", first), "Amount"));
    for (int i = 1; i <= rows; ++i)
        text += row(first + i, number_cell(at("A", first + i), std::to_string(45291 + i), 1) +
                                   text_cell(at("B", first + i), "Shop " + std::to_string(i)) +
                                   number_cell(at("C", first + i), std::to_string(-10 * i) + ".5"));
    return text;
}

}  // namespace fin::helper::test
