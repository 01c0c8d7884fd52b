#include "drawing/logo.hpp"

#include <librsvg/rsvg.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "error.hpp"
#include "exporter/branding.hpp"

namespace fin::helper {

namespace {

constexpr double pixels_per_point = 300.0 / 72;  // what print shows

struct Reader {
    std::string_view bytes;
    std::size_t at = 0;
};

cairo_status_t read_png(void* closure, unsigned char* into, unsigned length) {
    auto* reader = static_cast<Reader*>(closure);
    if (reader->bytes.size() - reader->at < length) return CAIRO_STATUS_READ_ERROR;
    std::memcpy(into, reader->bytes.data() + reader->at, length);
    reader->at += length;
    return CAIRO_STATUS_SUCCESS;
}

[[noreturn]] void refuse(const char* why) {
    throw Error(ErrorCode::bad_data, "the logo cannot be drawn", why, "Save it anew as a PNG or a plain SVG.");
}

}  // namespace

struct Logo::Parts {
    cairo_surface_t* image = nullptr;
    RsvgHandle* drawing = nullptr;
    ~Parts() {
        if (image) cairo_surface_destroy(image);
        if (drawing) g_object_unref(drawing);
    }
};

Logo::Logo(std::string_view bytes) : parts_(std::make_unique<Parts>()) {
    if (exporter::check_logo(bytes) == exporter::LogoType::png) {
        Reader reader{bytes};
        parts_->image = cairo_image_surface_create_from_png_stream(read_png, &reader);
        if (cairo_surface_status(parts_->image) != CAIRO_STATUS_SUCCESS) refuse("The PNG is damaged.");
        return;
    }
    GError* error = nullptr;
    // No base address is set: a reference to a file could not be followed even where the check missed one.
    parts_->drawing = rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(bytes.data()), bytes.size(), &error);
    if (error) g_error_free(error);
    if (!parts_->drawing) refuse("The SVG is damaged.");
}

Logo::~Logo() = default;

void Logo::draw(cairo_t* cairo, const exporter::Rect& rect) {
    if (parts_->drawing) {
        GError* error = nullptr;
        double width = 0, height = 0;
        // Without a size of its own it fills the place.
        if (!rsvg_handle_get_intrinsic_size_in_pixels(parts_->drawing, &width, &height) || width <= 0 || height <= 0)
            width = rect.width, height = rect.height;
        const double scale = std::min(rect.width / width, rect.height / height);
        const RsvgRectangle place{rect.x, rect.y, width * scale, height * scale};
        const bool drawn = rsvg_handle_render_document(parts_->drawing, cairo, &place, &error);
        if (error) g_error_free(error);
        if (!drawn) refuse("The SVG cannot be rendered.");
        return;
    }
    const double width = cairo_image_surface_get_width(parts_->image),
                 height = cairo_image_surface_get_height(parts_->image);
    const double scale = std::min(rect.width / width, rect.height / height);
    // Not more pixels than paper shows: a photo of a logo would make every report as large as itself.
    const double shrink = std::min(1.0, scale * pixels_per_point);
    const int across = std::max(1, static_cast<int>(std::ceil(width * shrink)));
    const int down = std::max(1, static_cast<int>(std::ceil(height * shrink)));
    cairo_surface_t* small = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, across, down);
    cairo_t* shrinking = cairo_create(small);
    cairo_scale(shrinking, across / width, down / height);
    cairo_set_source_surface(shrinking, parts_->image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(shrinking), CAIRO_FILTER_BEST);
    cairo_paint(shrinking);
    cairo_destroy(shrinking);
    cairo_save(cairo);
    cairo_translate(cairo, rect.x, rect.y);
    cairo_scale(cairo, width * scale / across, height * scale / down);
    cairo_set_source_surface(cairo, small, 0, 0);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(small);
}

}  // namespace fin::helper
