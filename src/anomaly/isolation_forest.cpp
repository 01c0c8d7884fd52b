#include "anomaly/isolation_forest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "anomaly/isolation_model.hpp"
#include "error.hpp"

namespace fin::anomaly {

namespace {

[[noreturn]] void refuse(const char* what) {
    throw Error(ErrorCode::bad_data, "not a model of an isolation forest", what,
                "Use the bytes that fin_isolation_fit returned, unchanged.");
}

constexpr std::uint32_t never = 0xFFFFFFFF;  // a threshold that no value exceeds
constexpr std::size_t few_rows = 4;          // up to here each walks alone: a block costs as much as it would full

}  // namespace

class ModelReader {
public:
    explicit ModelReader(std::string_view bytes) : left_(bytes) {}
    template <class T>
    T take() {
        if (left_.size() < sizeof(T)) refuse("It ends too early.");
        T value;
        std::memcpy(&value, left_.data(), sizeof value);
        left_.remove_prefix(sizeof value);
        return value;
    }
    bool at_end() const { return left_.empty(); }

private:
    std::string_view left_;
};

IsolationForest::IsolationForest(std::string_view model) {
    if (model.size() < model_head || !model.starts_with(model_magic)) refuse("It does not begin like one.");
    ModelReader head(model.substr(model_magic.size()));
    if (head.take<std::uint64_t>() != checksum(model.substr(model_head))) refuse("Its checksum is wrong.");
    ModelReader reader(model.substr(model_head));
    const auto features = reader.take<std::uint32_t>(), trees = reader.take<std::uint32_t>();
    const auto sample = reader.take<std::uint32_t>();
    if (features == 0 || features > most_features) refuse("Its number of features is out of range.");
    if (trees == 0 || trees > 10 * forest_trees) refuse("Its number of trees is out of range.");
    if (sample == 0 || sample > tree_rows) refuse("The size of its trees is out of range.");
    const auto greatest = std::bit_cast<std::uint32_t>(1.0F);
    for (std::size_t i = 0; i < features; ++i) {
        Scale scale{};
        scale.least = reader.take<double>();
        scale.factor = reader.take<double>();
        scale.missing = reader.take<std::uint32_t>();
        if (!std::isfinite(scale.least) || !std::isfinite(scale.factor) || scale.factor < 0 || scale.missing > greatest)
            refuse("The scale of a feature is out of range.");
        scales_.push_back(scale);
    }
    normal_path_ = average_path(sample);
    for (std::size_t i = 0; i < trees; ++i) read_tree(reader, trees_.emplace_back(), sample);
    if (!reader.at_end()) refuse("Something follows its end.");
}

void IsolationForest::read_tree(ModelReader& reader, FlatTree& tree, std::size_t sample) const {
    std::ranges::fill(tree.threshold, never);
    std::ranges::fill(tree.column, 0U);
    std::ranges::fill(tree.path, 0.0F);
    std::size_t rows = 0;
    // Nodes still to be read, the next one last; a node's depth is the number of bits behind its leading one.
    std::vector<std::uint32_t> open = {1};
    while (!open.empty()) {
        const std::uint32_t node = open.back();
        open.pop_back();
        const auto depth = static_cast<std::size_t>(std::bit_width(node)) - 1;
        const auto feature = reader.take<std::uint16_t>();
        if (feature == leaf_mark) {
            const auto size = reader.take<std::uint16_t>();
            rows += size;
            if (size == 0 || rows > sample) refuse("The leaves of a tree hold another number of rows.");
            tree.path[(node << (tree_height - depth)) - tree_places] =
                static_cast<float>(static_cast<double>(depth) + average_path(size));
            continue;
        }
        if (depth == tree_height) refuse("A tree is too high.");
        if (feature >= scales_.size()) refuse("A tree cuts a feature that does not exist.");
        tree.threshold[node] = reader.take<std::uint32_t>();
        if (tree.threshold[node] >= std::bit_cast<std::uint32_t>(1.0F)) refuse("A cut lies out of range.");
        tree.column[node] = static_cast<std::uint32_t>(feature * block_rows);
        open.push_back(2 * node + 1);
        open.push_back(2 * node);
    }
    if (rows != sample) refuse("The leaves of a tree hold another number of rows.");
}

void IsolationForest::fill_block(std::span<const double> rows, std::size_t count, std::uint32_t* columns) const {
    for (std::size_t feature = 0; feature < scales_.size(); ++feature) {
        const Scale& scale = scales_[feature];
        std::uint32_t* column = columns + feature * block_rows;
        for (std::size_t row = 0; row < count; ++row) {
            const double value = rows[row * scales_.size() + feature];
            column[row] = std::isnan(value) ? scale.missing : scaled(value, scale.least, scale.factor);
        }
    }
}

void IsolationForest::score(std::span<const double> rows, std::span<double> scores, const InterruptCheck& check) const {
    const std::size_t features = scales_.size();
    if (rows.size() != scores.size() * features)
        throw Error(ErrorCode::invalid_argument, "rows have another number of features than the model",
                    "The model has " + std::to_string(features) + ".");
    std::vector<std::uint32_t> columns(features * block_rows);
    const Walk walk = best_walk();
    const double unit = -1 / (static_cast<double>(trees_.size()) * (normal_path_ > 0 ? normal_path_ : 1));
    for (std::size_t first = 0; first < scores.size(); first += block_rows) {
        check();
        const std::size_t count = std::min(block_rows, scores.size() - first);
        fill_block(rows.subspan(first * features, count * features), count, columns.data());
        double length[block_rows] = {};
        if (count <= few_rows)
            for (std::size_t row = 0; row < count; ++row) length[row] = walk_row(trees_, columns.data() + row);
        else
            for (const FlatTree& tree : trees_) walk(tree, columns.data(), length);
        for (std::size_t row = 0; row < count; ++row) {
            const auto own = rows.subspan((first + row) * features, features);
            if (std::ranges::all_of(own, [](double value) { return std::isnan(value); }))
                scores[first + row] = std::numeric_limits<double>::quiet_NaN();
            else
                // A forest of one row knows no normal path: everything is as usual as that row.
                scores[first + row] = normal_path_ > 0 ? std::exp2(length[row] * unit) : 0.5;
        }
    }
}

}  // namespace fin::anomaly
