#include "workbook/compound_writer.hpp"

#include "workbook/bytes.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t sector = 512, numbers_of_sector = sector / 4, tables_of_head = 109;
constexpr std::uint32_t table_mark = 0xFFFFFFFD, end_of_chain = 0xFFFFFFFE, unused = 0xFFFFFFFF;

void fill_sector(std::string& file, char with = '\0') {
    file.resize((file.size() + sector - 1) / sector * sector, with);
}

void append_entry(std::string& file, std::string_view name, unsigned type, std::uint32_t child, std::uint32_t start,
                  std::size_t size) {
    const std::size_t begin = file.size();
    for (const char letter : name) append_little(file, static_cast<unsigned char>(letter), 2);
    file.resize(begin + 64);
    append_little(file, 2 * (name.size() + 1), 2);
    append_little(file, type, 1);
    append_little(file, 1, 1);  // black
    append_little(file, unused, 4);
    append_little(file, unused, 4);
    append_little(file, child, 4);
    file.resize(begin + 116);  // neither class nor times
    append_little(file, start, 4);
    append_little(file, size, 4);
    append_little(file, 0, 4);
}

}  // namespace

// The head, the folder (sector 0), the stream (from sector 1), the table of chains.
std::string compound_file_of(std::string_view workbook) {
    const std::size_t sectors = (workbook.size() + sector - 1) / sector;
    std::size_t tables = 1;
    while (tables * numbers_of_sector < 1 + sectors + tables) ++tables;

    std::string file("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    file.resize(24);
    append_little(file, 0x3E, 2);
    append_little(file, 3, 2);
    append_little(file, 0xFFFE, 2);
    append_little(file, 9, 2);  // sectors of 2^9 bytes
    append_little(file, 6, 2);
    file.resize(44);
    append_little(file, tables, 4);
    append_little(file, 0, 4);  // where the folder is
    append_little(file, 0, 4);
    append_little(file, 0, 4);  // no stream is small enough for sectors of its own
    append_little(file, end_of_chain, 4);
    append_little(file, 0, 4);
    append_little(file, end_of_chain, 4);
    append_little(file, 0, 4);
    for (std::size_t i = 0; i < tables_of_head; ++i) append_little(file, i < tables ? 1 + sectors + i : unused, 4);

    append_entry(file, "Root Entry", 5, 1, end_of_chain, 0);
    append_entry(file, "Workbook", 2, unused, 1, workbook.size());
    fill_sector(file);
    file += workbook;
    fill_sector(file);

    append_little(file, end_of_chain, 4);
    for (std::size_t i = 1; i < sectors; ++i) append_little(file, i + 1, 4);
    append_little(file, end_of_chain, 4);
    for (std::size_t i = 0; i < tables; ++i) append_little(file, table_mark, 4);
    fill_sector(file, '\xFF');
    return file;
}

}  // namespace fin::helper
