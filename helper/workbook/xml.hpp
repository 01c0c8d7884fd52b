// A part of a workbook as XML events. No document type declaration is taken, so there are no entities to expand and
// nothing outside the file to fetch.
#pragma once
#include <string>
#include <string_view>

#include "workbook/archive.hpp"

namespace fin::helper {

// Attributes as expat gives them: name, value, name, value, nullptr.
class Attributes {
public:
    explicit Attributes(const char** pairs) : pairs_(pairs) {}
    // By the name without its prefix; nullptr where there is none.
    const char* find(std::string_view name) const;
    std::string text(std::string_view name) const {
        const char* value = find(name);
        return value ? value : "";
    }
    // xsd:boolean.
    bool truth(std::string_view name) const;

private:
    const char** pairs_;
};

class XmlEvents {
public:
    virtual ~XmlEvents() = default;
    // Names come without their namespace prefix. What is thrown comes out of parse().
    virtual void begin(std::string_view element, const Attributes& attributes) = 0;
    virtual void end(std::string_view) {}
    virtual void text(std::string_view) {}
    // Asked after each piece: has enough been seen?
    virtual bool enough() const { return false; }
};

// Throws Error{bad_data} for what is no XML, has a document type or is nested too deeply.
void parse(const Archive& archive, std::string_view part, XmlEvents& events);

}  // namespace fin::helper
