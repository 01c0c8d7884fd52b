// Words as small numbers: a ledger of 500,000 rows has a few thousand different counterparties.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace fin::ledger {

using Code = std::int32_t;
inline constexpr Code no_code = -1;  // the text is absent (SQL NULL or empty)

class Dictionary {
public:
    // Code of the text, given in order of first appearance from 0; no_code for empty text.
    Code code(std::string_view text);
    // Code of a text that is known, no_code otherwise.
    Code find(std::string_view text) const;
    // Empty for no_code. The view lives as long as the dictionary.
    std::string_view text(Code code) const {
        return code < 0 ? std::string_view() : texts_[static_cast<std::size_t>(code)];
    }
    std::size_t size() const { return texts_.size(); }

private:
    // Open addressing with the hash beside the code: a look-up touches one line of memory and compares one text.
    struct Slot {
        std::uint32_t hash = 0;
        Code code = no_code;
    };
    std::size_t slot_of(std::string_view text, std::uint32_t hash) const;
    void grow();

    std::deque<std::string> texts_;  // a deque keeps the views of text() valid while it grows
    std::vector<Slot> slots_;        // a power of two of them, at most half in use
};

}  // namespace fin::ledger
