#include "sandbox.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <initializer_list>

// The address sanitizer reserves terabytes of addresses and never touches them.
#if defined(__SANITIZE_ADDRESS__)
#define FIN_HELPER_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIN_HELPER_SANITIZED 1
#endif
#endif

#ifdef FIN_HELPER_SANITIZED
// The search for leaks starts a tracing process, which the filter forbids.
extern "C" const char* __asan_default_options();                              // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }  // NOLINT(bugprone-reserved-identifier)
#endif

namespace fin::helper {

namespace {

bool limit(int resource, rlim_t most) {
    rlimit now{};
    if (getrlimit(static_cast<__rlimit_resource_t>(resource), &now) != 0) return false;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) most = now.rlim_max;
    const rlimit wanted{most, most};
    return setrlimit(static_cast<__rlimit_resource_t>(resource), &wanted) == 0;
}

// Where memory runs out, this process goes and not the server. A system without the file has other ways.
void go_first_when_memory_ends() {
    const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    [[maybe_unused]] const ssize_t written = write(file, "1000", 4);
    close(file);
}

// The parent may have died before its death was made ours.
bool parent_is_there() {
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    return poll(&output, 1, 0) >= 0 && !(output.revents & POLLERR);
}

constexpr int always[] = {
    SCMP_SYS(read),           SCMP_SYS(write),        SCMP_SYS(readv),          SCMP_SYS(writev),
    SCMP_SYS(close),          SCMP_SYS(fstat),        SCMP_SYS(lseek),          SCMP_SYS(munmap),
    SCMP_SYS(mremap),         SCMP_SYS(brk),          SCMP_SYS(madvise),        SCMP_SYS(futex),
    SCMP_SYS(rt_sigreturn),   SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),  SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),   SCMP_SYS(time),
    SCMP_SYS(getpid),         SCMP_SYS(gettid),       SCMP_SYS(getuid),         SCMP_SYS(geteuid),
    SCMP_SYS(getgid),         SCMP_SYS(getegid),      SCMP_SYS(exit),           SCMP_SYS(exit_group),
    SCMP_SYS(getrandom),      SCMP_SYS(poll),         SCMP_SYS(ppoll),          SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),    SCMP_SYS(uname),        SCMP_SYS(sysinfo),        SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrlimit),      SCMP_SYS(getrusage),    SCMP_SYS(membarrier),     SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list)};

// Looking at files and folders; opening them is a rule of its own.
constexpr int of_readers[] = {SCMP_SYS(access),   SCMP_SYS(faccessat),  SCMP_SYS(faccessat2), SCMP_SYS(stat),
                              SCMP_SYS(lstat),    SCMP_SYS(newfstatat), SCMP_SYS(statx),      SCMP_SYS(getdents64),
                              SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),     SCMP_SYS(statfs),
                              SCMP_SYS(fstatfs),  SCMP_SYS(fadvise64),  SCMP_SYS(pread64),    SCMP_SYS(fcntl),
                              SCMP_SYS(dup)};

// The header's macros are compound literals, which C++ has not.
scmp_arg_cmp equal(unsigned argument, scmp_datum_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
scmp_arg_cmp masked(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

bool add_rules(scmp_filter_ctx filter, const Sandbox& sandbox) {
    bool good = true;
    const auto rule = [&](std::uint32_t action, int call, auto... conditions) {
        good = good && seccomp_rule_add(filter, action, call, sizeof...(conditions), conditions...) == 0;
    };
    for (const int call : always) rule(SCMP_ACT_ALLOW, call);
#ifdef FIN_HELPER_SANITIZED
    // The sanitizers try by a pipe whether memory can be read.
    for (const int call : {SCMP_SYS(pipe), SCMP_SYS(pipe2)}) rule(SCMP_ACT_ALLOW, call);
#endif
    for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
                           SCMP_SYS(process_vm_writev)})
        rule(SCMP_ACT_KILL_PROCESS, call);
    // abort() sends its signal to this process alone.
    rule(SCMP_ACT_ALLOW, SCMP_SYS(tgkill), equal(0, static_cast<scmp_datum_t>(getpid())));
    rule(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), equal(2, 0));   // asking, not setting
    rule(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), equal(1, 0x5401));  // TCGETS: is it a terminal?
    if (sandbox.file_megabytes > 0) {
        // A file that has no name and can get none, in a folder that may be looked for.
        constexpr scmp_datum_t kinds = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_EXCL | O_TMPFILE;
        rule(SCMP_ACT_ALLOW, SCMP_SYS(openat), masked(2, kinds, O_RDWR | O_EXCL | O_TMPFILE));
        for (const int call : {SCMP_SYS(stat), SCMP_SYS(newfstatat)}) rule(SCMP_ACT_ALLOW, call);
    }
    if (!sandbox.opens_files) {
        // fstat() is newfstatat() with a flag; nothing becomes code that was not code before.
        rule(SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), masked(3, AT_EMPTY_PATH, AT_EMPTY_PATH));
        rule(SCMP_ACT_ALLOW, SCMP_SYS(mmap), masked(2, PROT_EXEC, 0));
        rule(SCMP_ACT_ALLOW, SCMP_SYS(mprotect), masked(2, PROT_EXEC, 0));
        return good;
    }
    for (const int call : of_readers) rule(SCMP_ACT_ALLOW, call);
    // Pango looks fonts up in threads. Threads, not processes; and the C library is told to ask in the way whose
    // arguments a filter can read.
    constexpr scmp_datum_t of_thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
    rule(SCMP_ACT_ALLOW, SCMP_SYS(clone), scmp_arg_cmp{0, SCMP_CMP_MASKED_EQ, of_thread, of_thread});
    rule(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
    rule(SCMP_ACT_ALLOW, SCMP_SYS(mmap));
    rule(SCMP_ACT_ALLOW, SCMP_SYS(mprotect));
    constexpr scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
    rule(SCMP_ACT_ALLOW, SCMP_SYS(openat), masked(2, writing, O_RDONLY));
    rule(SCMP_ACT_ALLOW, SCMP_SYS(open), masked(1, writing, O_RDONLY));
    return good;
}

}  // namespace

bool limit_resources(const Sandbox& sandbox) {
    go_first_when_memory_ends();
    bool good = true;
#ifndef FIN_HELPER_SANITIZED
    good = limit(RLIMIT_AS, static_cast<rlim_t>(sandbox.megabytes) << 20);
#endif
    good = good && limit(RLIMIT_CPU, sandbox.seconds) &&
           limit(RLIMIT_FSIZE, static_cast<rlim_t>(sandbox.file_megabytes) << 20) && limit(RLIMIT_NOFILE, 64) &&
           limit(RLIMIT_CORE, 0);
    // A file that grows too long is an error to tell of, not a reason to die.
    if (sandbox.file_megabytes > 0) good = good && signal(SIGXFSZ, SIG_IGN) != SIG_ERR;
    return good && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_DUMPABLE, 0) == 0 && parent_is_there();
}

bool filter_system_calls(const Sandbox& sandbox) {
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter) return false;
    // Threads that a library has started while it prepared itself are filtered too.
    const bool good = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && add_rules(filter, sandbox) &&
                      seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good;
}

}  // namespace fin::helper
