// fin_require_setup: the first line of functions written in SQL, which would else say only that a schema is missing.
#include "bridge.hpp"
#include "spi.hpp"

namespace fin::pg {

FIN_FUNCTION(fin_require_setup) {
    require_schema();
    return Datum(0);
}

}  // namespace fin::pg
