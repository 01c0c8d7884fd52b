// A package (ZIP) once more with parts added and sentences put into others; what stays as it is is not unpacked.
#pragma once
#include <cstdio>
#include <string>
#include <vector>

namespace fin::helper {

struct Insertion {
    std::string part, before, text;  // before the last occurrence of `before`
};
struct Part {
    std::string name, content;
};

// Throws Error{not_ready} where the package is not what it should be or cannot be written.
void add_to_package(FILE* from, FILE* to, const std::vector<Insertion>& insertions, const std::vector<Part>& parts);

}  // namespace fin::helper
