// pg_fin_helper <work>: does one piece of work on what nobody trusts, in frames over standard input and output
// (src/pipe/frame.hpp), under limits that it sets itself. Started by a server process; of no use by hand.
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <new>

#include "conversation.hpp"
#include "sandbox.hpp"
#include "works.hpp"

namespace {

using namespace fin;
using namespace fin::helper;

int converse(const WorkEntry& entry, Conversation& conversation) {
    try {
        conversation.open();
        conversation.finish(entry.work(conversation));
    } catch (const Error& error) {
        conversation.fail(error);
    } catch (const std::bad_alloc&) {
        conversation.fail({ErrorCode::limit_exceeded, "the file needs more memory than it may have",
                           "At most " + std::to_string(entry.megabytes) + " MB are used for one file.",
                           "Split the file, or leave out of it what is no ledger."});
    } catch (const std::exception& error) {
        conversation.fail({ErrorCode::bad_data, "the file cannot be read", error.what(),
                           "Open it in the program it comes from, save it anew and import that."});
    }
    return 0;
}

}  // namespace

int main(int count, char** words) {
    const WorkEntry* entry = count == 2 ? find_work(words[1]) : nullptr;
    if (!entry) {
        std::fputs("usage: pg_fin_helper <work>; a server process starts it\n", stderr);
        return 2;
    }
    const Sandbox sandbox{entry->megabytes, entry->seconds, entry->opens_files, entry->file_megabytes};
    if (!limit_resources(sandbox)) {
        std::fputs("the limits cannot be set\n", stderr);
        return 4;
    }
    // What a library prints goes to standard error: the frames have standard output's pipe for themselves.
    const int answers = dup(STDOUT_FILENO);
    if (answers < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
        std::fputs("standard output cannot be taken\n", stderr);
        return 4;
    }
    Conversation conversation(answers);
    if (entry->prepare) entry->prepare();
    if (!filter_system_calls(sandbox)) {
        std::fputs("the filter of system calls cannot be set\n", stderr);
        return 4;
    }
    return converse(*entry, conversation);
}
