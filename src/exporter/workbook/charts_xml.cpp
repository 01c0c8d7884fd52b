#include "exporter/workbook/charts_xml.hpp"

#include "exporter/svg_canvas.hpp"
#include "exporter/text_lines.hpp"

namespace fin::exporter {

namespace {

constexpr std::string_view head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

std::string rgb(const Colour& colour) { return "<a:srgbClr val=\"" + hex_of(colour).substr(1) + "\"/>"; }

std::string series_xml(const SheetChart& chart, const ChartSeries& series, std::size_t number) {
    const std::string n = std::to_string(number);
    std::string xml = "<c:ser><c:idx val=\"" + n + "\"/><c:order val=\"" + n + "\"/><c:tx><c:v>" +
                      escaped_xml(drawable(series.name)) + "</c:v></c:tx><c:spPr>";
    if (chart.kind == SheetChart::Kind::line)
        xml += "<a:ln w=\"25400\"><a:solidFill>" + rgb(series.colour) + "</a:solidFill>" +
               (series.dashed ? "<a:prstDash val=\"dash\"/>" : "") +
               "</a:ln></c:spPr><c:marker><c:symbol val=\"none\"/></c:marker>";
    else
        xml += "<a:solidFill>" + rgb(series.colour) + "</a:solidFill></c:spPr><c:invertIfNegative val=\"0\"/>";
    xml += "<c:cat><c:numRef><c:f>" + escaped_xml(chart.categories) + "</c:f></c:numRef></c:cat>";
    if (chart.kind == SheetChart::Kind::bars) {
        xml.erase(xml.rfind("<c:cat>"));
        xml += "<c:cat><c:strRef><c:f>" + escaped_xml(chart.categories) + "</c:f></c:strRef></c:cat>";
    }
    xml += "<c:val><c:numRef><c:f>" + escaped_xml(series.values) + "</c:f></c:numRef></c:val>";
    if (chart.kind == SheetChart::Kind::line) xml += "<c:smooth val=\"0\"/>";
    return xml + "</c:ser>";
}

std::string axes_xml(const SheetChart& chart) {
    const bool bars = chart.kind == SheetChart::Kind::bars;
    // Months are a category axis with dates in it: a date axis would leave holes between them.
    return "<c:catAx><c:axId val=\"500\"/><c:scaling><c:orientation val=\"" + std::string(bars ? "maxMin" : "minMax") +
           "\"/></c:scaling><c:delete val=\"0\"/><c:axPos val=\"" + (bars ? "l" : "b") + "\"/><c:numFmt formatCode=\"" +
           (bars ? "General" : "mmm\\ yy") +
           "\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark "
           "val=\"none\"/><c:tickLblPos val=\"low\"/><c:crossAx val=\"501\"/><c:crosses "
           "val=\"autoZero\"/><c:auto val=\"0\"/><c:lblOffset val=\"100\"/></c:catAx><c:valAx><c:axId "
           "val=\"501\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling><c:delete "
           "val=\"0\"/><c:axPos val=\"" +
           (bars ? "t" : "l") +
           "\"/><c:majorGridlines><c:spPr><a:ln w=\"6350\"><a:solidFill><a:srgbClr val=\"D5DBE1\"/></a:solidFill>"
           "</a:ln></c:spPr></c:majorGridlines><c:numFmt formatCode=\"#,##0\" sourceLinked=\"0\"/><c:majorTickMark "
           "val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/><c:crossAx "
           "val=\"500\"/><c:crosses val=\"autoZero\"/></c:valAx>";
}

std::string anchor_xml(const SheetChart& chart, std::size_t number) {
    const auto corner = [](const char* name, int column, int row) {
        return std::string("<xdr:") + name + "><xdr:col>" + std::to_string(column) +
               "</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>" + std::to_string(row) +
               "</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:" + name + ">";
    };
    const std::string n = std::to_string(number);
    return "<xdr:twoCellAnchor>" + corner("from", chart.column, chart.row) +
           corner("to", chart.column + chart.columns, chart.row + chart.rows) +
           "<xdr:graphicFrame macro=\"\"><xdr:nvGraphicFramePr><xdr:cNvPr id=\"" + std::to_string(number + 1) +
           "\" name=\"Chart " + n + "\" descr=\"" + escaped_xml(drawable(chart.title)) +
           "\"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" "
           "cy=\"0\"/></xdr:xfrm>"
           "<a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/chart\"><c:chart "
           "xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" "
           "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:id=\"rId" +
           n + "\"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor>";
}

}  // namespace

std::string drawing_xml(const std::vector<SheetChart>& charts) {
    std::string xml(head);
    xml +=
        "<xdr:wsDr xmlns:xdr=\"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing\" "
        "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\">";
    for (std::size_t i = 0; i < charts.size(); ++i) xml += anchor_xml(charts[i], i + 1);
    return xml + "</xdr:wsDr>";
}

std::string drawing_relations(std::size_t first, std::size_t count) {
    std::string xml(head);
    xml += "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
    for (std::size_t i = 0; i < count; ++i)
        xml += "<Relationship Id=\"rId" + std::to_string(i + 1) +
               "\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart\" "
               "Target=\"../charts/chart" +
               std::to_string(first + i) + ".xml\"/>";
    return xml + "</Relationships>";
}

std::string chart_xml(const SheetChart& chart) {
    const bool line = chart.kind == SheetChart::Kind::line;
    std::string xml(head);
    xml +=
        "<c:chartSpace xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" "
        "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><c:roundedCorners "
        "val=\"0\"/><c:chart><c:title><c:tx><c:rich>"
        "<a:bodyPr/><a:p><a:pPr><a:defRPr sz=\"1200\" b=\"1\"/></a:pPr><a:r><a:rPr lang=\"en-US\" sz=\"1200\" "
        "b=\"1\"/><a:t>" +
        escaped_xml(drawable(chart.title)) +
        "</a:t></a:r></a:p></c:rich></c:tx><c:overlay val=\"0\"/></c:title><c:autoTitleDeleted "
        "val=\"0\"/><c:plotArea><c:layout/>";
    xml += line ? "<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>"
                : "<c:barChart><c:barDir val=\"" + std::string(chart.kind == SheetChart::Kind::bars ? "bar" : "col") +
                      "\"/><c:grouping val=\"clustered\"/><c:varyColors val=\"0\"/>";
    for (std::size_t i = 0; i < chart.series.size(); ++i) xml += series_xml(chart, chart.series[i], i);
    xml += line ? "<c:marker val=\"1\"/>" : "<c:gapWidth val=\"60\"/>";
    xml += "<c:axId val=\"500\"/><c:axId val=\"501\"/>";
    xml += line ? "</c:lineChart>" : "</c:barChart>";
    xml += axes_xml(chart) + "</c:plotArea>";
    if (chart.series.size() > 1) xml += "<c:legend><c:legendPos val=\"b\"/><c:overlay val=\"0\"/></c:legend>";
    return xml + "<c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart></c:chartSpace>";
}

}  // namespace fin::exporter
