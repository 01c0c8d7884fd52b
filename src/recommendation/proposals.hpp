// What can be proposed against each risk.
#pragma once
#include <string>
#include <vector>

#include "recommendation/levers.hpp"
#include "risk/picture.hpp"
#include "risk/risk.hpp"

namespace fin::recommendation {

struct Proposal {
    std::string lever;
    std::string target;  // what the lever works on: a category, a supplier; empty: the company
    std::string action_en, action_ru;
    Effect effect;
};

// Levels that proposals are computed from: averages a month over the next six months of the forecast, which are T3's
// moved by what the forecast expects; T3's where no forecast was made.
struct Levels {
    explicit Levels(const risk::Picture& picture);

    bool from_forecast = false;
    double revenue_ahead = 1, expenses_ahead = 1;  // forecast / T3, between a half and two

    double revenue = 0, expenses = 0, purchases = 0;  // purchases: cogs and opex
    double payroll_growth = 0;                        // a month, from the three months before T3 to T3
    double margin = 0;                                // of revenue after cost of goods, 0..1
    double cash = 0;                                  // 0 where unknown
    PayerHistory payers;
};

// At least one proposal for every code, the most fitting first.
std::vector<Proposal> proposals_for(const risk::Risk& risk, const risk::Picture& picture, const Levels& levels);

// Small subscriptions that run on for a year and more: worth a look, not urgent.
std::vector<Proposal> opportunities(const risk::Picture& picture, const Levels& levels);

}  // namespace fin::recommendation
