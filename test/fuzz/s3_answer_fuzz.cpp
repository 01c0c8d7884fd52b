// What S3 answers comes from outside: it is read or refused, nothing else.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "error.hpp"
#include "s3/answer.hpp"
#include "s3/bucket.hpp"

namespace {

template <class F>
void attempt(F f) {
    try {
        f();
    } catch (const fin::Error&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fin::s3;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)refusal_in(text);
    attempt([&] { (void)parse_objects(text); });
    attempt([&] { (void)parse_uploads(text); });
    attempt([&] { (void)parse_upload_id(text); });
    attempt([&] { (void)lifecycle_of({30}, "a/", text); });
    attempt([&] { (void)bucket_of("https://s3.example.com", text); });
    return 0;
}
