// Words as small numbers: a ledger of 500,000 rows has a few thousand different counterparties.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fin::ledger {

using Code = std::int32_t;
inline constexpr Code no_code = -1;  // the text is absent (SQL NULL or empty)

class Dictionary {
public:
    // Code of the text, given in order of first appearance from 0; no_code for empty text.
    Code code(std::string_view text);
    // Code of a text that is known, no_code otherwise.
    Code find(std::string_view text) const;
    // Empty for no_code.
    std::string_view text(Code code) const {
        return code < 0 ? std::string_view() : texts_[static_cast<std::size_t>(code)];
    }
    std::size_t size() const { return texts_.size(); }

private:
    std::deque<std::string> texts_;  // a deque keeps the views in codes_ valid while it grows
    std::unordered_map<std::string_view, Code> codes_;
};

}  // namespace fin::ledger
