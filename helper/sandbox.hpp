// What pg_fin_helper takes from itself before it reads a byte that others wrote.
#pragma once
#include <cstddef>

namespace fin::helper {

struct Sandbox {
    std::size_t megabytes;           // of address space
    unsigned seconds;                // of processor time
    bool opens_files;                // may open files read-only
    std::size_t file_megabytes = 0;  // may make files without a name of at most this size; 0: none
};

// Resource limits, no core, no new rights, no tracing, death with the parent, first in line when memory runs out.
// False where the system refuses one of them.
bool limit_resources(const Sandbox& sandbox);

// From here on only the system calls of somebody who computes: no file is opened for writing, no socket, no program,
// no other process. What else is asked for is refused (EPERM); starting a program or looking into one ends it.
bool filter_system_calls(const Sandbox& sandbox);

}  // namespace fin::helper
