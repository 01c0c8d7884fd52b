// The score that orders risks across codes: within the band of its severity, how likely trouble is to follow. Rules
// decide whether a risk holds and how severe it is; the model (score_model.inc, docs/risk_model.md) only orders.
#pragma once
#include <array>
#include <span>
#include <vector>

#include "risk/picture.hpp"
#include "risk/risk.hpp"

namespace fin::risk {

// What the model reads: of the risk, then of the company. NaN where it is not known. The sign says how the chance of
// trouble may move while the value grows; 0 leaves it to the model.
struct ScoreFeature {
    const char* name;
    int sign;
};
inline constexpr std::array<ScoreFeature, 11> score_features = {{
    {"code", 0},             // its place in the taxonomy
    {"position", 1},         // how far past the line, 0..1 over all bands
    {"impact", 1},           // money at stake a month / usual expenses
    {"others", 1},           // other risks that hold
    {"margin_t6", -1},       // net margin, within [-2, 1]
    {"margin_change", -1},   // of T3 against the base
    {"revenue_change", -1},  // T3 / base - 1
    {"runway", -1},          // months at the mean burn of T3, at most 36
    {"buffer", -1},          // cash in months of usual expenses, within [-2, 24]
    {"season_ahead", -1},    // revenue of the six months that followed a year before / of the last six
    {"spread", 0},           // residual variation of revenue
}};
using ScoreRow = std::array<float, score_features.size()>;

// One row for each risk; their scores are those of judge().
std::vector<ScoreRow> score_rows(const Picture& picture, std::span<const Risk> risks);

// The chance that a company with such a risk loses a tenth of its revenue or runs out of cash within six months, as it
// is among the simulated companies that the model has learned from.
double chance_of_trouble(const ScoreRow& row);

struct Band {
    double from, to;
};
Band band_of(Severity severity);  // of the score; bands do not overlap, so a higher severity never scores lower

// Moves each score within its band: a quarter says how far the value is past the line, the rest the chance of trouble.
// Neither falls while the value worsens, all else equal.
void set_scores(const Picture& picture, std::span<Risk> risks);

}  // namespace fin::risk
