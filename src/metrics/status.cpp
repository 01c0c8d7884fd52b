// Names of the statuses, as SQL and JSON show them.
#include "metrics/metric.hpp"

namespace fin::metrics {

std::string_view name(Status status) {
    switch (status) {
        case Status::ok: return "ok";
        case Status::estimated: return "estimated";
        case Status::insufficient_data: return "insufficient_data";
        case Status::not_applicable: return "not_applicable";
        case Status::undefined: return "undefined";
        case Status::infinite: return "infinite";
        case Status::not_available: return "not_available";
    }
    return "not_available";
}

}  // namespace fin::metrics
