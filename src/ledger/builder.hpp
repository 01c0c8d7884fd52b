// Builds the ledger of the main currency from rows in any order.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "interrupt.hpp"
#include "ledger/ledger.hpp"

namespace fin::ledger {

struct LeftOut {
    std::string currency;
    std::size_t rows = 0;
    Money turnover;  // sum of absolute amounts, in that currency
};

struct Built {
    Ledger ledger;
    std::vector<LeftOut> left_out;  // currencies that are in no figure, largest turnover first
};

class Builder {
public:
    // rates: units of `main_currency` for one unit of the key. With rates, rows of those currencies are converted and
    // main_currency is the ledger's; without, the ledger's currency is the one with the largest turnover.
    // opening: cash before the first row; overrides what a balance column says.
    explicit Builder(std::optional<std::string> main_currency = {}, std::map<std::string, double> rates = {},
                     std::optional<Money> opening = {});
    ~Builder();
    Builder(const Builder&) = delete;
    Builder& operator=(const Builder&) = delete;

    void add(const Row& row);  // copies what it needs
    // Consumes the builder. Deterministic: the order in which rows were added does not matter.
    Built build(const InterruptCheck& check = never_interrupted);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fin::ledger
