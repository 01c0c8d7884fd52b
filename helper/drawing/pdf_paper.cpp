#include "drawing/pdf_paper.hpp"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <cmath>
#include <exception>
#include <numbers>
#include <unordered_map>

#include "drawing/logo.hpp"
#include "error.hpp"
#include "exporter/pages.hpp"
#include "exporter/text_lines.hpp"

namespace fin::helper {

using exporter::Align;
using exporter::Colour;
using exporter::Point;
using exporter::Rect;
using exporter::Stroke;
using exporter::TextStyle;
using exporter::Weight;

namespace {

struct Deleter {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
    void operator()(PangoLayout* layout) const { g_object_unref(layout); }
    void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
    void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
    void operator()(PangoAttrList* list) const { pango_attr_list_unref(list); }
};
template <class T>
using Owned = std::unique_ptr<T, Deleter>;

// Lato has Latin, Greek and Cyrillic with figures of one width; DejaVu fills in what it lacks.
constexpr const char* family = "Lato, DejaVu Sans, sans-serif";

}  // namespace

struct PdfPaper::Parts {
    Sink sink;
    std::exception_ptr failure;  // of the sink: no exception passes through Cairo
    Owned<cairo_surface_t> surface;
    Owned<cairo_t> cairo;
    Owned<PangoLayout> layout;
    std::unique_ptr<Logo> logo;
    mutable std::unordered_map<std::string, double> widths;
    int page = 0, chapter = 0;

    void colour(const Colour& colour) const {
        cairo_set_source_rgba(cairo.get(), colour.red, colour.green, colour.blue, colour.alpha);
    }
    void set(std::string_view text, const TextStyle& style) const {
        const Owned<PangoFontDescription> font(pango_font_description_from_string(family));
        pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
        pango_font_description_set_weight(font.get(), style.weight == Weight::bold    ? PANGO_WEIGHT_BOLD
                                                      : style.weight == Weight::light ? PANGO_WEIGHT_LIGHT
                                                                                      : PANGO_WEIGHT_NORMAL);
        pango_layout_set_font_description(layout.get(), font.get());
        pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    }
    double measured() const {
        PangoRectangle box;
        pango_layout_line_get_extents(pango_layout_get_line_readonly(layout.get(), 0), nullptr, &box);
        return static_cast<double>(box.width) / PANGO_SCALE;
    }
};

namespace {

Owned<PangoLayout> make_layout(cairo_t* cairo) {
    Owned<PangoLayout> layout(pango_cairo_create_layout(cairo));
    PangoContext* context = pango_layout_get_context(layout.get());
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    const Owned<cairo_font_options_t> options(cairo_font_options_create());
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options.get());
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    const Owned<PangoAttrList> attributes(pango_attr_list_new());
    pango_attr_list_insert(attributes.get(), pango_attr_font_features_new("tnum=1, lnum=1"));
    pango_layout_set_attributes(layout.get(), attributes.get());
    return layout;
}

}  // namespace

PdfPaper::PdfPaper(Sink sink, const Metadata& metadata, std::string_view logo) : parts_(std::make_unique<Parts>()) {
    parts_->sink = std::move(sink);
    const auto write = [](void* closure, const unsigned char* bytes, unsigned length) {
        auto* parts = static_cast<Parts*>(closure);
        if (parts->failure) return CAIRO_STATUS_WRITE_ERROR;
        try {
            parts->sink({reinterpret_cast<const char*>(bytes), length});
        } catch (...) {
            parts->failure = std::current_exception();
            return CAIRO_STATUS_WRITE_ERROR;
        }
        return CAIRO_STATUS_SUCCESS;
    };
    parts_->surface.reset(
        cairo_pdf_surface_create_for_stream(write, parts_.get(), exporter::page_width, exporter::page_height));
    cairo_surface_t* surface = parts_->surface.get();
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, metadata.title.c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, metadata.author.c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, metadata.subject.c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS, metadata.keywords.c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "pg_fin");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, metadata.created.c_str());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, metadata.created.c_str());
    parts_->cairo.reset(cairo_create(surface));
    // Links make a PDF one that tells its structure: then every text must be in it, or nothing but links is read aloud.
    cairo_tag_begin(parts_->cairo.get(), "Document", nullptr);
    parts_->layout = make_layout(parts_->cairo.get());
    if (!logo.empty()) parts_->logo = std::make_unique<Logo>(logo);
}

PdfPaper::~PdfPaper() = default;

void PdfPaper::fill(const Rect& rect, const Colour& colour, double radius) {
    cairo_t* cairo = parts_->cairo.get();
    if (radius <= 0) {
        cairo_rectangle(cairo, rect.x, rect.y, rect.width, rect.height);
    } else {
        constexpr double quarter = std::numbers::pi / 2;
        cairo_new_sub_path(cairo);
        cairo_arc(cairo, rect.right() - radius, rect.y + radius, radius, -quarter, 0);
        cairo_arc(cairo, rect.right() - radius, rect.bottom() - radius, radius, 0, quarter);
        cairo_arc(cairo, rect.x + radius, rect.bottom() - radius, radius, quarter, 2 * quarter);
        cairo_arc(cairo, rect.x + radius, rect.y + radius, radius, 2 * quarter, 3 * quarter);
        cairo_close_path(cairo);
    }
    parts_->colour(colour);
    cairo_fill(cairo);
}

void PdfPaper::fill(const std::vector<Point>& polygon, const Colour& colour) {
    if (polygon.size() < 3) return;
    for (const Point& point : polygon) cairo_line_to(parts_->cairo.get(), point.x, point.y);
    cairo_close_path(parts_->cairo.get());
    parts_->colour(colour);
    cairo_fill(parts_->cairo.get());
}

void PdfPaper::line(const std::vector<Point>& points, const Stroke& stroke) {
    if (points.size() < 2) return;
    cairo_t* cairo = parts_->cairo.get();
    for (const Point& point : points) cairo_line_to(cairo, point.x, point.y);
    parts_->colour(stroke.colour);
    cairo_set_line_width(cairo, stroke.width);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(cairo, stroke.dashes.data(), static_cast<int>(stroke.dashes.size()), 0);
    cairo_stroke(cairo);
}

void PdfPaper::dot(Point centre, double radius, const Colour& colour) {
    cairo_new_sub_path(parts_->cairo.get());
    cairo_arc(parts_->cairo.get(), centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
    parts_->colour(colour);
    cairo_fill(parts_->cairo.get());
}

void PdfPaper::text(Point at, std::string_view text, const TextStyle& style, Align align) {
    if (text.empty()) return;
    const std::string clean = exporter::drawable(text);
    const double shift = align == Align::start ? 0 : width(clean, style) * (align == Align::end ? 1 : 0.5);
    parts_->set(clean, style);
    parts_->colour(style.colour);
    cairo_move_to(parts_->cairo.get(), at.x - shift, at.y);
    cairo_tag_begin(parts_->cairo.get(), "P", nullptr);
    pango_cairo_show_layout_line(parts_->cairo.get(), pango_layout_get_line_readonly(parts_->layout.get(), 0));
    cairo_tag_end(parts_->cairo.get(), "P");
    cairo_new_path(parts_->cairo.get());
}

double PdfPaper::width(std::string_view text, const TextStyle& style) const {
    if (text.empty()) return 0;
    std::string key(text);
    key += static_cast<char>(style.weight);
    key += std::to_string(static_cast<int>(std::lround(style.size * 100)));
    const auto known = parts_->widths.find(key);
    if (known != parts_->widths.end()) return known->second;
    parts_->set(text, style);
    return parts_->widths[std::move(key)] = parts_->measured();
}

void PdfPaper::new_page() {
    if (parts_->page++ > 0) cairo_show_page(parts_->cairo.get());
}

void PdfPaper::bookmark(std::string_view title, int level) {
    const std::string target = "page=" + std::to_string(parts_->page);
    const int parent = level == 0 ? CAIRO_PDF_OUTLINE_ROOT : parts_->chapter;
    const int made = cairo_pdf_surface_add_outline(parts_->surface.get(), parent, exporter::drawable(title).c_str(),
                                                   target.c_str(), static_cast<cairo_pdf_outline_flags_t>(0));
    if (level == 0) parts_->chapter = made;
}

void PdfPaper::link(const Rect& rect, int page) {
    const std::string where = "rect=[" + std::to_string(rect.x) + " " + std::to_string(rect.y) + " " +
                              std::to_string(rect.width) + " " + std::to_string(rect.height) +
                              "] page=" + std::to_string(page) + " pos=[0 0]";
    cairo_tag_begin(parts_->cairo.get(), CAIRO_TAG_LINK, where.c_str());
    cairo_tag_end(parts_->cairo.get(), CAIRO_TAG_LINK);
}

bool PdfPaper::logo(const Rect& rect) {
    if (!parts_->logo) return false;
    parts_->logo->draw(parts_->cairo.get(), rect);
    return true;
}

void PdfPaper::finish() {
    cairo_tag_end(parts_->cairo.get(), "Document");
    cairo_show_page(parts_->cairo.get());
    cairo_surface_finish(parts_->surface.get());
    if (parts_->failure) std::rethrow_exception(parts_->failure);
    const cairo_status_t status = cairo_surface_status(parts_->surface.get());
    if (status != CAIRO_STATUS_SUCCESS)
        throw Error(ErrorCode::bad_data, "the report cannot be drawn", cairo_status_to_string(status));
}

void warm_up_fonts() {
    // Every weight and both alphabets once: Pango finds fonts by threads of its own, which the filter would not let
    // start.
    const Owned<cairo_surface_t> surface(cairo_pdf_surface_create_for_stream(
        [](void*, const unsigned char*, unsigned) { return CAIRO_STATUS_SUCCESS; }, nullptr, 10, 10));
    const Owned<cairo_t> cairo(cairo_create(surface.get()));
    const Owned<PangoLayout> layout = make_layout(cairo.get());
    for (const PangoWeight weight : {PANGO_WEIGHT_NORMAL, PANGO_WEIGHT_BOLD, PANGO_WEIGHT_LIGHT}) {
        const Owned<PangoFontDescription> font(pango_font_description_from_string(family));
        pango_font_description_set_absolute_size(font.get(), 9 * PANGO_SCALE);
        pango_font_description_set_weight(font.get(), weight);
        pango_layout_set_font_description(layout.get(), font.get());
        pango_layout_set_text(layout.get(), "Aa Яя ₽ 中 ع \U0001F600", -1);
        pango_cairo_show_layout(cairo.get(), layout.get());
    }
}

}  // namespace fin::helper
