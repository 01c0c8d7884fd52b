#include "ledger/fold.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace fin::ledger {

namespace {

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
}

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace

std::string folded(std::string_view text) {
    if (is_ascii(text)) return lowered(text);
    UErrorCode status = U_ZERO_ERROR;
    const auto* folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
    std::string out;
    if (U_SUCCESS(status)) {
        icu::StringByteSink<std::string> sink(&out);
        folding->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr,
                               status);
    }
    if (U_FAILURE(status)) return lowered(text);  // without ICU's data only case in ASCII can be folded
    static constexpr std::string_view yo = "ё", ye = "е";
    for (auto at = out.find(yo); at != std::string::npos; at = out.find(yo, at)) out.replace(at, yo.size(), ye);
    return out;
}

Decoded decode_beyond_ascii(std::string_view text) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int32_t>(std::min<std::size_t>(text.size(), U8_MAX_LENGTH));
    std::int32_t at = 0;
    UChar32 point = 0;
    U8_NEXT(bytes, at, length, point);
    if (point < 0) return {static_cast<std::size_t>(at), Glyph::other};
    const auto mask = U_GET_GC_MASK(point);
    Glyph glyph = Glyph::other;
    if (mask & (U_GC_L_MASK | U_GC_M_MASK)) glyph = Glyph::letter;
    if (mask & U_GC_N_MASK) glyph = Glyph::digit;
    return {static_cast<std::size_t>(at), glyph};
}

std::string_view trimmed(std::string_view text) {
    static constexpr std::string_view blank = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

}  // namespace fin::ledger
