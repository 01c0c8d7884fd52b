// Models of gradient boosting: predictions are XGBoost's own to the last bit; damaged and hostile models are refused.
// The reference is test/data/reference/boost.json, made by test/reference/boost.py with python3-xgboost 1.7.4.
#include "boost/model.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "error.hpp"
#include "reference.hpp"

namespace fin::boost {
namespace {

TEST(BoostModel, PredictsWhatXgboostPredictsBitByBit) {
    const Reference reference;
    ASSERT_EQ(reference.cases.size(), 6u);
    for (const auto& each : reference.cases) {
        const Model model(each.model);
        EXPECT_EQ(model.trees(), 6u);
        ASSERT_EQ(model.features(), 5u);
        for (std::size_t i = 0; i < reference.rows.size(); ++i)
            ASSERT_EQ(model.predict(narrow(reference.rows[i])), each.predictions[i]) << each.options << " row " << i;
        // All at once: blocks that end within the rows, too.
        std::vector<float> flat, found(reference.rows.size());
        for (const auto& row : reference.rows)
            for (const double value : row) flat.push_back(static_cast<float>(value));
        model.predict(flat, found);
        EXPECT_EQ(found, each.predictions) << each.options;
    }
}

// One split by feature 1 at 2.5, a missing value to the right, and a leaf on each side.
const std::string small = R"({"version":[1,7,4],"learner":{"attributes":{"a":["\"]",{}]},"feature_names":[],
 "gradient_booster":{"name":"gbtree","model":{"gbtree_model_param":{"num_trees":"1"},"tree_info":[0],"trees":[{
  "left_children":[1,-1,-1],"right_children":[2,-1,-1],"split_indices":[1,0,0],"split_conditions":[2.5E0,-1E0,4E0],
  "default_left":[0,0,0],"split_type":[0,0,0],"tree_param":{"num_nodes":"3","size_leaf_vector":"0"}}]}},
 "learner_model_param":{"base_score":"5E-1","num_class":"0","num_feature":"2"},"objective":{"name":"reg:squarederror"}}})";

std::string with(const std::string& from, const std::string& to) {
    std::string text = small;
    const auto place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return text.replace(place, from.size(), to);
}

float predict(const std::string& model, std::vector<float> row) { return Model(model).predict(row); }

TEST(BoostModel, GoesLeftBelowTheSplitAndByDefaultWhereAValueIsMissing) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
    EXPECT_EQ(predict(small, {0, 2.4f}), -0.5f);
    EXPECT_EQ(predict(small, {0, 2.5f}), 4.5f);
    EXPECT_EQ(predict(small, {0, nan}), 4.5f);
    EXPECT_EQ(predict(with("\"default_left\":[0", "\"default_left\":[true"), {0, nan}), -0.5f);
    EXPECT_EQ(predict(small, {nan, inf}), 4.5f);
    EXPECT_EQ(predict(small, {nan, -inf}), -0.5f);
}

TEST(BoostModel, ReadsTheFormsOfOtherVersions) {
    EXPECT_EQ(predict(with("\"5E-1\"", "\"[5E-1]\""), {0, 0}), -0.5f);       // 3.1 writes a list
    EXPECT_EQ(predict(with("\"split_type\":[0,0,0],", ""), {0, 0}), -0.5f);  // 1.3 has none
    EXPECT_EQ(predict(with("\"size_leaf_vector\":\"0\"", "\"size_leaf_vector\":\"1\""), {0, 0}), -0.5f);  // 2.0
}

// What a model says that is not so, and the words in which it is refused.
TEST(BoostModel, RefusesWhatContradictsItself) {
    const std::pair<std::string, std::string> refused[] = {
        {with("[1,-1,-1]", "[3,-1,-1]"), "does not exist: 3"},
        {with("[1,-1,-1]", "[-2,-1,-1]"), "does not exist: -2"},
        {with("[1,-1,-1]", "[0,-1,-1]"), "reaches node 0 twice"},
        {with("[1,-1,-1]", "[2,-1,-1]"), "reaches node 2 twice"},
        {with("[1,-1,-1]", "[1,0,-1]"), "reaches node 0 twice"},
        {with("[2,-1,-1]", "[-1,-1,-1]"), "does not exist: -1"},
        {with("[2,-1,-1]", "[2,1,-1]"), "one child"},
        {with("[1,-1,-1]", "[1,-1]"), "different sizes"},
        {with("[2.5E0,-1E0,4E0]", "[2.5E0,-1E0]"), "different sizes"},
        {with("\"num_nodes\":\"3\"", "\"num_nodes\":\"4\""), "different sizes"},
        {with("\"num_nodes\":\"3\"", "\"num_nodes\":\"99999999999999999999\""), "num_nodes is no number"},
        {with("\"split_indices\":[1", "\"split_indices\":[2"), "feature 2 of 2"},
        {with("\"split_indices\":[1", "\"split_indices\":[-1"), "feature -1"},
        {with("\"split_indices\":[1", "\"split_indices\":[4294967296"), "feature 4294967296"},
        {with("2.5E0", "1E99"), "none that a float holds"},
        {with("2.5E0", "null"), "none that a float holds"},
        {with("\"num_feature\":\"2\"", "\"num_feature\":\"0\""), "num_feature is 0"},
        {with("\"num_feature\":\"2\"", "\"num_feature\":\"2000000000\""), "num_feature is 2000000000"},
        {with("\"num_class\":\"0\"", "\"num_class\":\"3\""), "several classes"},
        {with("\"5E-1\"", "\"x\""), "base_score is no number"},
        {with("reg:squarederror", "rank:pairwise"), "rank:pairwise"},
        {with("\"gbtree\"", "\"dart\""), "dart"},
        {with("\"split_type\":[0", "\"split_type\":[1"), "categorical"},
        {with("\"learner\"", "\"teacher\""), "no learner"},
        {with("\"trees\"", "\"bushes\""), "no trees"},
        {with("\"objective\"", "\"subjective\""), "no objective"},
        {small + "x", "follows"},
        {"", "shape"},
        {"[]", "shape"},
        {std::string(1000000, '['), "shape"},
        {"{\"a\":" + std::string(1000000, '['), "too early"},
    };
    for (const auto& [text, reason] : refused) {
        try {
            const Model model(text);
            ADD_FAILURE() << "taken: " << text.substr(0, 400);
        } catch (const Error& error) {
            EXPECT_EQ(error.code, ErrorCode::bad_data);
            EXPECT_NE(error.detail.find(reason), std::string::npos) << error.detail << ", expected: " << reason;
        }
    }
}

TEST(BoostModel, RefusesEveryBeginningOfAModel) {
    ASSERT_NO_THROW(Model{small});
    for (std::size_t size = 0; size < small.size(); ++size)
        EXPECT_THROW(Model(std::string_view(small).substr(0, size)), Error) << size;
}

}  // namespace
}  // namespace fin::boost
