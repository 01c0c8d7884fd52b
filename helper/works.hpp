// What pg_fin_helper can be asked to do: one table, one function for each kind of work.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "conversation.hpp"

namespace fin::helper {

// Reads request and content from the conversation, gives data and progress to it and returns the result (JSON).
// Throws Error for what the caller should be told.
using Work = std::string (*)(Conversation& conversation);

struct WorkEntry {
    std::string_view name;
    Work work;
    std::size_t megabytes;       // of address space
    unsigned seconds;            // of processor time
    bool opens_files;            // may open files read-only (fonts and their configuration)
    std::size_t file_megabytes;  // of each temporary file without a name that it may make; 0: none
    void (*prepare)();           // runs before the filter of system calls is set; may be empty
};

// nullptr where there is no such work.
const WorkEntry* find_work(std::string_view name);

std::string read_workbook(Conversation& conversation);
void prepare_reading();

std::string draw_report(Conversation& conversation);
void prepare_drawing();

std::string write_workbook(Conversation& conversation);

}  // namespace fin::helper
