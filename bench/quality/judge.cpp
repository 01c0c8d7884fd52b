#include "judge.hpp"

#include <algorithm>
#include <cstdio>

namespace fin::quality {

namespace {

std::string described(const Company& company, std::size_t row) {
    const auto& posting = company.rows[row];
    return company.name + " row " + std::to_string(row + 1) + " " + ledger::date_text(posting.day) + " " +
           posting.amount.text() + " [" + posting.category + "] " + posting.counterparty;
}

// A series finding that the plan explains.
bool explained(const Company& company, const Said& said) {
    for (const auto& event : company.events) {
        const bool kin = event.kind == said.kind ||
                         (event.kind == Kind::level_shift && said.kind == Kind::amount_change) ||
                         (event.kind == Kind::missing_recurring && said.kind == Kind::gap);
        if (kin &&
            (said.counterparty == event.counterparty || (!said.category.empty() && said.category == event.category) ||
             (said.counterparty.empty() && said.category.empty())))
            return true;
    }
    return false;
}

}  // namespace

void Tally::add(const Company& company, const Answer& answer) {
    milliseconds.push_back(answer.milliseconds);
    if (!company.real) {
        for (const auto& [code, holds] : company.risks) {
            if (holds == Holds::unclear) continue;
            const bool said = answer.risks.count(code) > 0, truth = holds == Holds::yes;
            risk[code].add(truth, said);
            if (said == truth) continue;
            const auto value = answer.values.find(code);
            (said ? wrong : missed)
                .push_back("risk " + code + ": " + company.name + ", " + std::to_string(company.months) + " months" +
                           (value == answer.values.end() ? "" : ", value " + std::to_string(value->second)));
        }
    }
    // Rows: a part of a split stands for the whole, either of two equal rows of one day for the repeat.
    std::set<int> groups_found, groups_named;
    std::set<std::size_t> flagged;
    bool any = false, any_row = false;
    for (const auto& said : answer.findings) {
        if (said.severity < Severity::medium) continue;
        if (!said.row) {
            // Where the plan moves levels, what is said of series is not judged by report.
            if (explained(company, said)) continue;
            any = any || !company.moved;
            ++kind[static_cast<std::size_t>(said.kind)].false_rows;
            if (!company.moved)
                wrong.push_back(std::string(anomaly::name(said.kind)) + ": " + company.name + " [" + said.category +
                                "] " + said.counterparty + ": " + said.reason);
            continue;
        }
        any = any_row = true;
        const auto& row = company.rows[*said.row];
        flagged.insert(*said.row);
        if (row.group >= 0 && (row.planted || row.original)) {
            groups_found.insert(row.group);
            if (row.original || *row.planted == said.kind) groups_named.insert(row.group);
        } else if (!row.planted) {
            ++kind[static_cast<std::size_t>(said.kind)].false_rows;
            wrong.push_back(std::string(anomaly::name(said.kind)) + ": " + described(company, *said.row) + ": " +
                            said.reason);
        }
    }
    std::set<int> counted;
    for (std::size_t i = 0; i < company.rows.size(); ++i) {
        const auto& row = company.rows[i];
        if (!row.planted) {
            const bool twin = row.original;
            if (!twin) rows.add(false, flagged.count(i) > 0);
            continue;
        }
        if (row.group >= 0 && !counted.insert(row.group).second) continue;
        auto& count = kind[static_cast<std::size_t>(*row.planted)];
        const bool found = row.group >= 0 ? groups_found.count(row.group) > 0 : flagged.count(i) > 0;
        bool named = row.group >= 0 ? groups_named.count(row.group) > 0 : false;
        for (const auto& said : answer.findings)
            named = named ||
                    (row.group < 0 && said.row == i && said.kind == *row.planted && said.severity >= Severity::medium);
        ++count.planted, count.found += found, count.named += named;
        rows.add(true, found);
        if (!found) {
            std::string low;
            for (const auto& said : answer.findings)
                if (said.row == i) low = " (watch list: " + std::string(anomaly::name(said.kind)) + ")";
            missed.push_back(std::string(anomaly::name(*row.planted)) + ": " + described(company, i) + low);
        }
    }
    for (const auto& event : company.events) {
        auto& count = kind[static_cast<std::size_t>(event.kind)];
        bool found = false;
        for (const auto& said : answer.findings)
            found = found || (said.kind == event.kind && said.severity >= Severity::medium &&
                              (said.counterparty == event.counterparty || said.category == event.category ||
                               (said.counterparty.empty() && said.category.empty())));
        ++count.planted, count.found += found, count.named += found;
        any = any || found;
        if (found) continue;
        std::string said_low;
        for (const auto& said : answer.findings)
            if (said.counterparty == event.counterparty || said.category == event.category)
                said_low += " (listed: " + std::string(anomaly::name(said.kind)) + " " +
                            std::string(fin::name(said.severity)) + ")";
        missed.push_back(std::string(anomaly::name(event.kind)) + ": " + company.name + " " +
                         ledger::date_text(event.day) + " [" + event.category + "] " + event.counterparty + said_low);
    }
    reports.add(!company.clean, any);
    row_reports.add(!company.clean, any_row);
}

}  // namespace fin::quality
