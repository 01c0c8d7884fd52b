// Money in odd payments of the last six months: duplicate_payments, suspicious_payments.
#include <algorithm>
#include <array>
#include <cmath>

#include "anomaly/finding.hpp"
#include "risk/rules.hpp"

namespace fin::risk {

namespace {

struct Odd {
    double total = 0, expenses = 0;
    std::vector<std::int32_t> row_no;
    std::vector<std::string> kinds;  // of each row
};

// Money in findings of the kinds that hold (medium and above), and what those months cost.
Odd odd_money(const Picture& picture, std::span<const anomaly::Kind> wanted) {
    const ledger::Ledger& ledger = picture.facts.ledger;
    const ledger::Day from = ledger::first_day(picture.last() - std::min(picture.n, 6) + 1);
    Odd odd;
    if (!picture.facts.anomalies) return odd;
    for (const anomaly::Finding& finding : *picture.facts.anomalies) {
        if (!finding.row || finding.severity < Severity::medium || ledger.day[*finding.row] < from) continue;
        if (std::ranges::find(wanted, finding.kind) == wanted.end()) continue;
        odd.total += std::abs(ledger.amount[*finding.row].value());
        odd.row_no.push_back(ledger.row_no[*finding.row]);
        odd.kinds.emplace_back(anomaly::name(finding.kind));
    }
    std::ranges::sort(odd.row_no);
    // Expenses of that time, without what does not count; the running month has its part.
    for (std::size_t i = ledger.size(); i-- > 0 && ledger.day[i] >= from;)
        if (ledger::is_expense(picture.flows.kind[i])) odd.expenses -= picture.flows.amount[i];
    return odd;
}

std::string joined(const std::vector<std::int32_t>& rows) {
    std::string text;
    for (std::size_t i = 0; i < rows.size() && i < 50; ++i) text += (i ? "," : "") + std::to_string(rows[i]);
    return text;
}

std::optional<std::pair<Risk, Odd>> odd_risk(const Picture& picture, std::string_view code,
                                             const Thresholds& thresholds, std::span<const anomaly::Kind> wanted) {
    if (picture.n < 3) return std::nullopt;
    Odd odd = odd_money(picture, wanted);
    if (odd.total <= 0 || odd.expenses <= 0) return std::nullopt;
    const Rule rule = rule_of(code, thresholds);
    const double share = odd.total / odd.expenses;
    const auto verdict = judge(rule, share);
    if (!verdict) return std::nullopt;
    Risk risk = risk_of(rule, *verdict, share);
    risk.evidence.insert(risk.evidence.end(), {{"money", odd.total},
                                               {"expenses", odd.expenses},
                                               {"rows", static_cast<double>(odd.row_no.size())},
                                               {"row_nos", 0, joined(odd.row_no)},
                                               {"months", static_cast<double>(std::min(picture.n, 6))}});
    risk.impact = money(odd.total / std::min(picture.n, 6));
    return std::pair(std::move(risk), std::move(odd));
}

}  // namespace

Found duplicate_payments(const Picture& picture, const Thresholds& thresholds) {
    static constexpr std::array kinds = {anomaly::Kind::duplicate};
    auto found = odd_risk(picture, "duplicate_payments", thresholds, kinds);
    if (!found) return std::nullopt;
    auto& [risk, odd] = *found;
    const auto count = static_cast<long long>(odd.row_no.size());
    const double share = odd.total / odd.expenses;
    risk.title_en = std::to_string(count) + (count == 1 ? " payment looks" : " payments look") +
                    " made twice: " + money_words(odd.total, Language::en) + " in the last six months, " +
                    percent_words(share, Language::en) + " of expenses";
    risk.title_ru = std::to_string(count) + " " +
                    std::string(russian_plural(count, "платёж похож", "платежа похожи", "платежей похожи")) +
                    " на повторные: " + money_words(odd.total, Language::ru) + " за полгода, " +
                    percent_words(share, Language::ru) + " расходов";
    if (russian_plural(count, "1", "2", "5") == "1")
        risk.title_ru.replace(risk.title_ru.find("повторные"), std::string("повторные").size(), "повторный");
    return risk;
}

Found suspicious_payments(const Picture& picture, const Thresholds& thresholds) {
    static constexpr std::array kinds = {anomaly::Kind::split_payment, anomaly::Kind::new_counterparty,
                                         anomaly::Kind::sign_error};
    auto found = odd_risk(picture, "suspicious_payments", thresholds, kinds);
    if (!found) return std::nullopt;
    auto& [risk, odd] = *found;
    std::ranges::sort(odd.kinds);
    odd.kinds.erase(std::unique(odd.kinds.begin(), odd.kinds.end()), odd.kinds.end());
    for (const std::string& kind : odd.kinds) risk.evidence.push_back({"kind", 0, kind});
    const auto count = static_cast<long long>(odd.row_no.size());
    const double share = odd.total / odd.expenses;
    risk.title_en = std::to_string(count) + (count == 1 ? " payment needs" : " payments need") +
                    " a second look: " + money_words(odd.total, Language::en) + " in the last six months, " +
                    percent_words(share, Language::en) + " of expenses";
    risk.title_ru = std::to_string(count) + " " +
                    std::string(russian_plural(count, "платёж требует", "платежа требуют", "платежей требуют")) +
                    " проверки: " + money_words(odd.total, Language::ru) + " за полгода, " +
                    percent_words(share, Language::ru) + " расходов";
    return risk;
}

}  // namespace fin::risk
