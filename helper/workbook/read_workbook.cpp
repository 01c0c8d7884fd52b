// The work read-workbook: the chosen sheet of a workbook as a text table.
#include "works.hpp"

namespace fin::helper {

namespace {

constexpr std::size_t largest = std::size_t{128} << 20;

}  // namespace

void prepare_read_workbook() {}

std::string read_workbook(Conversation& conversation) {
    const std::string content = conversation.content(largest);
    throw Error(ErrorCode::bad_data, "the file is no workbook", {}, "Import XLSX, XLS or a text table.");
}

}  // namespace fin::helper
