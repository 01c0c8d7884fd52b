// The innermost loop of the isolation forest: a block of rows walks down one tree.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace fin::anomaly {

inline constexpr std::size_t tree_height = 8, tree_places = std::size_t{1} << tree_height;
// Rows scored together: their columns and a tree stay in the nearest cache.
inline constexpr std::size_t block_rows = 64;

// A tree of full height. The root is node 1, the children of i are 2 i and 2 i + 1; below a leaf every comparison leads
// to the left.
struct FlatTree {
    alignas(64) std::uint32_t threshold[tree_places];
    alignas(64) std::uint32_t column[tree_places];  // where the compared feature's column begins in a block
    alignas(64) float path[tree_places];            // at the last level: its length
};

// Adds each row's path to lengths[block_rows]. `columns` holds block_rows values of each feature. The second is for
// processors with AVX-512 and adds the very same numbers.
void walk_plain(const FlatTree& tree, const std::uint32_t* columns, double* lengths);
void walk_avx512(const FlatTree& tree, const std::uint32_t* columns, double* lengths);

// The same for one row, whose values lie at the beginnings of the columns: the sum of its paths.
double walk_row(std::span<const FlatTree> trees, const std::uint32_t* columns);

using Walk = void (*)(const FlatTree&, const std::uint32_t*, double*);
Walk best_walk();  // of this processor

}  // namespace fin::anomaly
