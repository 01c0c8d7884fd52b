// Any bytes as camt.052, .053 and .054 (bank_format.hpp).
#include "bank_format.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    return fin::importer::fuzz::run(fin::importer::bank::Format::camt, data, size);
}
