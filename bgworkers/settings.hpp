// Settings of the workers.
#pragma once

namespace fin::workers {

extern int max_workers;  // in the whole cluster
extern int patience;     // milliseconds without heartbeat until a worker is replaced
extern const char* const identity_setting;

void define_settings();

}  // namespace fin::workers
