// Grows an isolation forest from a sample of rows.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "anomaly/isolation_forest.hpp"
#include "anomaly/isolation_model.hpp"
#include "error.hpp"

namespace fin::anomaly {

namespace {

struct Feature {
    double least = 0, factor = 0;  // factor 0: never cut
    double middle = 0;             // stands for missing values
};

Feature describe(const RowSample& sample, std::size_t number) {
    std::vector<double> known;
    for (std::size_t row = 0; row < sample.size(); ++row)
        if (const double value = sample.at(row, number); std::isfinite(value)) known.push_back(value);
    if (known.empty()) return {};
    const auto [least, greatest] = std::ranges::minmax(known);
    const auto nth = known.begin() + static_cast<std::ptrdiff_t>((known.size() - 1) / 2);
    std::ranges::nth_element(known, nth);
    const double factor = 1 / (greatest * 0.5 - least * 0.5);
    // A range so small that its inverse overflows is no range.
    return {least, std::isfinite(factor) ? factor : 0, *nth};
}

// The order in which rows came must not matter: they are numbered by their values.
std::vector<std::uint32_t> ordered_rows(const RowSample& sample, const InterruptCheck& check) {
    std::vector<std::uint32_t> rows(sample.size());
    std::iota(rows.begin(), rows.end(), 0U);
    if (!sample.whole()) return rows;
    Pulse pulse(check, 1024);
    std::ranges::sort(rows, [&](std::uint32_t a, std::uint32_t b) {
        pulse();
        // The bits give a total order of doubles, missing values and the sign of zero included.
        return std::ranges::lexicographical_compare(
            sample.row(a), sample.row(b), {}, [](double value) { return std::bit_cast<std::uint64_t>(value); },
            [](double value) { return std::bit_cast<std::uint64_t>(value); });
    });
    return rows;
}

class Growth {
public:
    Growth(const RowSample& sample, const InterruptCheck& check)
        : sample_(sample), pulse_(check, 16), rows_(ordered_rows(sample, check)), random_(sample.seed()) {
        for (std::size_t feature = 0; feature < sample.features(); ++feature) {
            pulse_();
            features_.push_back(describe(sample, feature));
            if (features_.back().factor > 0) cuttable_.push_back(static_cast<std::uint16_t>(feature));
        }
    }

    std::string model() {
        const std::size_t sample = std::min(rows_.size(), tree_rows);
        std::string body;
        append(body, static_cast<std::uint32_t>(features_.size()));
        append(body, static_cast<std::uint32_t>(forest_trees));
        append(body, static_cast<std::uint32_t>(sample));
        for (const Feature& feature : features_) {
            append(body, feature.least);
            append(body, feature.factor);
            append(body, scaled(feature.middle, feature.least, feature.factor));
        }
        for (std::size_t tree = 0; tree < forest_trees; ++tree) {
            // Without replacement: the first places of a shuffle. Rows stay shuffled, which is as good a start.
            for (std::size_t i = 0; i < sample; ++i)
                std::swap(rows_[i], rows_[i + static_cast<std::size_t>(random_.below(rows_.size() - i))]);
            std::vector<std::uint32_t> drawn(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(sample));
            grow(drawn, 0, body);
        }
        std::string bytes(model_magic);
        append(bytes, checksum(body));
        return bytes + body;
    }

private:
    std::uint32_t value(std::uint32_t row, std::uint16_t feature) const {
        const Feature& of = features_[feature];
        const double raw = sample_.at(row, feature);
        // Infinities are clamped to the range of what is finite: scaled() does it below, 1 is the greatest value.
        return std::min(scaled(std::isnan(raw) ? of.middle : raw, of.least, of.factor),
                        std::bit_cast<std::uint32_t>(1.0F));
    }

    void grow(std::span<std::uint32_t> rows, std::size_t depth, std::string& body) {
        if (depth < tree_height && rows.size() > 1) {
            // Features are drawn until one is found that differs between the rows: the choice is uniform among those.
            for (std::size_t left = cuttable_.size(); left > 0; --left) {
                std::swap(cuttable_[static_cast<std::size_t>(random_.below(left))], cuttable_[left - 1]);
                if (cut(cuttable_[left - 1], rows, depth, body)) return;
            }
        }
        append(body, leaf_mark);
        append(body, static_cast<std::uint16_t>(rows.size()));
    }

    bool cut(std::uint16_t feature, std::span<std::uint32_t> rows, std::size_t depth, std::string& body) {
        pulse_();
        std::uint32_t least = std::numeric_limits<std::uint32_t>::max(), greatest = 0;
        for (const std::uint32_t row : rows) {
            const std::uint32_t at = value(row, feature);
            least = std::min(least, at);
            greatest = std::max(greatest, at);
        }
        if (least == greatest) return false;
        const auto low = static_cast<double>(std::bit_cast<float>(least));
        const auto high = static_cast<double>(std::bit_cast<float>(greatest));
        auto threshold = std::bit_cast<std::uint32_t>(static_cast<float>(low + random_.uniform() * (high - low)));
        threshold = std::clamp(threshold, least, greatest - 1);  // both sides get a row
        append(body, feature);
        append(body, threshold);
        const auto right = std::partition(rows.begin(), rows.end(),
                                          [&](std::uint32_t row) { return value(row, feature) <= threshold; });
        const auto count = static_cast<std::size_t>(right - rows.begin());
        grow(rows.first(count), depth + 1, body);
        grow(rows.subspan(count), depth + 1, body);
        return true;
    }

    const RowSample& sample_;
    Pulse pulse_;
    std::vector<std::uint32_t> rows_;
    Random random_;
    std::vector<Feature> features_;
    std::vector<std::uint16_t> cuttable_;
};

}  // namespace

std::string fit_isolation_forest(const RowSample& sample, const InterruptCheck& check) {
    if (sample.size() == 0) throw Error(ErrorCode::bad_data, "no row has a known feature");
    return Growth(sample, check).model();
}

}  // namespace fin::anomaly
