// A reader of the small XML that S3 answers with. No document type, no entities but the five and numbers, limits on
// size, depth and count: the answer comes from outside.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fin::s3 {

struct Element {
    std::string name;  // without a namespace's prefix
    std::string text;  // its own, entities resolved
    std::vector<Element> children;

    const Element* child(std::string_view wanted) const;
    // Text of a child; empty where there is none.
    std::string_view text_of(std::string_view wanted) const;
};

// Throws Error{bad_data} for what is no such document.
Element parse_xml(std::string_view text);

// A text inside an element.
std::string xml_escape(std::string_view text);

}  // namespace fin::s3
