// What the library's loading does for the workers.
#include "bridge.hpp"
#include "http/settings.hpp"
#include "launcher.hpp"
#include "modules.hpp"
#include "settings.hpp"

namespace fin::workers {

void initialise(bool preloading) {
    define_settings();
    define_http_settings();
    // pg_upgrade starts the old and the new server to copy them, not to work.
    if (!preloading || IsBinaryUpgrade) return;
    request_state();
    register_launcher();
    install_utility_hook();
}

}  // namespace fin::workers
