// An SQL text in the making. Whatever a client typed goes into parameters; names are quoted.
#pragma once
#include <string>
#include <string_view>

#include "api/request/query.hpp"
#include "api/schema/cache.hpp"
#include "api/sql/statement.hpp"

namespace fin::api::sql {

std::string quoted(std::string_view name);   // "name"
std::string literal(std::string_view text);  // 'text'; only for what the database itself said

class Writer {
public:
    Writer& operator<<(std::string_view text) {
        query_.text.append(text);
        return *this;
    }
    Writer& operator<<(char c) {
        query_.text.push_back(c);
        return *this;
    }
    Writer& operator<<(const schema::Name& name) {
        if (!name.schema.empty()) identifier(name.schema) << '.';
        return identifier(name.name);
    }
    Writer& identifier(std::string_view name);
    Writer& parameter(std::string value);             // $n
    Writer& compared(const request::Filter& filter);  // its value as a parameter
    void reserve(std::size_t bytes) { query_.text.reserve(bytes); }
    bool ends_with(std::string_view text) const;
    std::size_t parameters() const { return query_.parameters.size(); }
    // Throws ApiError where there are more parameters than the protocol can carry.
    Query take();

private:
    Query query_;
};

// "a, b" between items.
class Separator {
public:
    Separator(Writer& out, std::string_view text) : out_(out), text_(text) {}
    Writer& next() {
        if (!first_) out_ << text_;
        first_ = false;
        return out_;
    }
    bool empty() const { return first_; }

private:
    Writer& out_;
    std::string_view text_;
    bool first_ = true;
};

}  // namespace fin::api::sql
