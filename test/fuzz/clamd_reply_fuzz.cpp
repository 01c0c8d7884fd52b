// Whatever a scanner says: only the exact words are clean, and what is passed on can be shown.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scan/instream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view reply(reinterpret_cast<const char*>(data), size);
    const fin::scan::Verdict verdict = fin::scan::verdict_of(reply);
    if ((verdict.finding == fin::scan::Finding::clean) != (reply == "stream: OK")) std::abort();
    for (const char c : verdict.words)
        if (c < 0x20 || c > 0x7e) std::abort();
    return 0;
}
