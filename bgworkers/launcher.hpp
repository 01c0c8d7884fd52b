// The launcher: finds the databases that have pg_fin, starts workers where jobs wait, replaces those that hang.
#pragma once
#include "state.hpp"

namespace fin::workers {

// For _PG_init while preloading.
void register_launcher();
// For the hook that watches for DROP DATABASE and its like.
void install_utility_hook();

}  // namespace fin::workers
