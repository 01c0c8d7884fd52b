#include <nlohmann/json.hpp>

#include "handlers.hpp"
#include "handlers/payload.hpp"
#include "s3/moves.hpp"
#include "spi.hpp"

namespace fin::workers {

namespace {

// Rows of reports that were read from this file become files of their own beside it, made as the job's member.
std::vector<std::string> files_beside(const Context& context, const std::string& file) {
    std::vector<std::string> made;
    context.sql([&](pg::Session& session) {
        const auto rows = session.run("SELECT k::text FROM fin.parsed_keep($1::uuid) k", {pg::text_param(file)});
        for (std::uint64_t row = 0; row < rows.size(); ++row) made.push_back(rows.text(row, 1));
    });
    return made;
}

}  // namespace

Task<Outcome> handle_store_file(Context& context) {
    try {
        const Payload payload(context.job());
        const std::string file = payload.text("file_id");
        Remote remote;
        if (!load_remote(context, {}, remote)) co_return Outcome::succeeded(R"({"stored": "files stay here"})");
        std::vector<std::string> files = files_beside(context, file);
        files.insert(files.begin(), file);
        std::string first;
        for (const std::string& one : files) {
            Task<std::string> storing = store_file(context, remote, context.job().workspace_id, one);
            const std::string ending = co_await storing;
            if (first.empty()) first = ending;
            if (ending == "awaited") co_return Outcome::postponed("a report is still to be read from the file", 15);
            if (ending == "held") co_return Outcome::postponed("the file waits for the virus scanner", 60);
            if (ending == "late" || ending == "removed" || ending == "changed")
                co_return Outcome::postponed("the upload does not count: " + ending, 5);
            if (ending == "taken") co_return Outcome::dead("another file has the same key in the bucket");
        }
        Task<int> removing = remove_left_objects(context, 100);
        co_await removing;
        context.worker_sql([](pg::Session& session) { session.run("SELECT fin.copies_drop()"); });
        const nlohmann::json result = {{"stored", first}};
        co_return Outcome::succeeded(result.dump());
    } catch (const std::exception&) {
        co_return outcome_of_storage();
    }
}

Task<Outcome> handle_fetch_file(Context& context) {
    try {
        const Payload payload(context.job());
        const std::string file = payload.text("file_id");
        Task<std::string> fetching = fetch_file(context, context.job().workspace_id, file);
        const std::string ending = co_await fetching;
        if (ending != "here") co_return Outcome::dead("the file is " + ending);
        co_return Outcome::succeeded(R"({"fetched": true})");
    } catch (const std::exception&) {
        co_return outcome_of_storage();
    }
}

}  // namespace fin::workers
