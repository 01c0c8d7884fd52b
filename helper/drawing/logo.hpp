// A company's logo: PNG, or SVG without references to anything outside itself.
#pragma once
#include <cairo.h>

#include <memory>
#include <string_view>

#include "exporter/canvas.hpp"

namespace fin::helper {

class Logo {
public:
    // Throws Error{bad_data} for what exporter::check_logo refuses and for what cannot be decoded.
    explicit Logo(std::string_view bytes);
    ~Logo();
    Logo(const Logo&) = delete;
    Logo& operator=(const Logo&) = delete;
    // As large as fits, at the left upper corner.
    void draw(cairo_t* cairo, const exporter::Rect& rect);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace fin::helper
