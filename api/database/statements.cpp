#include "api/database/statements.hpp"

namespace fin::api {

const char* Statements::find(std::string_view text) {
    const auto found = by_text_.find(text);
    if (found == by_text_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().name.c_str();
}

void Statements::prepared(std::string_view text, std::string name) {
    if (find(text) != nullptr) {
        entries_.front().name = std::move(name);
        return;
    }
    entries_.push_front({std::string(text), std::move(name)});
    by_text_.emplace(entries_.front().text, entries_.begin());
}

void Statements::forget(std::string_view text) {
    const auto found = by_text_.find(text);
    if (found == by_text_.end()) return;
    const auto entry = found->second;
    by_text_.erase(found);
    entries_.erase(entry);
}

void Statements::clear() {
    by_text_.clear();
    entries_.clear();
}

std::string Statements::surplus() {
    if (entries_.size() <= limit_) return {};
    std::string name = entries_.back().name;
    forget(std::string_view(entries_.back().text));
    return name;
}

}  // namespace fin::api
