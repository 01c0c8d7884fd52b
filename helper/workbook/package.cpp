#include "workbook/package.hpp"

#include <zlib.h>

#include "workbook/bytes.hpp"

namespace fin::helper {

namespace {

class StoredZip {
public:
    void add(std::string_view name, std::string_view content) {
        std::string common;
        append_little(common, 20, 2);  // version
        append_little(common, 0, 8);   // flags, method: stored, time and day
        append_little(common,
                      crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())), 4);
        append_little(common, content.size(), 4);
        append_little(common, content.size(), 4);
        append_little(common, name.size(), 2);
        append_little(common, 0, 2);  // nothing extra
        directory_ += "PK\x01\x02";
        append_little(directory_, 20, 2);
        directory_ += common;
        append_little(directory_, 0, 10);  // comment, disk, attributes
        append_little(directory_, file_.size(), 4);
        directory_ += name;
        ++parts_;
        file_ += "PK\x03\x04", file_ += common, file_ += name, file_ += content;
    }
    std::string whole() && {
        const std::size_t at = file_.size();
        file_ += directory_;
        file_ += "PK\x05\x06";
        append_little(file_, 0, 4);
        append_little(file_, parts_, 2);
        append_little(file_, parts_, 2);
        append_little(file_, directory_.size(), 4);
        append_little(file_, at, 4);
        append_little(file_, 0, 2);
        return std::move(file_);
    }
    void reserve(std::size_t bytes) { file_.reserve(bytes); }

private:
    std::string file_, directory_;
    unsigned parts_ = 0;
};

constexpr const char* relations =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)";
constexpr const char* type = R"(Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/)";

std::string relation(const char* kind, const char* target) {
    return std::string(relations) + "<Relationship Id=\"r1\" " + type + kind + "\" Target=\"" + target +
           "\"/></Relationships>";
}

}  // namespace

std::string package_of(PackageOf kind, std::string_view part) {
    const bool sheet = kind == PackageOf::sheet;
    StoredZip zip;
    zip.reserve(part.size() + 4096);
    zip.add("_rels/.rels", relation("officeDocument", "xl/workbook.xml"));
    zip.add("xl/workbook.xml", R"(<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main")"
                               R"( xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">)"
                               R"(<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>)");
    zip.add("xl/_rels/workbook.xml.rels", relation(sheet ? "worksheet" : "styles", "part.xml"));
    zip.add("xl/part.xml", part);
    return std::move(zip).whole();
}

}  // namespace fin::helper
