// Runs pg_fin_helper for one piece of work: what may crash or explode does so in a process of its own.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "pipe/child.hpp"

namespace fin::pg {

void define_helper_settings();

// pg_fin_helper at one of its works (helper/works.hpp): content goes in piece by piece while `sink` gets the data that
// comes out. Every member throws the Error the helper reports, or one Error for a helper that is missing, crashed,
// hung, flooded or talked nonsense. A cancel ends it within 100 ms. Nothing of it is left behind.
class HelperAtWork {
public:
    using Sink = std::function<void(std::string_view)>;
    // `temporary_folder` is for works that make temporary files; empty for the others.
    HelperAtWork(std::string_view work, std::string_view request_json, const Sink& sink,
                 const pipe::Limits& limits = {}, const std::string& temporary_folder = {});
    ~HelperAtWork();
    HelperAtWork(const HelperAtWork&) = delete;
    HelperAtWork& operator=(const HelperAtWork&) = delete;

    void give(std::string_view content);
    std::string finish();  // the result (JSON)

private:
    std::unique_ptr<pipe::Conversation> conversation_;
};

// The same for content that is there whole.
std::string run_helper(std::string_view work, std::string_view request_json, std::string_view content,
                       const HelperAtWork::Sink& sink, const pipe::Limits& limits = {});

// Where the server keeps temporary files: by temp_tablespaces, as sorts do.
std::string folder_of_temporary_files();

}  // namespace fin::pg
