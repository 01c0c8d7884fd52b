// What orcus reads of a sheet: rows, cells and formulas, checked and written anew in the form that it reads rightly.
//
// Why not the parts as they are. orcus 0.17.2 leaves out texts within cells (t="inlineStr"), errors, days written as
// text and truths that formulas gave; it repeats the text before for a shared text that is empty, takes how a text is
// spoken for the text, knows only one of the two namespaces, reads "12abc" as 12 and 1e999 as 1, notices neither a part
// that is cut off nor bytes that are no UTF-8, and unpacks a part and all its cells at once.
#pragma once
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "workbook/archive.hpp"
#include "workbook/book.hpp"
#include "workbook/xlsx_parts.hpp"
#include "workbook/xml.hpp"

namespace fin::helper {

inline constexpr std::size_t most_merged = 200'000;

// Some rows of a sheet. Texts of cells stand beside them; a cell refers to its text by a number, as to shared texts,
// which come first.
struct PlainSlice {
    struct Text {
        Cell::Kind kind;
        std::string text;
    };
    std::string rows, merged;  // elements "row" and "mergeCell"
    std::deque<Text> texts;
};

class PlainRows : public XmlEvents {
public:
    // Returns false where it has seen enough.
    using Take = std::function<bool(const PlainSlice&)>;
    PlainRows(const SharedStrings& shared, Take take) : shared_(shared), take_(std::move(take)) {}

    void begin(std::string_view element, const Attributes& attributes) override;
    void end(std::string_view element) override;
    void text(std::string_view text) override;
    bool enough() const override { return enough_; }
    // Hands over what is left.
    void finish();

private:
    void begin_row(const Attributes& attributes);
    void begin_cell(const Attributes& attributes);
    void begin_formula(const Attributes& attributes);
    void end_cell();
    void end_row();
    void merge(const Attributes& attributes);
    std::string plain_number() const;
    void write_shared_text();
    void write_value(const char* type, std::string_view value);
    void write_formula();

    const SharedStrings& shared_;
    Take take_;
    PlainSlice slice_;
    std::size_t slice_bytes_ = std::size_t{1} << 16, merged_ = 0, row_text_ = 0;
    unsigned row_ = 0, cells_ = 0;
    std::string value_, formula_, shared_formula_, cell_;
    char type_ = 'n';
    bool taking_ = false, in_string_ = false, phonetic_ = false, in_formula_ = false, has_formula_ = false,
         enough_ = false;
};

// The number formats of a workbook's styles: elements "numFmt" and "xf".
struct PlainStyles {
    std::string codes, formats;
};
PlainStyles plain_styles(const Archive& archive, const std::string& part);

}  // namespace fin::helper
