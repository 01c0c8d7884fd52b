// Where the database of a connection string runs.
#pragma once
#include <string>

namespace fin::api {

// Does every host of the connection string (or PGHOST, where it names none) lead to this machine? A string that libpq
// cannot read: no.
bool on_this_machine(const std::string& connection);

}  // namespace fin::api
