// Recommendations on a picture that is there already.
#pragma once
#include <vector>

#include "recommendation/recommendation.hpp"
#include "risk/picture.hpp"

namespace fin::recommendation {

inline constexpr std::size_t most = 8;  // more is not read

std::vector<Recommendation> recommend(const risk::Picture& picture, const std::vector<risk::Risk>& risks);

}  // namespace fin::recommendation
