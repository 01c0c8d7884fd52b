// Rows by group, in order of day: a counting sort, so that each group keeps the ledger's order.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ledger/ledger.hpp"

namespace fin::ledger {

using Index = std::uint32_t;  // of a row in the ledger's columns

struct Groups {
    std::vector<Index> start, rows;  // start[g]..start[g + 1] of rows

    template <class GroupOf>
    Groups(std::size_t count, std::size_t size, GroupOf group_of) : start(count + 1), rows(size) {
        for (std::size_t i = 0; i < size; ++i) ++start[group_of(i) + 1];
        for (std::size_t g = 0; g < count; ++g) start[g + 1] += start[g];
        std::vector<Index> next(start.begin(), start.end() - 1);
        for (std::size_t i = 0; i < size; ++i) rows[next[group_of(i)]++] = static_cast<Index>(i);
    }
    std::size_t count() const { return start.size() - 1; }
    std::span<const Index> of(std::size_t group) const {
        return std::span(rows).subspan(start[group], start[group + 1] - start[group]);
    }
};

// The place of a category in tables that also hold the rows without one: 0 is no category.
inline std::size_t slot(Code category) { return static_cast<std::size_t>(category + 1); }

// By counterparty; rows without one stand together by category, behind the counterparties.
inline Groups by_counterparty(const Ledger& ledger) {
    return {ledger.counterparties.size() + ledger.categories.size() + 1, ledger.size(), [&](std::size_t i) {
                const Code counterparty = ledger.counterparty[i];
                return counterparty >= 0 ? static_cast<std::size_t>(counterparty)
                                         : ledger.counterparties.size() + slot(ledger.category[i]);
            }};
}

inline Groups by_category(const Ledger& ledger) {
    return {ledger.categories.size() + 1, ledger.size(), [&](std::size_t i) { return slot(ledger.category[i]); }};
}

}  // namespace fin::ledger
