// Any bytes as QIF (bank_format.hpp).
#include "bank_format.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    return fin::importer::fuzz::run(fin::importer::bank::Format::qif, data, size);
}
