// Settings kept in the database: ALTER ROLE authenticator [IN DATABASE d] SET pgrst.x = '...', and those that the
// function of db-pre-config sets for the session.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "api/schema/cache.hpp"

namespace fin::api {

// To be run by the authenticator: rows of name (with underscores, without "pgrst.") and value. A setting of the role in
// this database wins over one of the role, and that over the function's. `pre_config` may be schema-qualified.
std::string database_settings_query(const std::string& pre_config);
std::map<std::string, std::string> read_database_settings(const schema::Rows& rows);

}  // namespace fin::api
