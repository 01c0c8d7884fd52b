#include "boost/model.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "boost/json_cursor.hpp"
#include "error.hpp"

namespace fin::boost {

namespace {

constexpr std::uint32_t missing_left = 0x8000'0000;
constexpr std::size_t most_nodes = 32'000'000;  // 384 MB

[[noreturn]] void refuse(const std::string& detail) {
    throw Error(ErrorCode::bad_data, "not a model of gradient boosting", detail,
                "Give a model of fin_boost_train, or what XGBoost's save_model writes to a file named .json.");
}
[[noreturn]] void unsupported(const std::string& detail) {
    throw Error(ErrorCode::bad_data, "a model of gradient boosting that cannot be evaluated here", detail);
}

// XGBoost writes its parameters as strings.
template <class Number>
Number parameter(JsonCursor& json, const char* name) {
    std::string_view text = json.string();
    // Versions from 3.1 on write base_score as a list of one.
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    Number number{};
    if (!read_number(text, number)) refuse(std::string(name) + " is no number.");
    return number;
}

}  // namespace

struct Model::Draft {
    std::vector<std::int64_t> left, right, feature;
    std::vector<float> split;
    std::vector<bool> default_left;
    std::int64_t features = -1, nodes = -1;
};

Model::Model(std::string_view text, const InterruptCheck& check) {
    if (text.size() > most_model_bytes)
        throw Error(ErrorCode::limit_exceeded, "the model is too large",
                    "It has " + std::to_string(text.size()) + " bytes; at most " + std::to_string(most_model_bytes) +
                        " can be read.");
    JsonCursor json(text);
    bool learner = false;
    json.object([&](std::string_view name) {
        if (name != "learner" || learner) return json.skip();
        learner = true;
        read_learner(json, check);
    });
    json.finish();
    if (!learner) refuse("It has no learner.");
}

void Model::read_learner(JsonCursor& json, const InterruptCheck& check) {
    float base_score = 0;
    std::int64_t features = -1, classes = 0, targets = 1;
    bool based = false, boosted = false;
    json.object([&](std::string_view part) {
        if (part == "gradient_booster" && !boosted) {
            boosted = true;
            read_booster(json, check);
        } else if (part == "learner_model_param") {
            json.object([&](std::string_view name) {
                if (name == "base_score") {
                    base_score = parameter<float>(json, "base_score");
                    based = true;
                } else if (name == "num_feature") {
                    features = parameter<std::int64_t>(json, "num_feature");
                } else if (name == "num_class") {
                    classes = parameter<std::int64_t>(json, "num_class");
                } else if (name == "num_target") {
                    targets = parameter<std::int64_t>(json, "num_target");
                } else {
                    json.skip();
                }
            });
        } else if (part == "objective") {
            json.object([&](std::string_view name) {
                if (name != "name") return json.skip();
                const std::string_view objective = json.string();
                objective_ = objective_named(objective);
                if (!objective_)
                    unsupported("Its objective is " + std::string(objective.substr(0, 60)) + "; known are " +
                                objective_names() + ".");
            });
        } else {
            json.skip();
        }
    });
    if (!boosted) refuse("It has no gradient_booster.");
    if (!objective_) refuse("It has no objective.");
    if (classes > 1 || targets > 1) unsupported("It predicts several classes or targets.");
    if (features < 1 || features > static_cast<std::int64_t>(most_features))
        refuse("num_feature is " + std::to_string(features) + "; it lies between 1 and " +
               std::to_string(most_features) + ".");
    if (!based || !objective_->holds(base_score)) refuse("base_score does not fit the objective.");
    features_ = static_cast<std::size_t>(features);
    base_ = objective_->margin_of(base_score);
    for (const Node& node : nodes_)
        if (node.child != 0 && (node.feature & ~missing_left) >= features_)
            refuse("A split asks for feature " + std::to_string(node.feature & ~missing_left) + " of " +
                   std::to_string(features_) + ".");
}

void Model::read_booster(JsonCursor& json, const InterruptCheck& check) {
    bool named = false, trees = false;
    json.object([&](std::string_view part) {
        if (part == "name") {
            const std::string_view name = json.string();
            if (name != "gbtree") unsupported("Its booster is " + std::string(name.substr(0, 60)) + ", not gbtree.");
            named = true;
        } else if (part == "model" && !trees) {
            json.object([&](std::string_view name) {
                if (name == "trees" && !trees) {
                    trees = true;
                    Draft tree;
                    json.array([&] {
                        check();
                        read_tree(json, tree);
                        add(tree);
                    });
                } else if (name == "tree_info") {
                    json.array([&] {
                        if (json.integer() != 0) unsupported("It predicts several classes.");
                    });
                } else {
                    json.skip();
                }
            });
        } else {
            json.skip();
        }
    });
    if (!named) refuse("Its booster has no name.");
    if (!trees) refuse("It has no trees.");
}

void Model::read_tree(JsonCursor& json, Draft& tree) {
    tree.left.clear(), tree.right.clear(), tree.feature.clear(), tree.split.clear(), tree.default_left.clear();
    tree.nodes = -1;
    const auto integers = [&](std::vector<std::int64_t>& into) {
        into.clear();
        json.array([&] { into.push_back(json.integer()); });
    };
    json.object([&](std::string_view name) {
        if (name == "left_children") {
            integers(tree.left);
        } else if (name == "right_children") {
            integers(tree.right);
        } else if (name == "split_indices") {
            integers(tree.feature);
        } else if (name == "split_conditions") {
            tree.split.clear();
            json.array([&] { tree.split.push_back(json.number()); });
        } else if (name == "default_left") {
            tree.default_left.clear();
            json.array([&] { tree.default_left.push_back(json.truth()); });
        } else if (name == "split_type") {
            json.array([&] {
                if (json.integer() != 0) unsupported("It has categorical splits.");
            });
        } else if (name == "tree_param") {
            json.object([&](std::string_view parameter_name) {
                if (parameter_name == "num_nodes") {
                    tree.nodes = parameter<std::int64_t>(json, "num_nodes");
                } else if (parameter_name == "size_leaf_vector") {
                    if (parameter<std::int64_t>(json, "size_leaf_vector") > 1)
                        unsupported("Its leaves hold several numbers.");
                } else {
                    json.skip();
                }
            });
        } else {
            json.skip();
        }
    });
}

// Copies what is reached from the root, breadth first. Nodes that pruning left behind are not.
void Model::add(const Draft& tree) {
    const std::string which = "Tree " + std::to_string(roots_.size());
    const std::size_t size = tree.left.size();
    if (size == 0 || tree.nodes != static_cast<std::int64_t>(size) || tree.right.size() != size ||
        tree.feature.size() != size || tree.split.size() != size || tree.default_left.size() != size)
        refuse(which + " has arrays of different sizes.");
    const std::size_t root = nodes_.size();
    if (root + size > most_nodes) refuse("It has more than " + std::to_string(most_nodes) + " nodes.");
    roots_.push_back(static_cast<std::uint32_t>(root));
    std::vector<std::size_t> source = {0};  // of each node copied, its place in the draft
    std::vector<bool> reached(size, false);
    reached[0] = true;
    nodes_.push_back({});
    for (std::size_t k = 0; k < source.size(); ++k) {
        const std::size_t from = source[k];
        Node node{tree.split[from], 0, 0};
        if (tree.left[from] == -1) {
            if (tree.right[from] != -1) refuse(which + " has a node with one child.");
        } else {
            if (tree.feature[from] < 0 || tree.feature[from] >= static_cast<std::int64_t>(most_features))
                refuse(which + " splits by feature " + std::to_string(tree.feature[from]) + ".");
            node.child = static_cast<std::uint32_t>(nodes_.size());
            node.feature =
                static_cast<std::uint32_t>(tree.feature[from]) | (tree.default_left[from] ? missing_left : 0);
            for (const std::int64_t child : {tree.left[from], tree.right[from]}) {
                if (child < 0 || child >= static_cast<std::int64_t>(size))
                    refuse(which + " has a child that does not exist: " + std::to_string(child) + ".");
                const auto place = static_cast<std::size_t>(child);
                if (reached[place]) refuse(which + " reaches node " + std::to_string(child) + " twice.");
                reached[place] = true;
                source.push_back(place);
                nodes_.push_back({});
            }
        }
        nodes_[root + k] = node;
    }
}

float Model::leaf(std::uint32_t root, const float* row) const {
    const Node* node = &nodes_[root];
    while (node->child != 0) {
        const float value = row[node->feature & ~missing_left];
        const bool left = std::isnan(value) ? (node->feature & missing_left) != 0 : value < node->split;
        node = &nodes_[node->child + (left ? 0 : 1)];
    }
    return node->split;
}

float Model::margin(std::span<const float> row) const {
    float sum = base_;
    for (const std::uint32_t root : roots_) sum += leaf(root, row.data());
    return sum;
}

void Model::predict(std::span<const float> rows, std::span<float> predictions) const {
    constexpr std::size_t block = 64;
    for (std::size_t first = 0; first < predictions.size(); first += block) {
        const auto sums = predictions.subspan(first, std::min(block, predictions.size() - first));
        std::ranges::fill(sums, base_);
        for (const std::uint32_t root : roots_)
            for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += leaf(root, &rows[(first + i) * features_]);
        for (float& sum : sums) sum = objective_->of_margin(sum);
    }
}

}  // namespace fin::boost
