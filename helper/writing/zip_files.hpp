// minizip over files that are open already: the FILE stands where minizip expects a path.
#pragma once
#include <minizip/ioapi.h>

namespace fin::helper {

zlib_filefunc64_def functions_over_files();

}  // namespace fin::helper
