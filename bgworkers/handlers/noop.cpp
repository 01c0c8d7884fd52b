#include "handlers.hpp"

namespace fin::workers {

Task<Outcome> handle_noop(Context&) { co_return Outcome::succeeded(); }

}  // namespace fin::workers
