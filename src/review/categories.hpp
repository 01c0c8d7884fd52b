// Asking a model for the categories of merchants: what leaves, and what its answer may be.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "review/prompt.hpp"

namespace fin::review {

struct Merchant {
    std::string key;           // payee_key of the counterparty
    std::string counterparty;  // as first written
    bool inflow = false;
    int rows = 0;
    double median_amount = 0;  // absolute
};

inline constexpr std::size_t most_merchants = 40;  // in one question

// Whether the merchant's text may leave: it names no person, account or address, and is not too long to be a name.
bool may_leave(const Merchant& merchant);

// Merchants and categories by ids; amounts only as small, medium or large beside `usual`.
Ask ask_for_categories(const std::vector<Merchant>& merchants, const std::vector<std::string>& categories,
                       double usual);

// For each merchant the category it named; nullopt where it did not know. Anything but the ids asked for,
// Error{bad_data}.
std::vector<std::optional<std::string>> read_categories(const nlohmann::json& answer, std::size_t merchants,
                                                        const std::vector<std::string>& categories);

}  // namespace fin::review
