#include "exporter/layout.hpp"

#include <algorithm>

namespace fin::exporter {

namespace {

const Colour& chosen(const Colour& own, const Colour& usual) { return own.red < 0 ? usual : own; }

}  // namespace

Layout::Layout(Paper& paper, const Report& report, const Setting& setting, const Format& format, const Palette& palette,
               const std::vector<Chapter>& known, int total)
    : paper(paper), report(report), setting(setting), format(format), palette(palette), known(known), total_(total) {}

std::string Layout::in_currency() const { return report.currency.empty() ? "" : ", " + drawable(report.currency); }

void Layout::blank_page() {
    paper.new_page();
    ++page_;
}

void Layout::frame(const std::string& title, bool continued) {
    paper.new_page();
    ++page_;
    paper.fill(Rect{0, 0, page_width, 5}, palette.primary);
    const TextStyle head = {17, Weight::bold, palette.primary}, small = {8, Weight::regular, palette.soft};
    const std::string company = setting.branding.company.empty() ? setting.workspace : setting.branding.company;
    paper.text({margin, 34}, fitted(paper, company, small, width * 0.5), small);
    paper.text({page_width - margin, 34}, format.day(report.from) + " – " + format.day(report.to), small, Align::end);
    const double end = paper.width(title, head);
    paper.text({margin, 66}, title, head);
    if (continued) paper.text({margin + end + 6, 66}, word("continued"), small);
    paper.line({{margin, 76}, {page_width - margin, 76}}, {palette.rule, 0.7, {}});

    paper.line({{margin, page_height - 44}, {page_width - margin, page_height - 44}}, {palette.rule, 0.5, {}});
    const std::string& footer = setting.branding.footer.empty() ? setting.source : setting.branding.footer;
    paper.text({margin, page_height - 30}, fitted(paper, footer, small, width - 60), small);
    paper.text({page_width - margin, page_height - 30}, std::to_string(page_) + " / " + std::to_string(total_), small,
               Align::end);
    y = top;
}

void Layout::chapter(std::string_view key) {
    title_ = word(key);
    frame(title_, false);
    chapters.push_back({title_, page_});
    paper.bookmark(title_, 0);
}

void Layout::chapter_here(std::string_view key, double room) {
    if (left() < room) return chapter(key);
    y += 14;
    title_ = word(key);
    paper.text({margin, y + 14}, title_, {17, Weight::bold, palette.primary});
    paper.line({{margin, y + 24}, {page_width - margin, y + 24}}, {palette.rule, 0.7, {}});
    chapters.push_back({title_, page_});
    paper.bookmark(title_, 0);
    y += 40;
}

void Layout::next_page() { frame(title_, true); }

void Layout::heading(const std::string& text, const std::string& aside) {
    ensure(60);
    const TextStyle style = {11, Weight::bold, palette.ink}, small = {8, Weight::regular, palette.soft};
    paper.text({margin, y + 10}, text, style);
    if (!aside.empty()) paper.text({margin + paper.width(text, style) + 8, y + 10}, aside, small);
    paper.bookmark(text, 1);
    y += 22;
}

void Layout::paragraph(const std::string& text, double size, const Colour* colour) {
    const TextStyle style = {size, Weight::regular, colour ? *colour : palette.ink};
    for (const std::string& line : wrapped(paper, text, style, width)) {
        ensure(size * 1.5);
        y = draw_lines(paper, {line}, margin, y, style, 1.5);
    }
    y += size * 0.6;
}

void Layout::chart(std::string_view name, double height) {
    ensure(height + 40);
    heading(chart_title(name, format.language()), report.currency);
    draw_chart(charts(), name, {margin, y, width, height});
    y += height + 18;
}

void Layout::cards(const std::vector<Card>& cards, std::size_t in_row) {
    constexpr double gap = 12, height = 72;
    const double each = (width - gap * static_cast<double>(in_row - 1)) / static_cast<double>(in_row);
    for (std::size_t i = 0; i < cards.size(); ++i) {
        if (i % in_row == 0) ensure(height + gap);
        const Card& card = cards[i];
        const double x = margin + (each + gap) * static_cast<double>(i % in_row);
        paper.fill(Rect{x, y, each, height}, palette.shade, 4);
        paper.fill(Rect{x, y, 3, height}, chosen(card.colour, palette.primary));
        const TextStyle label = {8, Weight::regular, palette.soft}, note = {7.5, Weight::regular, palette.soft};
        TextStyle value = {18, Weight::bold, palette.ink};
        const double room = each - 24;
        while (value.size > 9 && paper.width(card.value, value) > room) value.size -= 0.5;
        paper.text({x + 14, y + 18}, fitted(paper, card.label, label, room), label);
        paper.text({x + 14, y + 41}, fitted(paper, card.value, value, room), value);
        paper.text({x + 14, y + 60}, fitted(paper, card.note, note, room), note);
        if (i % in_row + 1 == in_row || i + 1 == cards.size()) y += height + gap;
    }
    y += 6;
}

void Layout::table_head(const Table& table) {
    const TextStyle head = {table.size - 0.5, Weight::bold, palette.soft};
    double x = margin, all = 0, height = 0;
    for (const Column& column : table.columns) all += column.share;
    std::vector<std::vector<std::string>> titles;
    for (const Column& column : table.columns) {
        titles.push_back(wrapped(paper, column.title, head, width * column.share / all - 8, 2));
        height = std::max(height, static_cast<double>(titles.back().size()) * head.size * 1.25);
    }
    for (std::size_t i = 0; i < titles.size(); ++i) {
        const double each = width * table.columns[i].share / all;
        const bool end = table.columns[i].align == Align::end;
        // On the lower edge, as far as the longest title goes.
        const double start = y + height - static_cast<double>(titles[i].size()) * head.size * 1.25;
        draw_lines(paper, titles[i], end ? x + each - 4 : x + 4, start, head, 1.25, table.columns[i].align);
        x += each;
    }
    y += height + 4;
    paper.line({{margin, y}, {margin + width, y}}, {palette.primary, 0.9, {}});
    y += 1;
}

namespace {

// A number is never cut: where one does not fit its column, the whole table gets smaller letters.
double size_that_fits(const Paper& paper, const Table& table, double width, double all) {
    constexpr double smallest = 4.5;
    double size = table.size;
    for (const auto& row : table.rows)
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            if (table.columns[c].align != Align::end) continue;
            const double room = width * table.columns[c].share / all - 8;
            const double needed = paper.width(row[c].text, {table.size, Weight::bold, {}});
            if (needed > room) size = std::min(size, table.size * room / needed - 0.05);
        }
    return std::max(size, smallest);
}

}  // namespace

std::size_t Layout::table(const Table& wanted, int most_pages) {
    double all = 0;
    for (const Column& column : wanted.columns) all += column.share;
    Table table = wanted;
    table.size = size_that_fits(paper, wanted, width, all);
    const double leading = 1.3, padding = table.padding;
    ensure(60);
    table_head(table);
    int pages = 1;
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        std::vector<std::vector<std::string>> lines;
        std::size_t most = 1;
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            const Cell& cell = table.rows[r][c];
            const bool bold = cell.bold || r >= table.bold_from;
            const TextStyle style = {table.size, bold ? Weight::bold : Weight::regular, palette.ink};
            const double room = width * table.columns[c].share / all - 8;
            lines.push_back(table.lines > 1 ? wrapped(paper, cell.text, style, room, table.lines)
                                            : std::vector{fitted(paper, cell.text, style, room)});
            most = std::max(most, lines.back().size());
        }
        const double height = static_cast<double>(most) * table.size * leading + padding;
        if (left() < height + 2) {
            if (pages == most_pages) return r;
            ++pages;
            next_page();
            table_head(table);
        }
        if (r >= table.bold_from)
            paper.line({{margin, y}, {margin + width, y}}, {palette.neutral, 0.6, {}});
        else if (r % 2 == 1)
            paper.fill(Rect{margin, y, width, height}, palette.shade);
        double x = margin;
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            const Column& column = table.columns[c];
            const Cell& cell = table.rows[r][c];
            const bool bold = cell.bold || r >= table.bold_from;
            const double each = width * column.share / all;
            const TextStyle style = {table.size, bold ? Weight::bold : Weight::regular,
                                     chosen(cell.colour, palette.ink)};
            const double at = column.align == Align::end      ? x + each - 4
                              : column.align == Align::middle ? x + each / 2
                                                              : x + 4;
            draw_lines(paper, lines[c], at, y + padding / 2, style, leading, column.align);
            x += each;
        }
        y += height;
    }
    paper.line({{margin, y}, {margin + width, y}}, {palette.rule, 0.6, {}});
    y += 14;
    return table.rows.size();
}

double Layout::badge_width(std::string_view severity) const {
    return paper.width(word("severity." + std::string(severity)), {7.5, Weight::bold, white}) + 12;
}

void Layout::badge(double x, double base, std::string_view severity) {
    const std::string text = word("severity." + std::string(severity));
    paper.fill(Rect{x, base - 8.5, badge_width(severity), 12}, palette.severity(severity), 3);
    paper.text({x + 6, base}, text, {7.5, Weight::bold, white});
}

}  // namespace fin::exporter
