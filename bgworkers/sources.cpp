// Which sources a worker's loop has beside its latch.
#include "loop.hpp"

namespace fin::workers {

void add_sources(Loop&) {}

}  // namespace fin::workers
