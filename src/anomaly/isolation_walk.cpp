#include "anomaly/isolation_walk.hpp"

#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes its own _mm512_undefined() for a mistake (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#endif

namespace fin::anomaly {

void walk_plain(const FlatTree& tree, const std::uint32_t* columns, double* lengths) {
    constexpr std::size_t lanes = 8;  // side by side: the waits of one are the work of another
    for (std::size_t group = 0; group < block_rows; group += lanes) {
        const std::uint32_t* values = columns + group;
        // Keeps the pointer in one register: eight sums of it would not fit.
        asm("" : "+r"(values));
        std::size_t node[lanes];
#pragma GCC unroll 8
        for (std::size_t& each : node) each = 1;
        for (std::size_t level = 0; level < tree_height; ++level) {
#pragma GCC unroll 8
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                const std::size_t at = node[lane];
                node[lane] = at + at + (tree.threshold[at] < (values + tree.column[at])[lane]);
            }
        }
#pragma GCC unroll 8
        for (std::size_t lane = 0; lane < lanes; ++lane)
            lengths[group + lane] += static_cast<double>(tree.path[node[lane] - tree_places]);
    }
}

double walk_row(std::span<const FlatTree> trees, const std::uint32_t* columns) {
    double length = 0;
    for (const FlatTree& tree : trees) {
        std::size_t node = 1;
        for (std::size_t level = 0; level < tree_height; ++level)
            node = node + node + (tree.threshold[node] < columns[tree.column[node]]);
        length += static_cast<double>(tree.path[node - tree_places]);
    }
    return length;
}

#if defined(__x86_64__)

namespace {

constexpr int vectors = 4, vector_rows = 16;
static_assert(vectors * vector_rows == block_rows);

// One level down for all rows of the block: `lookup(table, nodes)` reads the nodes' entries of a table of the tree.
template <class Lookup>
__attribute__((target("avx512f,avx512dq"), always_inline)) inline void descend(const FlatTree& tree,
                                                                               const std::uint32_t* columns,
                                                                               __m512i* node, Lookup lookup) {
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
        const __m512i column = lookup(tree.column, node[v]);
        const __m512i lane = _mm512_add_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                                              _mm512_set1_epi32(v * vector_rows));
        const __m512i value = _mm512_i32gather_epi32(_mm512_add_epi32(column, lane), columns, 4);
        const __mmask16 right = _mm512_cmpgt_epu32_mask(value, lookup(tree.threshold, node[v]));
        const __m512i twice = _mm512_add_epi32(node[v], node[v]);
        node[v] = _mm512_mask_add_epi32(twice, right, twice, _mm512_set1_epi32(1));
    }
}

// Levels of up to 16 and of 32 nodes fit into registers; permutations look at the last bits of a node's number only.
template <int first>
struct In16 {
    __attribute__((target("avx512f,avx512dq"), always_inline)) __m512i operator()(const std::uint32_t* table,
                                                                                  __m512i node) const {
        return _mm512_permutexvar_epi32(node, _mm512_load_si512(table + first));
    }
};
struct In32 {
    __attribute__((target("avx512f,avx512dq"), always_inline)) __m512i operator()(const std::uint32_t* table,
                                                                                  __m512i node) const {
        return _mm512_permutex2var_epi32(_mm512_load_si512(table + 32), node, _mm512_load_si512(table + 48));
    }
};
struct InMemory {
    __attribute__((target("avx512f,avx512dq"), always_inline)) __m512i operator()(const std::uint32_t* table,
                                                                                  __m512i node) const {
        return _mm512_i32gather_epi32(node, table, 4);
    }
};

}  // namespace

__attribute__((target("avx512f,avx512dq"))) void walk_avx512(const FlatTree& tree, const std::uint32_t* columns,
                                                             double* lengths) {
    __m512i node[vectors];
    for (__m512i& each : node) each = _mm512_set1_epi32(1);
    for (int level = 0; level < 4; ++level) descend(tree, columns, node, In16<0>());
    descend(tree, columns, node, In16<16>());
    descend(tree, columns, node, In32());
    descend(tree, columns, node, InMemory());
    descend(tree, columns, node, InMemory());
    for (int v = 0; v < vectors; ++v) {
        const __m512 path =
            _mm512_i32gather_ps(_mm512_sub_epi32(node[v], _mm512_set1_epi32(tree_places)), tree.path, 4);
        double* length = lengths + v * vector_rows;
        _mm512_storeu_pd(length, _mm512_add_pd(_mm512_loadu_pd(length), _mm512_cvtps_pd(_mm512_castps512_ps256(path))));
        _mm512_storeu_pd(length + 8,
                         _mm512_add_pd(_mm512_loadu_pd(length + 8), _mm512_cvtps_pd(_mm512_extractf32x8_ps(path, 1))));
    }
}

Walk best_walk() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") ? walk_avx512 : walk_plain;
}

#else

void walk_avx512(const FlatTree& tree, const std::uint32_t* columns, double* lengths) {
    walk_plain(tree, columns, lengths);
}
Walk best_walk() { return walk_plain; }

#endif

}  // namespace fin::anomaly
