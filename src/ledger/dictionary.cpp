#include "ledger/dictionary.hpp"

namespace fin::ledger {

Code Dictionary::code(std::string_view text) {
    if (text.empty()) return no_code;
    if (const auto known = codes_.find(text); known != codes_.end()) return known->second;
    const auto code = static_cast<Code>(texts_.size());
    codes_.emplace(texts_.emplace_back(text), code);
    return code;
}

Code Dictionary::find(std::string_view text) const {
    const auto known = codes_.find(text);
    return known == codes_.end() ? no_code : known->second;
}

}  // namespace fin::ledger
