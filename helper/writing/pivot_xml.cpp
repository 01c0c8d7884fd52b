#include "writing/pivot_xml.hpp"

#include <algorithm>

#include "exporter/svg_canvas.hpp"

namespace fin::helper {

using exporter::escaped_xml;

namespace {

constexpr std::string_view head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr std::string_view space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

// What a program finds before it has read the rows: one item that stands for the sum of all.
constexpr std::string_view items = "<items count=\"1\"><item t=\"default\"/></items>";

}  // namespace

std::string pivot_cache_xml(const PivotPlan& plan) {
    std::string xml(head);
    xml += "<pivotCacheDefinition xmlns=\"" + std::string(space) +
           "\" refreshOnLoad=\"1\" saveData=\"0\" refreshedBy=\"pg_fin\" createdVersion=\"6\" refreshedVersion=\"6\" "
           "minRefreshableVersion=\"3\" recordCount=\"0\"><cacheSource type=\"worksheet\"><worksheetSource ref=\"" +
           plan.range + "\" sheet=\"" + escaped_xml(plan.sheet) + "\"/></cacheSource><cacheFields count=\"" +
           std::to_string(plan.columns.size()) + "\">";
    for (const std::string& column : plan.columns)
        xml += "<cacheField name=\"" + escaped_xml(column) + "\" numFmtId=\"0\"><sharedItems/></cacheField>";
    return xml + "</cacheFields></pivotCacheDefinition>";
}

std::string pivot_table_xml(const PivotPlan& plan) {
    std::string xml(head);
    xml += "<pivotTableDefinition xmlns=\"" + std::string(space) +
           "\" name=\"pg_fin\" cacheId=\"1\" applyNumberFormats=\"0\" applyBorderFormats=\"0\" applyFontFormats=\"0\" "
           "applyPatternFormats=\"0\" applyAlignmentFormats=\"0\" applyWidthHeightFormats=\"1\" dataCaption=\"" +
           escaped_xml(plan.data_name) +
           "\" updatedVersion=\"6\" minRefreshableVersion=\"3\" useAutoFormatting=\"1\" itemPrintTitles=\"1\" "
           "createdVersion=\"6\" indent=\"0\" outline=\"1\" outlineData=\"1\" multipleFieldFilters=\"0\"><location "
           "ref=\"A3:C6\" firstHeaderRow=\"1\" firstDataRow=\"2\" firstDataCol=\"1\"/><pivotFields count=\"" +
           std::to_string(plan.columns.size()) + "\">";
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        const bool is_row = std::ranges::find(plan.rows, i) != plan.rows.end();
        if (is_row || i == plan.across)
            xml += std::string("<pivotField axis=\"") + (is_row ? "axisRow" : "axisCol") + "\" showAll=\"0\">" +
                   std::string(items) + "</pivotField>";
        else if (i == plan.summed)
            xml += "<pivotField dataField=\"1\" showAll=\"0\"/>";
        else
            xml += "<pivotField showAll=\"0\"/>";
    }
    xml += "</pivotFields><rowFields count=\"" + std::to_string(plan.rows.size()) + "\">";
    for (const std::size_t row : plan.rows) xml += "<field x=\"" + std::to_string(row) + "\"/>";
    xml += "</rowFields><colFields count=\"1\"><field x=\"" + std::to_string(plan.across) +
           "\"/></colFields><dataFields count=\"1\"><dataField name=\"" + escaped_xml(plan.data_name) + "\" fld=\"" +
           std::to_string(plan.summed) + "\" baseField=\"0\" baseItem=\"0\" numFmtId=\"4\"/></dataFields>";
    return xml +
           "<pivotTableStyleInfo name=\"PivotStyleLight16\" showRowHeaders=\"1\" showColHeaders=\"1\" "
           "showRowStripes=\"0\" showColStripes=\"0\" showLastColumn=\"1\"/></pivotTableDefinition>";
}

}  // namespace fin::helper
