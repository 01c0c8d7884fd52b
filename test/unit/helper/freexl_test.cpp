// What freexl makes of the records that it is given, and why it is not given the workbook as it is.
#include <bit>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "old_workbook.hpp"
#include "workbook/compound.hpp"
#include "workbook/compound_writer.hpp"
#include "workbook/freexl_sheet.hpp"
#include "workbook/plain_records.hpp"
#include "workbook/utf16.hpp"

using namespace fin;
using namespace fin::helper;
using namespace fin::helper::test;

namespace {

std::string text_at(const FreexlSheet& sheet, const PlainPlace& place) {
    std::string text;
    for (unsigned i = 0; i < place.rows; ++i) text += std::get<std::string_view>(sheet.at(place.row + i, place.column));
    return text;
}

TEST(Freexl, GivesEveryNumberBitForBit) {
    std::mt19937_64 random(20);
    PlainRecords records;
    std::vector<std::pair<PlainPlace, std::uint64_t>> numbers;
    for (unsigned row = 0; row < 3000; ++row)
        for (unsigned column = row % 3; column < 4; ++column) {
            const std::uint64_t bits = random();
            numbers.emplace_back(records.add_number(row * 7, column, bits), bits);
        }
    const FreexlSheet sheet(records.workbook());
    for (const auto& [place, bits] : numbers)
        ASSERT_EQ(std::bit_cast<std::uint64_t>(std::get<double>(sheet.at(place.row, place.column))), bits);
}

TEST(Freexl, GivesNumbersThatWereShortened) {
    PlainRecords records;
    auto shortened = [&, row = 0U](std::uint32_t bits) mutable { return records.add_rk(row++, 255, bits); };
    const auto whole = [](std::int32_t value, std::uint32_t mark) {
        return static_cast<std::uint32_t>(value) << 2 | mark;
    };
    const auto upper = [](double value) {
        return static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(value) >> 32);
    };
    const std::vector<std::pair<PlainPlace, double>> numbers = {{shortened(whole(-61, 2)), -61},
                                                                {shortened(whole(-6150, 3)), -61.5},
                                                                {shortened(whole(536870911, 2)), 536870911},
                                                                {shortened(whole(-536870912, 2)), -536870912},
                                                                {shortened(upper(2.5)), 2.5},
                                                                {shortened(upper(-250) | 1), -2.5},
                                                                {shortened(whole(1999, 3)), 19.99},
                                                                {shortened(0), 0}};
    const FreexlSheet sheet(records.workbook());
    for (const auto& [place, value] : numbers) EXPECT_EQ(std::get<double>(sheet.at(place.row, place.column)), value);
}

TEST(Freexl, GivesEveryCharacter) {
    std::u16string all;
    for (unsigned unit = 0; unit < 0x10000; ++unit) all += static_cast<char16_t>(unit);
    for (char32_t code = 0x10000; code < 0x110000; code += 0x101) {
        all += static_cast<char16_t>(0xD7C0 + (code >> 10));
        all += static_cast<char16_t>(0xDC00 + (code & 0x3FF));
    }
    PlainRecords records;
    const PlainPlace place = records.add_text(0, 1, all);
    const FreexlSheet sheet(records.workbook());
    std::u16string sound = all;
    sound[0] = u' ';
    // 0xDBFF 0xDC00 in the middle are a pair; their neighbours are halves.
    for (unsigned unit = 0xD800; unit < 0xE000; ++unit)
        if (unit != 0xDBFF && unit != 0xDC00) sound[unit] = u'\uFFFD';
    EXPECT_EQ(text_at(sheet, place), utf8_of(sound));
}

TEST(Freexl, GivesTextsLongerThanARecord) {
    std::u16string longest, pairs = u"x";
    for (int i = 0; i < 32'767; ++i) longest += static_cast<char16_t>(u'a' + i % 26);
    while (pairs.size() < 12'001) pairs += u"\U0001F600";
    PlainRecords records;
    const PlainPlace first = records.add_text(5, 0, longest), beside = records.add_text(5, 1, pairs);
    const PlainPlace number = records.add_number(5, 2, 0), below = records.add_text(6, 1, u"below");
    EXPECT_EQ(number.row, first.row);
    EXPECT_EQ(below.row, first.row + first.rows);
    const FreexlSheet sheet(records.workbook());
    EXPECT_EQ(text_at(sheet, first), utf8_of(longest));
    EXPECT_EQ(text_at(sheet, beside), utf8_of(pairs));
    EXPECT_EQ(text_at(sheet, below), "below");
}

TEST(Freexl, IsGivenSomeCellsAtATime) {
    PlainRecords wide, tall;
    unsigned row = 0;
    for (; wide.has_room(255); ++row) wide.add_number(row, 255, 0);
    EXPECT_EQ(row, 1024U);  // cells that freexl makes room for, not those that are there
    for (row = 0; tall.has_room(0); ++row) tall.add_number(row, 0, 0);
    EXPECT_GT(row, 10'000U);
    EXPECT_LT(tall.workbook().size(), std::size_t{300'000});
    EXPECT_TRUE(PlainRecords().has_room(255));
}

TEST(Freexl, FindsItsStreamInTheCompoundFile) {
    for (const std::size_t size : {1, 511, 512, 513, 4095, 4096, 64'000, 65'024, 65'025, 600'000}) {
        std::string stream;
        for (std::size_t i = 0; i < size; ++i) stream += static_cast<char>(i * 7 % 251);
        EXPECT_EQ(CompoundFile(compound_file_of(stream)).stream("Workbook"), stream) << size;
    }
}

TEST(Freexl, RefusesWhatIsNoWorkbook) {
    EXPECT_THROW(FreexlSheet("no workbook at all"), Error);
    EXPECT_THROW(FreexlSheet(compound_file_of("no record")), Error);
    PlainRecords records;
    records.add_number(0, 1, 0);
    const FreexlSheet sheet(records.workbook());
    EXPECT_THROW(sheet.at(0, 0), Error);
    EXPECT_THROW(sheet.at(1, 1), Error);
}

// The reasons in plain_records.hpp that a cell or a refusal can show. Where one of these fails, freexl has learned
// something and a reason may go.
TEST(Freexl, CannotReadWorkbooksAsTheyAre) {
    Old sound;
    const std::string size =
        record(0x200, bytes_of(0, 4) + bytes_of(1, 4) + bytes_of(0, 2) + bytes_of(2, 2) + bytes_of(0, 2));
    sound.sheets = {size + number(0, 0, 2.5)};
    EXPECT_EQ(std::get<double>(FreexlSheet(sound.bytes()).at(0, 0)), 2.5);

    Old empty_text = sound;
    empty_text.before = record(0xFC, bytes_of(1, 4) + bytes_of(1, 4) + bytes_of(0, 3));
    EXPECT_THROW(FreexlSheet(empty_text.bytes()), Error);

    Old computed = sound;
    computed.sheets[0] += formula(0, 1, double_bytes(7));
    const FreexlSheet without(computed.bytes());
    EXPECT_THROW(without.at(0, 1), Error);

    Old wrong = sound;
    wrong.sheets[0] += record(0x205, place(0, 1) + bytes_of(0x07, 1) + bytes_of(1, 1));
    EXPECT_EQ(std::get<double>(FreexlSheet(wrong.bytes()).at(0, 1)), 1);

    Old outside = sound;
    outside.sheets[0] += number(3, 0, 1);
    EXPECT_THROW(FreexlSheet(outside.bytes()), Error);

    Old half_pair = sound;
    half_pair.sheets[0] += record(0x204, place(0, 1) + bytes_of(1, 2) + bytes_of(1, 1) + bytes_of(0xD800, 2));
    EXPECT_THROW(FreexlSheet(half_pair.bytes()), Error);

    Old long_text = sound;
    const std::string part(8000, 'a');
    long_text.before = record(0xFC, bytes_of(1, 4) + bytes_of(1, 4) + bytes_of(24'000, 2) + bytes_of(0, 1) + part);
    for (int i = 0; i < 2; ++i) long_text.before += record(0x3C, bytes_of(0, 1) + part);
    EXPECT_THROW(FreexlSheet(long_text.bytes()), Error);

    Old many_texts = sound;
    many_texts.before = record(0xFC, bytes_of(0, 4) + bytes_of((1 << 20) + 1, 4));
    EXPECT_THROW(FreexlSheet(many_texts.bytes()), Error);

    Old with_zero = sound;
    with_zero.sheets[0] += label(0, 1, std::string("a\0b", 3));
    EXPECT_EQ(std::get<std::string_view>(FreexlSheet(with_zero.bytes()).at(0, 1)), "a");

    Old day = sound;
    day.before = formats;
    day.sheets[0] += number(0, 1, 45'292, 1);
    const FreexlSheet dated(day.bytes());
    EXPECT_THROW(dated.at(0, 1), Error);  // a text of its own making, neither the number nor the cell's text
}

TEST(Freexl, CannotReadBirminghamsWorkbookAsItIs) {
    const std::string path = FIN_SHARED_DATA "/ledgers/birmingham_pcard_april-2022.xls";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
    std::ifstream file(path, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THROW(FreexlSheet{content}, Error);
}

}  // namespace
