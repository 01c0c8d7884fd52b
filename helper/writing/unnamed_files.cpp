#include "writing/unnamed_files.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <minizip/ioapi.h>
#include <minizip/zip.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "error.hpp"
#include "writing/zip_files.hpp"

namespace fin::helper {

namespace {

// A stream of its own over a descriptor: it knows when a write failed, and it has a larger buffer than the usual one.
struct Stream {
    int descriptor = -1;
    std::array<char, std::size_t{1} << 16> buffer{};
};

int first_failure = 0;
FILE* package = nullptr;
std::array<bool, 1024> without_name{};  // descriptors that open() below has made

ssize_t read_some(void* cookie, char* to, std::size_t size) {
    return read(static_cast<Stream*>(cookie)->descriptor, to, size);
}

ssize_t write_all(void* cookie, const char* from, std::size_t size) {
    std::size_t at = 0;
    while (at < size) {
        const ssize_t put = write(static_cast<Stream*>(cookie)->descriptor, from + at, size - at);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) {
            if (first_failure == 0) first_failure = put < 0 ? errno : ENOSPC;
            break;
        }
        at += static_cast<std::size_t>(put);
    }
    return static_cast<ssize_t>(at);
}

int seek(void* cookie, off64_t* to, int whence) {
    const off64_t now = lseek64(static_cast<Stream*>(cookie)->descriptor, *to, whence);
    if (now < 0) return -1;
    *to = now;
    return 0;
}

int close_stream(void* cookie) {
    auto* const stream = static_cast<Stream*>(cookie);
    const int result = close(stream->descriptor);
    delete stream;
    return result;
}

FILE* stream_over(int descriptor) {
    auto stream = std::make_unique<Stream>();
    stream->descriptor = descriptor;
    FILE* const file = fopencookie(stream.get(), "w+", {read_some, write_all, seek, close_stream});
    if (!file) return nullptr;
    Stream* const kept = stream.release();  // goes with the file
    std::setvbuf(file, kept->buffer.data(), _IOFBF, kept->buffer.size());
    return file;
}

// O_EXCL: it can never be given a name.
int open_unnamed(const char* folder) {
    const long made = syscall(SYS_openat, AT_FDCWD, folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    return static_cast<int>(made);
}

// As libxlsxwriter names its temporary files: folder/tmp.1234567890, where only a new file will do.
bool is_temporary(std::string_view path, int flags) {
    const std::size_t slash = path.rfind('/');
    return (flags & (O_CREAT | O_EXCL | O_ACCMODE)) == (O_CREAT | O_EXCL | O_RDWR) && slash != std::string_view::npos &&
           path.substr(slash + 1).starts_with("tmp.");
}

}  // namespace

UnnamedFile make_unnamed_file(const std::string& folder) {
    const int descriptor = open_unnamed(folder.c_str());
    UnnamedFile file(descriptor < 0 ? nullptr : stream_over(descriptor));
    if (!file)
        throw Error(
            ErrorCode::not_ready, "no temporary file can be made",
            "In " + folder + ": " + std::generic_category().message(errno) + ".",
            "The folder of temporary files must be on a file system that makes files without a name (O_TMPFILE): "
            "ext4, xfs, btrfs, tmpfs. temp_tablespaces names another.");
    return file;
}

std::string temporary_folder() {
    const char* const named = std::getenv("TMPDIR");
    return named && *named ? named : "/tmp";
}

void package_goes_to(FILE* file) { package = file; }
int failed_write() { return first_failure; }
void forget_failed_write() { first_failure = 0; }

}  // namespace fin::helper

// Under other names in C++, since the headers declare the usual ones with attributes of their own.
extern "C" {
[[gnu::visibility("default")]] int fin_open(const char* path, int flags, ...) __asm__("open");
[[gnu::visibility("default")]] FILE* fin_fdopen(int descriptor, const char* mode) __asm__("fdopen");
[[gnu::visibility("default")]] zipFile fin_zip_open(const char* path, int append) __asm__("zipOpen");

int fin_open(const char* path, int flags, ...) {
    using namespace fin::helper;
    std::va_list more;
    va_start(more, flags);
    const unsigned mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, unsigned) : 0;
    va_end(more);
    if (!is_temporary(path, flags)) return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
    const std::string_view whole = path;
    const std::string folder(whole.substr(0, whole.rfind('/')));
    const int descriptor = open_unnamed(folder.empty() ? "/" : folder.c_str());
    if (descriptor >= 0 && static_cast<std::size_t>(descriptor) < without_name.size())
        without_name[static_cast<std::size_t>(descriptor)] = true;
    return descriptor;
}

FILE* fin_fdopen(int descriptor, const char* mode) {
    using namespace fin::helper;
    if (descriptor >= 0 && static_cast<std::size_t>(descriptor) < without_name.size() &&
        std::exchange(without_name[static_cast<std::size_t>(descriptor)], false))
        return stream_over(descriptor);
    static const auto usual = reinterpret_cast<FILE* (*)(int, const char*)>(dlsym(RTLD_NEXT, "fdopen"));
    return usual(descriptor, mode);
}

zipFile fin_zip_open(const char*, int append) {
    auto functions = fin::helper::functions_over_files();
    return fin::helper::package ? zipOpen2_64(fin::helper::package, append, nullptr, &functions) : nullptr;
}
}
