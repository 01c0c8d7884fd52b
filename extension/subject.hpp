// What an analysis of a report is made of, and the hash that identifies it.
#pragma once
#include "analysis/analysis.hpp"
#include "report.hpp"

namespace fin::pg {

struct Made {
    analysis::Subject subject;  // without its ledger until load()
    std::string input_hash;     // of rows, options, engine, kinds, thresholds, feedback

    // Reads the rows where they have not been read yet.
    analysis::Subject& load(Session& session);

private:
    friend Made subject_of(Session& session, const Report& report, const analysis::Options& options);
    const Report* report_ = nullptr;
    analysis::Options options_;
    bool loaded_ = false;
};

// Rows of an attached table, and of a report that was changed by hand, are read at once: their hash is not known.
// `report` must outlive the result.
Made subject_of(Session& session, const Report& report, const analysis::Options& options);

}  // namespace fin::pg
