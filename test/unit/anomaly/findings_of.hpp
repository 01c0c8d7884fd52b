// What the tests of rows say of a made company.
#pragma once
#include <algorithm>

#include "anomaly/dismissal.hpp"
#include "anomaly/finding.hpp"
#include "support/company.hpp"

namespace fin::test {

inline Company steady_company(int months = 24, std::uint64_t seed = 1) {
    Plan plan;
    plan.months = months;
    plan.seed = seed;
    return make(plan);
}

// The number of a counterparty's first entry in a month; beyond the last entry where there is none.
inline std::size_t entry_of(const Company& company, int m, const std::string& counterparty) {
    for (std::size_t i = 0; i < company.entries.size(); ++i)
        if (company.entries[i].counterparty == counterparty &&
            ledger::month_of(company.entries[i].day) == Company::month(m))
            return i;
    return company.entries.size();
}

class FindingsOf {
public:
    explicit FindingsOf(const Company& company, const anomaly::Strictness& strictness = {},
                        const std::vector<anomaly::Dismissal>& dismissed = {})
        : study_(company) {
        const InterruptCheck check = never_interrupted;
        const auto facts = study_.facts();
        all = anomaly::find_anomalies({facts.ledger, facts.monthly, facts.recurring,
                                       ledger::usual_expenses(facts.monthly), 7, strictness, check, &dismissed});
        std::erase_if(all, [](const anomaly::Finding& finding) { return !finding.row; });
    }

    // "kind:entry" of findings at medium and above, in order of entry (as Company::add counts, from 0).
    std::string holding() const { return text(true); }
    // The same of the watch list.
    std::string watched() const { return text(false); }

    const anomaly::Finding* of(std::size_t entry) const {
        for (const auto& finding : all)
            if (entry_of_row(finding) == entry) return &finding;
        return nullptr;
    }
    const ledger::Ledger& ledger() const { return study_.ledger(); }

    std::vector<anomaly::Finding> all;

private:
    std::size_t entry_of_row(const anomaly::Finding& finding) const {
        return static_cast<std::size_t>(study_.ledger().row_no[*finding.row]) - 1;
    }
    std::string text(bool medium) const {
        std::vector<std::pair<std::size_t, std::string>> found;
        for (const auto& finding : all)
            if ((finding.severity >= Severity::medium) == medium)
                found.emplace_back(entry_of_row(finding), std::string(anomaly::name(finding.kind)));
        std::ranges::sort(found);
        std::string result;
        for (const auto& [entry, kind] : found) result += kind + ":" + std::to_string(entry) + " ";
        return result;
    }

    Study study_;
};

inline std::string at(const char* kind, std::size_t entry) {
    return std::string(kind) + ":" + std::to_string(entry) + " ";
}

}  // namespace fin::test
