// What a detector says of a company, held against the plan; counts of right and wrong.
#pragma once
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "plan.hpp"
#include "risk/risk.hpp"

namespace fin::quality {

// One finding as the count sees it: what it says of which row, or of what without one.
struct Said {
    Kind kind;
    std::optional<std::size_t> row;  // index of company.rows
    std::string category, counterparty, reason;
    Severity severity = Severity::low;
    double score = 0, at_stake = 0;
};

struct Answer {
    std::vector<Said> findings;
    std::set<std::string> risks;           // that hold: medium and above
    std::map<std::string, double> values;  // of every risk that was listed
    double milliseconds = 0;               // of the ledger tests
};

// analyse.cpp: the ledger tests and the risks of this tree.
Answer analyse(const Company& company, bool with_risks);
// analyse.cpp: the textbook's rules: robust z over 3.5 within counterparty or category, any repeat within ten days.
std::vector<Said> textbook(const Company& company);

struct Count {
    double tp = 0, fp = 0, fn = 0, tn = 0;
    void add(bool truth, bool said) { ++(truth ? said ? tp : fn : said ? fp : tn); }
    Count& operator+=(const Count& other) {
        tp += other.tp, fp += other.fp, fn += other.fn, tn += other.tn;
        return *this;
    }
    double all() const { return tp + fp + fn + tn; }
    double accuracy() const { return all() > 0 ? (tp + tn) / all() : 1; }
    double precision() const { return tp + fp > 0 ? tp / (tp + fp) : 1; }
    double recall() const { return tp + fn > 0 ? tp / (tp + fn) : 1; }
    double f1() const { return tp > 0 ? 2 * tp / (2 * tp + fp + fn) : 0; }
    double false_positives() const { return fp + tn > 0 ? fp / (fp + tn) : 0; }
    double balanced() const { return (recall() + 1 - false_positives()) / 2; }
};

struct KindCount {
    double planted = 0, found = 0, named = 0;  // named: found as the kind it is
    double false_rows = 0;                     // normal rows said to be of this kind
};

struct Tally {
    std::map<std::string, Count> risk;
    std::map<std::string, std::map<std::string, int>> together;
    std::array<KindCount, anomaly::kind_count> kind{};
    Count rows, reports, row_reports;  // reports: told by any finding; row_reports: by findings that point at a row
    double rows_per_kind = 0;
    std::vector<double> milliseconds;
    std::vector<std::string> wrong, missed;  // for those who improve the tests

    void add(const Company& company, const Answer& answer);
};

}  // namespace fin::quality
