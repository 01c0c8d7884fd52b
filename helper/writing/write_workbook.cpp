// The work write-workbook: an analysis and its transactions as a workbook. Request: report_request.hpp; content:
// the transactions (exporter/transaction_rows.hpp), which are written as they come.
#include <array>
#include <nlohmann/json.hpp>

#include "error.hpp"
#include "exporter/transaction_rows.hpp"
#include "report_request.hpp"
#include "works.hpp"
#include "writing/workbook.hpp"

namespace fin::helper {

std::string write_workbook(Conversation& conversation) {
    const ReportRequest request = read_report_request(conversation.request());
    WrittenWorkbook workbook(temporary_folder(), request.report, request.setting);
    exporter::RowReader reader;
    exporter::TransactionRow row;
    for (std::string_view piece; conversation.next_content(piece);) {
        reader.feed(piece);
        while (reader.next(row)) workbook.add(row);
    }
    if (reader.in_the_middle()) throw Error(ErrorCode::bad_data, "the transactions end in the middle of one");
    conversation.progress(R"({"done": 0.5, "what": "packing"})");
    const UnnamedFile file = workbook.finish(request.created);
    std::array<char, std::size_t{1} << 16> buffer{};
    for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), file.get())) > 0;)
        conversation.data({buffer.data(), got});
    if (std::ferror(file.get())) throw Error(ErrorCode::not_ready, "the finished workbook cannot be read");
    return nlohmann::json{{"transactions", workbook.transactions()}}.dump();
}

}  // namespace fin::helper
