#include "review/metric_names.hpp"

#include <array>

namespace fin::review {

namespace {

struct Name {
    std::string_view code, en, ru;
};

constexpr std::array metrics = {
    Name{"revenue", "revenue", "выручка"},
    Name{"expenses", "expenses", "расходы"},
    Name{"gross_profit", "gross profit", "валовая прибыль"},
    Name{"gross_margin", "gross margin", "валовая маржа"},
    Name{"operating_profit", "operating profit", "операционная прибыль"},
    Name{"operating_margin", "operating margin", "операционная маржа"},
    Name{"net_profit", "net profit", "чистая прибыль"},
    Name{"net_margin", "net margin", "чистая маржа"},
    Name{"net_cash_flow", "net cash flow", "чистый денежный поток"},
    Name{"gross_burn", "gross burn", "валовое сжигание денег"},
    Name{"net_burn", "net burn", "чистое сжигание денег"},
    Name{"runway", "runway", "запас времени до нуля"},
    Name{"zero_cash_date", "month when cash runs out", "месяц, когда деньги кончатся"},
    Name{"cash_balance", "cash balance", "остаток денег"},
    Name{"min_balance", "lowest cash balance", "наименьший остаток денег"},
    Name{"days_cash_on_hand", "days of expenses covered by cash", "дней расходов, покрытых деньгами"},
    Name{"yoy_growth", "revenue growth over a year", "рост выручки за год"},
    Name{"cagr", "compound annual growth of revenue", "среднегодовой рост выручки"},
    Name{"trend_slope", "monthly trend of revenue", "месячный тренд выручки"},
    Name{"expense_ratio", "expenses as a share of revenue", "доля расходов в выручке"},
    Name{"payroll_ratio", "payroll as a share of revenue", "доля оплаты труда в выручке"},
    Name{"fixed_cost_ratio", "recurring expenses as a share of expenses", "доля регулярных расходов"},
    Name{"top1_share", "share of the largest payer in revenue", "доля крупнейшего плательщика в выручке"},
    Name{"top3_share", "share of the largest payers in revenue", "доля крупнейших плательщиков в выручке"},
    Name{"median_ticket", "median payment received", "медианное поступление"},
    Name{"tx_count", "rows of the ledger", "строк в книге"},
    Name{"active_payers", "active payers", "активных плательщиков"},
    Name{"new_payers", "new payers", "новых плательщиков"},
    Name{"lost_payers", "lost payers", "ушедших плательщиков"},
    Name{"recurring_share", "recurring share of revenue", "доля регулярной выручки"},
    Name{"mrr_proxy", "recurring revenue a month", "регулярная выручка в месяц"},
    Name{"revenue_cv", "variation of monthly revenue", "колебание месячной выручки"},
    Name{"max_drawdown", "largest fall of cash", "наибольшее падение остатка"},
    Name{"breakeven_revenue", "break-even revenue", "выручка безубыточности"},
    Name{"margin_of_safety", "margin of safety", "запас прочности"},
    Name{"debt_service_coverage", "debt service coverage", "покрытие платежей по долгу"},
    Name{"uncategorised_share", "share of money without a category", "доля денег без категории"},
    Name{"months_covered", "months in the ledger", "месяцев в книге"}};

constexpr std::array risks = {Name{"liquidity", "short runway", "мало денег впереди"},
                              Name{"burn_acceleration", "burn speeds up", "деньги тратятся всё быстрее"},
                              Name{"revenue_decline", "revenue declines", "выручка снижается"},
                              Name{"margin_erosion", "margin erodes", "маржа снижается"},
                              Name{"expense_surge", "spending of a category surges", "скачок расходов категории"},
                              Name{"customer_concentration", "dependence on a payer", "зависимость от плательщика"},
                              Name{"supplier_concentration", "dependence on a supplier", "зависимость от поставщика"},
                              Name{"revenue_volatility", "revenue swings", "выручка колеблется"},
                              Name{"unprofitable", "operation at a loss", "работа в убыток"},
                              Name{"payroll_burden", "heavy payroll", "высокая доля оплаты труда"},
                              Name{"tax_gap", "tax payments missing", "пропущены налоги"},
                              Name{"negative_cash", "cash below zero", "деньги ниже нуля"},
                              Name{"seasonal_dependency", "dependence on a season", "зависимость от сезона"},
                              Name{"lost_customer", "payer lost", "потерян плательщик"},
                              Name{"duplicate_payments", "duplicate payments", "повторные платежи"},
                              Name{"suspicious_payments", "suspicious payments", "подозрительные платежи"},
                              Name{"data_quality", "weak data", "слабые данные"}};

constexpr std::array anomalies = {Name{"duplicate", "duplicate payment", "повторный платёж"},
                                  Name{"amount_outlier", "unusual amount", "необычная сумма"},
                                  Name{"sign_error", "turned sign", "неверный знак"},
                                  Name{"split_payment", "split payment", "дроблёный платёж"},
                                  Name{"new_counterparty", "large new counterparty", "крупный новый контрагент"},
                                  Name{"miscategorized", "unusual category", "необычная категория"},
                                  Name{"round_amount", "round amount", "круглая сумма"},
                                  Name{"off_calendar", "unusual day", "необычный день"},
                                  Name{"missing_recurring", "missing payment", "пропавший платёж"},
                                  Name{"amount_change", "payment at a new level", "платёж на новом уровне"},
                                  Name{"level_shift", "shift of level", "сдвиг уровня"},
                                  Name{"gap", "gap in the ledger", "пробел в книге"},
                                  Name{"benford", "unusual first digits", "необычные первые цифры"},
                                  Name{"stale_balance", "balance that does not reconcile", "остаток не сходится"}};

template <class Table>
std::string_view named(const Table& table, std::string_view code, Language language) {
    for (const auto& name : table)
        if (name.code == code) return language == Language::ru ? name.ru : name.en;
    return code;
}

}  // namespace

std::string_view metric_name(std::string_view code, Language language) { return named(metrics, code, language); }
std::string_view risk_name(std::string_view code, Language language) { return named(risks, code, language); }
std::string_view anomaly_name(std::string_view kind, Language language) { return named(anomalies, kind, language); }

std::string_view risk_unit(std::string_view code) {
    if (code == "liquidity" || code == "negative_cash") return "months";
    if (code == "burn_acceleration" || code == "expense_surge") return "times";
    if (code == "revenue_decline") return "ratio/month";
    if (code == "margin_erosion") return "points";
    if (code == "tax_gap") return "count";
    return "ratio";
}

}  // namespace fin::review
