#include "exporter/texts.hpp"

#include <algorithm>
#include <vector>

#include "exporter/text_tables.hpp"

namespace fin::exporter {

namespace {

const std::vector<Words>& sorted() {
    static const std::vector<Words> all = [] {
        std::vector<Words> words(page_words().begin(), page_words().end());
        words.insert(words.end(), name_words().begin(), name_words().end());
        std::ranges::sort(words, {}, &Words::key);
        return words;
    }();
    return all;
}

const Words* find(std::string_view key) {
    const auto& all = sorted();
    const auto at = std::ranges::lower_bound(all, key, {}, &Words::key);
    return at != all.end() && at->key == key ? &*at : nullptr;
}

}  // namespace

bool knows(std::string_view key) { return find(key) != nullptr; }

std::string_view say(std::string_view key, Language language) {
    const Words* words = find(key);
    if (!words) return key;
    return language == Language::ru ? words->ru : words->en;
}

std::string say(std::string_view key, Language language, std::initializer_list<std::string> values) {
    const std::string_view pattern = say(key, language);
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool slot = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}';
        const std::size_t number = slot ? static_cast<std::size_t>(pattern[i + 1] - '1') : values.size();
        if (number < values.size()) {
            text += values.begin()[number];
            i += 2;
        } else {
            text += pattern[i];
        }
    }
    return text;
}

std::string humanised(std::string_view code) {
    std::string text(code);
    std::ranges::replace(text, '_', ' ');
    return text;
}

std::string capital(std::string_view source) {
    std::string text(source);
    if (text.empty()) return text;
    if (text[0] >= 'a' && text[0] <= 'z') {
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
        return text;
    }
    if (text.size() < 2) return text;
    const auto first = static_cast<unsigned char>(text[0]), second = static_cast<unsigned char>(text[1]);
    // а..п are D0 B0..BF, р..я D1 80..8F; capitals are 32 code points before.
    if (first == 0xD0 && second >= 0xB0) {
        text[1] = static_cast<char>(second - 0x20);
    } else if (first == 0xD1 && second <= 0x8F) {
        text[0] = static_cast<char>(0xD0);
        text[1] = static_cast<char>(second + 0x20);
    }
    return text;
}

}  // namespace fin::exporter
