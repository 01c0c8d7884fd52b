// Rows of an attached table or view, under the caller's own privileges.
#pragma once
#include "report.hpp"

namespace fin::pg {

// Calls stream(sql, params) for the query over the attached relation, after the caller's right to read it is checked.
// A superuser reads another's view as that view's owner: functions in the view gain no rights from who analyses.
void read_relation(Session& session, const Report& report,
                   const std::function<void(const std::string&, const std::vector<Parameter>&)>& stream);

}  // namespace fin::pg
