#include "workbook/plain.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "workbook/formulas.hpp"
#include "workbook/refuse.hpp"
#include "workbook/serial.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t most_row_text = std::size_t{16} << 20, largest_slice = std::size_t{1} << 20;
constexpr std::size_t longest_reference = 40, most_formats = 100'000;

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
    return text;
}

bool is_whole(std::string_view text, std::size_t most) {
    std::size_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && rest == text.data() + text.size() && number <= most;
}

}  // namespace

void PlainRows::begin(std::string_view element, const Attributes& attributes) {
    if (element == "c") return begin_cell(attributes);
    if (element == "v" || (element == "t" && in_string_ && !phonetic_)) {
        taking_ = true;
    } else if (element == "f") {
        begin_formula(attributes);
    } else if (element == "is") {
        in_string_ = true;
    } else if (element == "rPh") {
        phonetic_ = true;
    } else if (element == "row") {
        begin_row(attributes);
    } else if (element == "mergeCell") {
        merge(attributes);
    }
}

void PlainRows::text(std::string_view text) {
    if (taking_) {
        row_text_ += text.size();
        if (row_text_ > most_row_text)
            too_much("a row of the workbook is too long", "Row " + std::to_string(row_) + " has more than 16 MB.");
        value_ += text;
    } else if (in_formula_ && formula_.size() < most_formula) {
        formula_ += text;
    }
}

void PlainRows::end(std::string_view element) {
    if (element == "v" || element == "t") {
        taking_ = false;
    } else if (element == "c") {
        end_cell();
    } else if (element == "row") {
        end_row();
    } else if (element == "f") {
        in_formula_ = false;
    } else if (element == "is") {
        in_string_ = false;
    } else if (element == "rPh") {
        phonetic_ = false;
    }
}

void PlainRows::begin_row(const Attributes& attributes) {
    const char* given = attributes.find("r");
    unsigned number = row_ + 1;
    if (given) {
        const auto [end, error] = std::from_chars(given, given + std::strlen(given), number);
        if (error != std::errc() || *end)
            refuse("the workbook is damaged: a row has no number",
                   "It says \"" + std::string(given).substr(0, longest_reference) + "\".");
    }
    if (number <= row_ || number > most_rows)
        refuse("the workbook is damaged: its rows are not in order",
               "Row " + std::to_string(number) + " follows row " + std::to_string(row_) + ".");
    row_ = number;
    cells_ = 0, row_text_ = 0;
    slice_.rows += "<row r=\"" + std::to_string(number) + (attributes.truth("hidden") ? "\" hidden=\"1\">" : "\">");
}

void PlainRows::begin_cell(const Attributes& attributes) {
    if (++cells_ > most_columns)
        too_much("the sheet has too many columns", "Row " + std::to_string(row_) + " has more than 16384.");
    cell_ = "<c";
    if (const char* reference = attributes.find("r")) {
        if (std::strlen(reference) > longest_reference)
            refuse("the workbook is damaged: a cell is not where it says",
                   "In row " + std::to_string(row_) + " stands cell \"" + std::string(reference, longest_reference) +
                       "\".");
        cell_ += " r=\"", append_escaped(cell_, reference), cell_ += '"';
    }
    const char* style = attributes.find("s");
    if (style && is_whole(style, most_formats)) cell_ += std::string(" s=\"") + style + '"';
    const char* type = attributes.find("t");
    type_ = !type ? 'n' : std::strcmp(type, "inlineStr") == 0 ? 'i' : std::strcmp(type, "str") == 0 ? 't' : *type;
    value_.clear(), formula_.clear(), shared_formula_.clear();
    has_formula_ = false;
}

void PlainRows::begin_formula(const Attributes& attributes) {
    has_formula_ = in_formula_ = true;
    if (attributes.text("t") == "shared") shared_formula_ = attributes.text("si");
    if (!is_whole(shared_formula_, 1'000'000'000)) shared_formula_.clear();
}

// orcus adds digit to digit: what has at most 15 it reads exactly, and more are not kept.
std::string PlainRows::plain_number() const {
    const std::string_view value = trimmed(value_);
    const char* const end = value.data() + value.size();
    double number = 0;
    const auto [rest, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc() || rest != end || !std::isfinite(number))
        refuse("the workbook is damaged: a number is none",
               "Row " + std::to_string(row_) + " has \"" + value_.substr(0, longest_reference) + "\".");
    constexpr std::size_t most_digits = 15;
    if (value.size() <= most_digits && value.find_first_of("eE") == std::string_view::npos) return std::string(value);
    std::string text;
    if (std::fabs(number) >= 1e-9 && std::fabs(number) < 1e15) {
        append_number(text, number, '.');
        return text;
    }
    char scientific[32];
    text.assign(scientific, std::to_chars(scientific, scientific + sizeof scientific, number,
                                          std::chars_format::scientific, most_digits - 1)
                                .ptr);
    return text;
}

void PlainRows::write_shared_text() {
    std::size_t index = 0;
    const auto [rest, error] = std::from_chars(value_.data(), value_.data() + value_.size(), index);
    if (error != std::errc() || rest != value_.data() + value_.size() || index >= shared_.size())
        refuse("the workbook is damaged: a cell refers to a text that is not there",
               "It is in row " + std::to_string(row_) + ", and the workbook has " + std::to_string(shared_.size()) +
                   " texts.");
    write_value("s", value_);
}

// A cell that orcus counts even where it is empty: the next may not say where it stands.
void PlainRows::write_value(const char* type, std::string_view value) {
    slice_.rows += cell_;
    slice_.rows += " t=\"", slice_.rows += type, slice_.rows += "\">";
    write_formula();
    if (!value.empty()) slice_.rows += "<v>", append_escaped(slice_.rows, value), slice_.rows += "</v>";
    slice_.rows += "</c>";
}

void PlainRows::write_formula() {
    if (!has_formula_) return;
    slice_.rows += "<f";
    if (!shared_formula_.empty()) slice_.rows += " t=\"shared\" si=\"" + shared_formula_ + '"';
    slice_.rows += '>', append_escaped(slice_.rows, formula_), slice_.rows += "</f>";
}

void PlainRows::end_cell() {
    if (formula_.empty() && shared_formula_.empty()) has_formula_ = false;
    if (value_.empty()) return write_value("n", {});
    if (type_ == 'n') return write_value("n", plain_number());
    if (type_ == 'b' && !has_formula_) return write_value("b", value_.front() == '1' ? "1" : "0");
    if (type_ == 'b') value_ = value_.front() == '1' ? "TRUE" : "FALSE";
    // Of a formula's values orcus takes numbers and texts.
    if (has_formula_ && type_ != 's') return write_value("str", value_);
    has_formula_ = false;
    if (type_ == 's') return write_shared_text();
    const auto kind = type_ == 'e' ? Cell::Kind::error : type_ == 'd' ? Cell::Kind::date : Cell::Kind::text;
    const std::size_t index = shared_.size() + slice_.texts.size();
    slice_.texts.push_back({kind, std::move(value_)});
    write_value("s", std::to_string(index));
}

void PlainRows::end_row() {
    slice_.rows += "</row>";
    if (slice_.rows.size() < slice_bytes_ || enough_) return;
    enough_ = !take_(slice_);
    slice_.rows.clear(), slice_.texts.clear();
    slice_bytes_ = std::min(slice_bytes_ * 2, largest_slice);  // small at first: some are asked for their head alone
}

void PlainRows::merge(const Attributes& attributes) {
    const char* reference = attributes.find("ref");
    if (!reference || std::strlen(reference) > longest_reference) return;
    if (++merged_ > most_merged) too_much("the sheet has too many merged cells", "It has more than 200000.");
    slice_.merged += "<mergeCell ref=\"", append_escaped(slice_.merged, reference), slice_.merged += "\"/>";
}

void PlainRows::finish() {
    if (!enough_) take_(slice_);
}

namespace {

class StyleEvents : public XmlEvents {
public:
    PlainStyles plain;

    void begin(std::string_view element, const Attributes& attributes) override {
        if (element == "cellXfs") {
            formats_ = true;
        } else if (element == "numFmt") {
            if (++codes_ > most_formats) return;
            plain.codes += "<numFmt numFmtId=\"" + number(attributes) + "\" formatCode=\"";
            append_escaped(plain.codes, attributes.text("formatCode"));
            plain.codes += "\"/>";
        } else if (element == "xf" && formats_ && ++count_ <= most_formats) {
            plain.formats += "<xf numFmtId=\"" + number(attributes) + "\"/>";
        }
    }
    void end(std::string_view element) override {
        if (element == "cellXfs") formats_ = false;
    }

private:
    static std::string number(const Attributes& attributes) {
        const std::string id = attributes.text("numFmtId");
        return is_whole(id, 1'000'000'000) ? id : "0";
    }
    std::size_t codes_ = 0, count_ = 0;
    bool formats_ = false;
};

}  // namespace

PlainStyles plain_styles(const Archive& archive, const std::string& part) {
    StyleEvents events;
    if (archive.has(part)) parse(archive, part, events);
    return std::move(events.plain);
}

}  // namespace fin::helper
