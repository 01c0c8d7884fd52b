#include "importer/encoding.hpp"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "error.hpp"
#include "importer/unicode.hpp"

namespace fin::importer {

namespace {

using Histogram = std::array<std::size_t, 256>;

std::size_t bom_length(std::string_view content, std::string_view encoding) {
    if (encoding == "UTF-8" && content.starts_with("\xEF\xBB\xBF")) return 3;
    if (encoding == "UTF-16LE" && content.starts_with("\xFF\xFE")) return 2;
    if (encoding == "UTF-16BE" && content.starts_with("\xFE\xFF")) return 2;
    return 0;
}

// UTF-16 without a mark: delimiters, digits and line ends have a zero byte, all on the same side.
std::string utf16_by_zeros(std::string_view content) {
    const std::size_t size = std::min<std::size_t>(content.size(), 65536);
    std::size_t zeros[2] = {0, 0};
    for (std::size_t i = 0; i < size; ++i) zeros[i % 2] += content[i] == '\0';
    const std::size_t pairs = size / 2;
    if (content.size() % 2 == 0 && pairs > 0) {
        if (zeros[1] * 10 > pairs && zeros[0] * 100 < zeros[1]) return "UTF-16LE";
        if (zeros[0] * 10 > pairs && zeros[1] * 100 < zeros[0]) return "UTF-16BE";
    }
    return {};
}

// The Unicode text of the 128 upper bytes.
std::array<char32_t, 128> upper_half(const char* encoding) {
    std::array<char32_t, 128> codes{};
    UErrorCode status = U_ZERO_ERROR;
    UConverter* converter = ucnv_open(encoding, &status);
    if (U_FAILURE(status)) return codes;
    for (std::size_t i = 0; i < 128; ++i) {
        const char byte = static_cast<char>(0x80 + i);
        UChar unit[4];
        UErrorCode one = U_ZERO_ERROR;
        if (ucnv_toUChars(converter, unit, 4, &byte, 1, &one) == 1 && U_SUCCESS(one)) codes[i] = unit[0];
    }
    ucnv_close(converter);
    return codes;
}

// How often a letter occurs in Russian text, per mille (National Corpus order: о е а и н т с р в л к м д п у я ы ь г
// з б ч й х ж ш ю ц щ э ф ъ ё). Lower case counts full, upper case half: a wrong table swaps the cases.
double russian_weight(char32_t code) {
    static constexpr int frequency[32] = {80, 16, 45, 17, 30, 85, 9, 17, 74, 12, 35, 44, 32, 67, 110, 28,
                                          47, 55, 63, 26, 3,  10, 5, 15, 7,  4,  1,  19, 17, 3,  6,   20};
    if (code >= 0x430 && code <= 0x44F) return frequency[code - 0x430];
    if (code >= 0x410 && code <= 0x42F) return frequency[code - 0x410] * 0.5;
    if (code == 0x451 || code == 0x401 || code == 0x2116) return 4;  // ё Ё №
    if (code == 0xA0 || code == 0xAB || code == 0xBB || code == 0x2013 || code == 0x2014) return 2;
    return -40;  // box drawing, other Cyrillic alphabets' letters, undefined bytes
}

bool is_western(char32_t code) {
    static constexpr std::u32string_view letters = U"äöüßÄÖÜéèêëàâçîïôûùñáíóúåæøÅÆØÉÈÀÇÑÁÍÓÚœ€£§°–—’“”„•…®©½²";
    return letters.find(code) != std::u32string_view::npos;
}
bool is_central(char32_t code) {
    static constexpr std::u32string_view letters = U"ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽáéíýóúÁÉÍÝÓÚőűŐŰäöüßÄÖÜ€–—„”…";
    return letters.find(code) != std::u32string_view::npos;
}

template <class Weight>
double score(const Histogram& seen, const char* encoding, Weight weight) {
    const auto codes = upper_half(encoding);
    double sum = 0;
    for (std::size_t i = 0; i < 128; ++i) sum += static_cast<double>(seen[128 + i]) * weight(codes[i]);
    return sum;
}

std::string by_letters(std::string_view content, const InterruptCheck& check) {
    Histogram seen{};
    std::size_t high = 0, in_runs = 0;
    bool before = false;
    Pulse pulse(check, 1 << 20);
    for (const char c : content) {
        pulse();
        const auto byte = static_cast<unsigned char>(c);
        ++seen[byte];
        const bool now = byte >= 0x80;
        high += now, in_runs += now && before;
        before = now;
    }
    // Cyrillic words are runs of upper bytes; accents stand alone between plain letters.
    if (in_runs * 2 > high) {
        const char* const names[] = {"windows-1251", "IBM866", "KOI8-R"};
        double scores[3];
        for (std::size_t i = 0; i < 3; ++i) scores[i] = score(seen, names[i], russian_weight);
        return names[std::max_element(scores, scores + 3) - scores];
    }
    const double western = score(seen, "windows-1252", [](char32_t c) { return is_western(c) ? 1.0 : -1.0; });
    const double central = score(seen, "windows-1250", [](char32_t c) { return is_central(c) ? 1.0 : -1.0; });
    if (central > western) return "windows-1250";
    const bool controls = std::any_of(seen.begin() + 0x80, seen.begin() + 0xA0, [](std::size_t n) { return n > 0; });
    return controls ? "windows-1252" : "ISO-8859-1";
}

}  // namespace

std::string detect_encoding(std::string_view content, const InterruptCheck& check) {
    if (content.starts_with("\xEF\xBB\xBF")) return "UTF-8";
    if (content.starts_with("\xFF\xFE")) return "UTF-16LE";
    if (content.starts_with("\xFE\xFF")) return "UTF-16BE";
    if (content.find('\0') != std::string_view::npos) {
        if (std::string name = utf16_by_zeros(content); !name.empty()) return name;
        throw Error(ErrorCode::bad_data, "the file is binary, not a text table",
                    "It contains zero bytes and is not UTF-16 text.", "Save the table as CSV and import that file.");
    }
    if (first_invalid_utf8(content, check) == std::string_view::npos) return "UTF-8";
    return by_letters(content, check);
}

std::string known_encoding(const std::string& name) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter* converter = ucnv_open(name.c_str(), &status);
    if (name.empty() || U_FAILURE(status))
        throw Error(ErrorCode::invalid_argument, "unknown encoding \"" + clipped(name) + "\"", {},
                    "Names such as UTF-8, UTF-16LE, windows-1251, windows-1252, IBM866, KOI8-R are known.");
    UErrorCode canonical_status = U_ZERO_ERROR;
    const char* canonical = ucnv_getName(converter, &canonical_status);
    std::string result = U_SUCCESS(canonical_status) ? canonical : name;
    ucnv_close(converter);
    if (result.starts_with("ibm-5348_")) result = "windows-1252";
    if (result == "US-ASCII") result = "UTF-8";
    return result;
}

struct TextSource::Converter {
    UConverter* from = nullptr;
    UConverter* to = nullptr;
    const char* next;
    const char* end;
    std::array<UChar, 4096> pivot;
    UChar *pivot_source = pivot.data(), *pivot_target = pivot.data();
    bool first = true, finished = false;

    Converter(std::string_view content, const std::string& encoding)
        : next(content.data()), end(content.data() + content.size()) {
        UErrorCode status = U_ZERO_ERROR;
        from = ucnv_open(encoding.c_str(), &status);
        to = ucnv_open("UTF-8", &status);
        if (U_FAILURE(status)) {
            close();
            throw Error(ErrorCode::invalid_argument, "unknown encoding \"" + clipped(encoding) + "\"");
        }
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;
    ~Converter() { close(); }
    void close() {
        if (from) ucnv_close(from);
        if (to) ucnv_close(to);
    }
};

TextSource::TextSource(std::string_view content, const std::string& encoding) {
    content.remove_prefix(bom_length(content, encoding));
    if (encoding == "UTF-8") {
        window_ = content;
    } else {
        converter_ = std::make_unique<Converter>(content, encoding);
        extend();
    }
}

TextSource::~TextSource() = default;

bool TextSource::in_place() const { return converter_ == nullptr; }

bool TextSource::extend() {
    if (!converter_ || converter_->finished) return false;
    const std::size_t kept = window_.size();
    const std::size_t wanted = std::max<std::size_t>(std::size_t{65536}, kept);
    std::string larger(kept + wanted, '\0');
    window_.copy(larger.data(), kept);
    char* target = larger.data() + kept;
    UErrorCode status = U_ZERO_ERROR;
    auto& c = *converter_;
    ucnv_convertEx(c.to, c.from, &target, larger.data() + larger.size(), &c.next, c.end, c.pivot.data(),
                   &c.pivot_source, &c.pivot_target, c.pivot.data() + c.pivot.size(), c.first, true, &status);
    c.first = false;
    if (status != U_BUFFER_OVERFLOW_ERROR) c.finished = true;
    if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR)
        throw Error(ErrorCode::bad_data, "the file cannot be converted to UTF-8", u_errorName(status),
                    "Say the file's encoding in option encoding.");
    larger.resize(static_cast<std::size_t>(target - larger.data()));
    buffer_ = std::move(larger);
    window_ = buffer_;
    return window_.size() > kept;
}

}  // namespace fin::importer
