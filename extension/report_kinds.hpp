// The kinds of a report's rows: what its workspace has set, and what was inferred at import.
#pragma once
#include "ledger/builder.hpp"
#include "ledger/kinds.hpp"
#include "report.hpp"

namespace fin::pg {

// Overrides of the report's workspace.
ledger::KindRules kind_rules(Session& session, const Report& report);

// Infers the kinds of a new report's categories and stores them beside it, for people to see and correct.
void store_kinds(Session& session, const pg_uuid_t& workspace, const pg_uuid_t& report, ledger::Ledger& ledger);

}  // namespace fin::pg
