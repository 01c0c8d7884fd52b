#include "works.hpp"

#include <algorithm>
#include <iterator>

namespace fin::helper {

namespace {

constexpr WorkEntry works[] = {
    {"read-workbook", read_workbook, 400, 60, false, 0, prepare_reading},
    {"draw-report", draw_report, 800, 60, true, 0, prepare_drawing},
    {"write-workbook", write_workbook, 400, 120, false, 3000, nullptr},
};

}  // namespace

const WorkEntry* find_work(std::string_view name) {
    const auto found =
        std::find_if(std::begin(works), std::end(works), [&](const WorkEntry& w) { return w.name == name; });
    return found == std::end(works) ? nullptr : found;
}

}  // namespace fin::helper
