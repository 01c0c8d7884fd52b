// The tree's own ledger tests and risks on a company, and the textbook's rules beside them.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "forecast/ledger_forecast.hpp"
#include "judge.hpp"
#include "ledger/builder.hpp"
#include "ledger/kinds.hpp"
#include "risk/find.hpp"
#include "risk/picture.hpp"

namespace fin::quality {

namespace {

ledger::Built built(const Company& company) {
    std::optional<ledger::Money> opening;
    if (company.opening) opening = ledger::Money::of(*company.opening);
    ledger::Builder builder({}, {}, opening);
    for (std::size_t i = 0; i < company.rows.size(); ++i) {
        const auto& row = company.rows[i];
        ledger::Row line;
        line.row_no = static_cast<std::int32_t>(i + 1), line.booked_on = row.day, line.amount = row.amount;
        line.currency = company.currency, line.category = row.category, line.counterparty = row.counterparty;
        builder.add(line);
    }
    return builder.build();
}

// The name of a code; empty for none.
std::string text(const ledger::Dictionary& names, ledger::Code code) {
    return code >= 0 ? std::string(names.text(code)) : std::string();
}

}  // namespace

Answer analyse(const Company& company, bool with_risks) {
    auto all = built(company);
    auto& ledger = all.ledger;
    ledger::assign_kinds(ledger);
    const auto monthly = ledger::by_month(ledger);
    const auto recurring = ledger::find_recurring(ledger);
    Answer answer;
    const anomaly::Strictness strictness;
    const anomaly::Setting setting{ledger, monthly,    recurring,        ledger::usual_expenses(monthly),
                                   42,     strictness, never_interrupted};
    const auto before = std::chrono::steady_clock::now();
    const auto findings = anomaly::find_anomalies(setting);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - before;
    answer.milliseconds = took.count();
    for (const auto& finding : findings) {
        Said said;
        said.kind = finding.kind;
        if (finding.row) said.row = static_cast<std::size_t>(ledger.row_no[*finding.row] - 1);
        said.category = text(ledger.categories, finding.category);
        said.counterparty = text(ledger.counterparties, finding.counterparty);
        said.reason = finding.reason_en, said.severity = finding.severity, said.score = finding.score;
        said.at_stake = finding.at_stake.value();
        answer.findings.push_back(std::move(said));
    }
    if (!with_risks) return answer;
    const auto forecast = forecast::forecast_ledger(ledger, monthly, recurring, {6, {}, 42}, never_interrupted);
    const metrics::Facts facts{ledger, monthly, recurring, &forecast, &findings};
    const risk::Picture picture(facts, never_interrupted);
    for (const auto& risk : risk::find_risks(picture)) {
        if (risk.severity >= Severity::medium) answer.risks.insert(risk.code);
        answer.values[risk.code] = risk.evidence.front().value;
    }
    return answer;
}

std::vector<Said> textbook(const Company& company) {
    std::vector<Said> result;
    std::map<std::string, std::vector<std::size_t>> by_party, by_category;
    for (std::size_t i = 0; i < company.rows.size(); ++i) {
        by_party[company.rows[i].counterparty].push_back(i);
        by_category[company.rows[i].category].push_back(i);
    }
    const auto flag = [&](std::size_t row, Kind kind) {
        Said said;
        said.kind = kind, said.row = row, said.severity = Severity::medium;
        result.push_back(said);
    };
    const auto size = [&](std::size_t row) { return std::log(std::abs(company.rows[row].amount.value()) + 0.01); };
    const auto middle = [](std::vector<double> values) {
        std::sort(values.begin(), values.end());
        return values[values.size() / 2];
    };
    std::set<std::size_t> odd;
    for (const auto* groups : {&by_party, &by_category}) {
        for (const auto& [name, rows] : *groups) {
            if (rows.size() < 5) continue;
            std::vector<double> values, away;
            for (const std::size_t row : rows) values.push_back(size(row));
            const double centre = middle(values);
            for (const double value : values) away.push_back(std::abs(value - centre));
            const double spread = std::max(0.25, 1.4826 * middle(away));
            for (const std::size_t row : rows)
                if (std::abs(size(row) - centre) / spread > 3.5) odd.insert(row);
        }
    }
    for (const std::size_t row : odd) flag(row, Kind::amount_outlier);
    for (const auto& [name, rows] : by_party)
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t k = i + 1; k < rows.size() && company.rows[rows[k]].day - company.rows[rows[i]].day <= 10;
                 ++k)
                if (company.rows[rows[i]].amount == company.rows[rows[k]].amount) {
                    flag(rows[k], Kind::duplicate);
                    break;
                }
    return result;
}

}  // namespace fin::quality
