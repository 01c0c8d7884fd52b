// Charts of named things: categories and recommendations as bars to the right.
#include <algorithm>
#include <cmath>

#include "exporter/chart_frame.hpp"
#include "exporter/text_lines.hpp"
#include "exporter/texts.hpp"

namespace fin::exporter {

namespace {

struct Item {
    std::string name, value;
    double amount;
    Colour colour;
};

// Names at the left, bars from a common zero, numbers behind them.
void draw_list(const ChartContext& context, const Rect& place, const std::vector<Item>& items, double most_for_names) {
    const TextStyle name = {8, Weight::regular, context.palette.ink}, number = {8, Weight::bold, context.palette.ink};
    double widest_name = 0, widest_number = 0, low = 0, high = 0;
    for (const Item& item : items) {
        widest_name = std::max(widest_name, context.canvas.width(item.name, name));
        widest_number = std::max(widest_number, context.canvas.width(item.value, number));
        low = std::min(low, item.amount), high = std::max(high, item.amount);
    }
    const double names = std::min(widest_name, place.width * most_for_names) + 8;
    const double numbers = widest_number + 8, bars = std::max(20.0, place.width - names - numbers);
    const double row = std::min(32.0, place.height / static_cast<double>(items.size()));
    const double span = high - low > 0 ? high - low : 1;
    const auto x = [&](double value) { return place.x + names + bars * (value - low) / span; };
    for (std::size_t i = 0; i < items.size(); ++i) {
        const double top = place.y + row * static_cast<double>(i), middle = top + row / 2;
        context.canvas.text({place.x, middle + 2.8}, fitted(context.canvas, items[i].name, name, names - 8), name);
        const double from = std::min(x(0), x(items[i].amount)), to = std::max(x(0), x(items[i].amount));
        context.canvas.fill(Rect{from, top + row * 0.18, std::max(0.7, to - from), row * 0.64}, items[i].colour, 1.5);
        context.canvas.text({place.right(), middle + 2.8}, items[i].value, number, Align::end);
    }
    if (low < 0)
        context.canvas.line({{x(0), place.y}, {x(0), place.y + row * static_cast<double>(items.size())}},
                            {context.palette.neutral, 0.8, {}});
}

}  // namespace

void draw_categories(const ChartContext& context, const Rect& place) {
    const auto& slices = context.report.expense_slices;
    const Language language = context.format.language();
    if (slices.empty()) return draw_nothing(context, place, say("none.expenses", language));
    double all = 0;
    for (const Slice& slice : slices) all += slice.amount;
    std::vector<Item> items;
    for (const Slice& slice : slices) {
        std::string name = slice.name.empty() ? std::string(say("no_category", language)) : slice.name;
        if (slice.merged > 0) name += " (" + std::to_string(slice.merged) + ")";
        std::string value = context.format.money(slice.amount);
        // Shares of a sum with parts below zero mislead.
        if (all > 0 && slice.amount >= 0) value += " \u00b7 " + context.format.percent(slice.amount / all);
        items.push_back({std::move(name), std::move(value), slice.amount,
                         slice.merged > 0   ? context.palette.neutral
                         : slice.amount < 0 ? context.palette.good
                                            : context.palette.accent});
    }
    draw_list(context, place, items, 0.36);
}

void draw_effects(const ChartContext& context, const Rect& place) {
    std::vector<Item> items;
    std::vector<AdviceRow> advice = context.report.advice;
    std::ranges::stable_sort(
        advice, [](const AdviceRow& a, const AdviceRow& b) { return a.effect_monthly > b.effect_monthly; });
    for (const AdviceRow& row : advice)
        if (row.effect_monthly != 0 && items.size() < 8)
            items.push_back({capital(row.action), context.format.signed_money(row.effect_monthly), row.effect_monthly,
                             context.palette.good});
    if (items.empty()) return draw_nothing(context, place, say("none.effects", context.format.language()));
    draw_list(context, place, items, 0.6);
}

}  // namespace fin::exporter
