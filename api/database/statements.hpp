// Prepared statements of one connection: which texts are prepared under which names, least recently used first out.
#pragma once
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fin::api {

class Statements {
public:
    explicit Statements(std::size_t limit = 256) : limit_(limit) {}

    // Name of a prepared statement; nullptr: not prepared.
    const char* find(std::string_view text);
    // A name for a text that is about to be prepared. It counts only after prepared(text, name).
    std::string new_name() { return "s" + std::to_string(++last_); }
    void prepared(std::string_view text, std::string name);
    void forget(std::string_view text);
    void clear();
    // Name of a statement that is one too many, already forgotten here; empty: none.
    std::string surplus();
    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::string text, name;
    };
    std::size_t limit_;
    std::uint64_t last_ = 0;
    std::list<Entry> entries_;                                                  // most recently used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_text_;  // keys view into entries_
};

}  // namespace fin::api
