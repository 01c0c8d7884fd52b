// Temporary files that never have a name: nothing of them is left whatever becomes of the process.
//
// libxlsxwriter makes its files by open() of a new name, unlinks it, and writes its package to a path. A process that
// may do that may make and remove any file of the server. So this program defines the three functions the library does
// it by - open(), fdopen() and minizip's zipOpen() - and the filter of system calls allows files without a name and no
// others. All other callers of open() and fdopen() get what they always get.
#pragma once
#include <cstdio>
#include <memory>
#include <string>

namespace fin::helper {

struct Closed {
    void operator()(FILE* file) const { std::fclose(file); }
};
using UnnamedFile = std::unique_ptr<FILE, Closed>;

// In the folder; for reading and writing. Throws Error{not_ready} where none can be made there.
UnnamedFile make_unnamed_file(const std::string& folder);

// The folder of $TMPDIR or of the system.
std::string temporary_folder();

// Where zipOpen() writes from now on, whatever path it is given. The file must live until zipClose().
void package_goes_to(FILE* file);

// errno of the first write to an unnamed file that failed; 0: none has. The library does not look.
int failed_write();
void forget_failed_write();

}  // namespace fin::helper
