#include "workbook/xlsx_parts.hpp"

#include <map>

#include "workbook/refuse.hpp"
#include "workbook/xml.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t most_sheets = 1000, most_names = 1000, most_relations = 5000;
constexpr std::size_t most_text = std::size_t{96} << 20;

struct Relation {
    std::string type, target;
};
using Relations = std::map<std::string, Relation>;

// "xl/workbook.xml" and "worksheets/sheet1.xml" make "xl/worksheets/sheet1.xml". "../" beyond the top stays at the top:
// whatever comes out is looked up in the archive and nowhere else.
std::string resolved(std::string_view source, std::string_view target) {
    std::string path(target.starts_with('/') ? std::string_view{} : source.substr(0, source.rfind('/') + 1));
    path += target;
    std::vector<std::string_view> steps;
    for (std::string_view rest = path; !rest.empty();) {
        const std::string_view step = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), step.size() + 1));
        if (step == ".." && !steps.empty()) steps.pop_back();
        if (step != ".." && step != "." && !step.empty()) steps.push_back(step);
    }
    std::string whole;
    for (const std::string_view step : steps) whole += (whole.empty() ? "" : "/") + std::string(step);
    return whole;
}

class RelationEvents : public XmlEvents {
public:
    RelationEvents(std::string_view source, Relations& relations) : source_(source), relations_(relations) {}
    void begin(std::string_view element, const Attributes& attributes) override {
        if (element != "Relationship" || attributes.text("TargetMode") == "External") return;
        if (relations_.size() >= most_relations)
            too_much("the workbook has too many relations", "It has more than 5000.");
        const std::string type = attributes.text("Type");
        relations_[attributes.text("Id")] = {type.substr(type.rfind('/') + 1),
                                             resolved(source_, attributes.text("Target"))};
    }

private:
    std::string_view source_;
    Relations& relations_;
};

// The relations of a part lie beside it: xl/workbook.xml has xl/_rels/workbook.xml.rels.
Relations relations_of(const Archive& archive, const std::string& part) {
    const std::size_t name = part.rfind('/') + 1;
    const std::string beside = part.substr(0, name) + "_rels/" + part.substr(name) + ".rels";
    Relations relations;
    RelationEvents events(part, relations);
    if (archive.has(beside)) parse(archive, beside, events);
    return relations;
}

class WorkbookEvents : public XmlEvents {
public:
    explicit WorkbookEvents(XlsxOutline& outline) : outline_(outline) {}
    void begin(std::string_view element, const Attributes& attributes) override {
        if (root_.empty()) root_ = element;
        if (element == "sheet") {
            if (ids.size() >= most_sheets) too_much("the workbook has too many sheets", "It has more than 1000.");
            ids.push_back(attributes.text("id"));
            const std::string state = attributes.text("state");
            outline_.sheets.push_back({attributes.text("name"), state == "hidden" || state == "veryHidden"});
        } else if (element == "workbookPr") {
            outline_.since_1904 = attributes.truth("date1904");
        } else if (element == "definedName") {
            // Names of one sheet alone, and those of filters and print ranges, are no part of formulas elsewhere.
            naming_ = !attributes.find("localSheetId") && outline_.names.size() < most_names;
            if (naming_) outline_.names.emplace_back(attributes.text("name"), "");
        }
    }
    void end(std::string_view element) override {
        if (element == "definedName") naming_ = false;
    }
    void text(std::string_view text) override {
        if (naming_ && outline_.names.back().second.size() < 8192) outline_.names.back().second += text;
    }
    bool is_workbook() const { return root_ == "workbook"; }
    std::vector<std::string> ids;

private:
    XlsxOutline& outline_;
    std::string root_;
    bool naming_ = false;
};

[[noreturn]] void refuse_other(const Archive& archive) {
    const std::string hint = "Save it as XLSX or CSV and import that.";
    if (archive.has("mimetype")) {
        const std::string type = archive.text("mimetype", 1 << 16);
        if (type.find("opendocument.spreadsheet") != std::string::npos)
            refuse("the file is an OpenDocument spreadsheet, not an XLSX workbook", {}, hint);
        refuse("the file is an OpenDocument or e-book file, not a workbook", {}, hint);
    }
    if (archive.has("xl/workbook.bin")) refuse("the file is a binary workbook (XLSB), not an XLSX workbook", {}, hint);
    if (archive.has("word/document.xml")) refuse("the file is a Word document, not a workbook", {}, hint);
    if (archive.has("ppt/presentation.xml")) refuse("the file is a presentation, not a workbook", {}, hint);
    if (archive.has("Index/Document.iwa"))
        refuse("the file is a Numbers or Pages document, not an XLSX workbook", {}, hint);
    refuse("the file is a zip archive without a workbook", "It has " + std::to_string(archive.parts()) + " parts.",
           "Unpack it and import the file that is in it.");
}

}  // namespace

XlsxOutline read_outline(const Archive& archive) {
    std::string main = "xl/workbook.xml";
    for (const auto& [id, relation] : relations_of(archive, ""))
        if (relation.type == "officeDocument") main = relation.target;
    if (!archive.has(main) || main.ends_with(".bin")) refuse_other(archive);
    XlsxOutline outline;
    WorkbookEvents events(outline);
    parse(archive, main, events);
    if (!events.is_workbook()) refuse_other(archive);
    const Relations relations = relations_of(archive, main);
    std::vector<Sheet> tables;
    for (std::size_t i = 0; i < events.ids.size(); ++i) {
        const auto found = relations.find(events.ids[i]);
        if (found == relations.end() || found->second.type != "worksheet") continue;  // sheets of charts and dialogs
        tables.push_back(outline.sheets[i]);
        outline.parts.push_back(found->second.target);
    }
    outline.sheets = std::move(tables);
    for (const auto& [id, relation] : relations) {
        if (relation.type == "sharedStrings") outline.shared_strings = relation.target;
        if (relation.type == "styles") outline.styles = relation.target;
        if (relation.type == "vbaProject") outline.macros = true;
    }
    if (outline.sheets.empty()) refuse("the workbook has no sheet of cells");
    return outline;
}

class SharedStringsEvents : public XmlEvents {
public:
    explicit SharedStringsEvents(SharedStrings& strings) : strings_(strings) {}
    void begin(std::string_view element, const Attributes&) override {
        if (element == "rPh") phonetic_ = true;  // how the text is spoken, not what it says
        if (element == "t") taking_ = !phonetic_;
    }
    void end(std::string_view element) override {
        if (element == "t") taking_ = false;
        if (element == "rPh") phonetic_ = false;
        if (element == "si") strings_.ends_.push_back(static_cast<std::uint32_t>(strings_.texts_.size()));
    }
    void text(std::string_view text) override {
        if (!taking_) return;
        if (strings_.texts_.size() + text.size() > most_text)
            too_much("the workbook has too much text",
                     "The texts of its cells take more than " + std::to_string(most_text >> 20) + " MB.");
        strings_.texts_ += text;
    }

private:
    SharedStrings& strings_;
    bool taking_ = false, phonetic_ = false;
};

void SharedStrings::read(const Archive& archive, const std::string& part) {
    if (!archive.has(part)) return;
    // At once where it is large: growing would hold it twice.
    texts_.reserve(std::min<std::uint64_t>(archive.size(part), most_text));
    SharedStringsEvents events(*this);
    parse(archive, part, events);
}

}  // namespace fin::helper
