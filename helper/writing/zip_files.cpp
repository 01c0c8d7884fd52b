#include "writing/zip_files.hpp"

#include <cstdio>

namespace fin::helper {

namespace {

FILE* file_of(voidpf stream) { return static_cast<FILE*>(stream); }

voidpf open_file(voidpf, const void* file, int) { return const_cast<void*>(file); }
uLong read_file(voidpf, voidpf stream, void* to, uLong size) { return std::fread(to, 1, size, file_of(stream)); }
uLong write_file(voidpf, voidpf stream, const void* from, uLong size) {
    return std::fwrite(from, 1, size, file_of(stream));
}
ZPOS64_T tell(voidpf, voidpf stream) { return static_cast<ZPOS64_T>(ftello(file_of(stream))); }
long seek_in(voidpf, voidpf stream, ZPOS64_T to, int origin) {
    const int whence = origin == ZLIB_FILEFUNC_SEEK_SET   ? SEEK_SET
                       : origin == ZLIB_FILEFUNC_SEEK_CUR ? SEEK_CUR
                                                          : SEEK_END;
    return fseeko(file_of(stream), static_cast<off_t>(to), whence);
}
// Whoever opened it closes it.
int close_nothing(voidpf, voidpf stream) { return std::fflush(file_of(stream)); }
int error_of(voidpf, voidpf stream) { return std::ferror(file_of(stream)); }

}  // namespace

zlib_filefunc64_def functions_over_files() {
    return {open_file, read_file, write_file, tell, seek_in, close_nothing, error_of, nullptr};
}

}  // namespace fin::helper
