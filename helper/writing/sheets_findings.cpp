// Sheets of findings: anomalies, risks, recommendations; and the page of the pivot table.
#include "exporter/names.hpp"
#include "writing/sheets.hpp"

namespace fin::helper {

using namespace exporter;

namespace {

// In the order of the looks that conditions give.
std::vector<std::string> severities(const SheetSetting& setting) {
    return {setting.word("severity.critical"), setting.word("severity.high"), setting.word("severity.medium")};
}

}  // namespace

void write_anomalies(const Book& book, const SheetSetting& setting) {
    WrittenSheet sheet(book, setting.sheet("anomalies"), {{12, 10, 14, 26, 16, 16, 16, 34, 30, 90}, 1, 0});
    write_heads(sheet, {{setting.word("severity"), false},
                        {setting.word("row"), true},
                        {setting.word("day"), false},
                        {setting.word("what"), false},
                        {setting.word("amount"), true},
                        {setting.word("expected"), true},
                        {setting.word("stake"), true},
                        {setting.word("category"), false},
                        {setting.word("counterparty"), false},
                        {setting.word("why"), false}});
    double stake = 0;
    for (const AnomalyRow& row : setting.report.anomalies) {
        sheet.text(setting.word("severity." + row.severity));
        if (row.row_no)
            sheet.number(static_cast<double>(*row.row_no), Style::whole);
        else
            sheet.skip();
        sheet.day(row.booked_on, Style::date).text(anomaly_title(row.kind, setting.format.language()));
        sheet.maybe(row.amount, Style::money).maybe(row.expected, Style::money).number(row.at_stake, Style::money);
        sheet.text(row.category).text(row.counterparty).text(row.reason).next_row();
        stake += row.at_stake;
    }
    const std::size_t last = sheet.row() - 1;
    sheet.filter("A1:J" + std::to_string(std::max<std::size_t>(last, 2)));
    if (last > 1) {
        sheet.text(setting.word("total"), Style::bold).skip(5);
        sheet.formula("SUM(G2:G" + std::to_string(last) + ")", stake, Style::money_bold).next_row();
    }
    const std::string end = std::to_string(std::max<std::size_t>(last, 2));
    sheet.conditions({{"A2:A" + end, Condition::What::severity, severities(setting)},
                      {"G2:G" + end, Condition::What::bars, {}, setting.palette.high},
                      {"E2:F" + end, Condition::What::negative}});
}

void write_risks(const Book& book, const SheetSetting& setting) {
    WrittenSheet sheet(book, setting.sheet("risks"), {{12, 30, 10, 70, 18, 100}, 1, 0});
    write_heads(sheet, {{setting.word("severity"), false},
                        {setting.word("kind"), false},
                        {setting.word("score"), true},
                        {setting.word("risk"), false},
                        {setting.word("stake_monthly"), true},
                        {setting.word("evidence"), false}});
    for (const RiskRow& row : setting.report.risks) {
        std::string evidence;
        for (const Evidence& item : row.evidence)
            if (const std::string words = evidence_words(item, row, setting.format); !words.empty())
                evidence += (evidence.empty() ? "" : "; ") + words;
        sheet.text(setting.word("severity." + row.severity)).text(risk_title(row.code, setting.format.language()));
        sheet.number(row.score, Style::number).text(row.title, Style::wrapped).maybe(row.impact, Style::money);
        sheet.text(evidence, Style::wrapped).next_row();
    }
    const std::string end = std::to_string(std::max<std::size_t>(sheet.row() - 1, 2));
    sheet.filter("A1:F" + end);
    sheet.conditions({{"A2:A" + end, Condition::What::severity, severities(setting)},
                      {"E2:E" + end, Condition::What::bars, {}, setting.palette.high}});
}

void write_advice(const Book& book, const SheetSetting& setting) {
    WrittenSheet sheet(book, setting.sheet("recommendations"), {{12, 90, 34, 20, 24}, 1, 0});
    write_heads(sheet, {{setting.word("priority"), false},
                        {setting.word("action"), false},
                        {setting.word("answers"), false},
                        {setting.word("effect"), true},
                        {setting.word("lever"), false}});
    double effect = 0;
    for (const AdviceRow& row : setting.report.advice) {
        sheet.text(setting.word("severity." + row.priority)).text(capital(row.action), Style::wrapped);
        sheet.text(row.risk_code.empty() ? "" : risk_title(row.risk_code, setting.format.language()));
        sheet.number(row.effect_monthly, Style::money).text(row.lever, Style::soft).next_row();
        effect += row.effect_monthly;
    }
    const std::size_t last = sheet.row() - 1;
    const std::string end = std::to_string(std::max<std::size_t>(last, 2));
    sheet.filter("A1:E" + end);
    if (last > 1) {
        sheet.text(setting.word("total"), Style::bold).skip(2);
        sheet.formula("SUM(D2:D" + std::to_string(last) + ")", effect, Style::money_bold).next_row();
    }
    sheet.conditions({{"A2:A" + end, Condition::What::severity, severities(setting)},
                      {"D2:D" + end, Condition::What::bars, {}, setting.palette.good}});
}

void write_pivot(const Book& book, const SheetSetting& setting) {
    WrittenSheet sheet(book, setting.sheet("pivot"), {{46, 16, 16, 16, 16, 16, 16, 16}, 0, 0});
    sheet.text(setting.word("pivot.note"), Style::soft).next_row();
}

}  // namespace fin::helper
