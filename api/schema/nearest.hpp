// The name that someone who mistyped one may have meant: names that share letter groups, then by edit distance.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace fin::api::schema {

struct Match {
    double score;  // 1: equal but for case
    std::string name;
};

// Names with a score of at least `least`, best first. Groups of three letters are compared, of two where those find
// nothing; of the fifty with the nearest groups (cosine) the score is 1 - Levenshtein distance / the longer length.
std::vector<Match> nearest(const std::vector<std::string>& names, std::string_view wanted, double least);

}  // namespace fin::api::schema
