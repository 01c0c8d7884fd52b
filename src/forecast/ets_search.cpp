#include "forecast/ets_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "error.hpp"
#include "forecast/ets_admissible.hpp"
#include "forecast/ets_start.hpp"

namespace fin::forecast {

namespace {

constexpr int kTrialSteps = 4, kMostSteps = 60, kFinalists = 3;

// Smoothing parameters as places between their bounds, each in [0, 1]: beta is below alpha, gamma below 1 - alpha. In
// these coordinates the region is a box.
struct Position {
    double alpha = 0, beta = 0, gamma = 0, phi = 0;
    EtsState state;
};

EtsSmoothing smoothing_at(const Position& at, const EtsLayout& layout) {
    EtsSmoothing p;
    p.alpha = kEtsLeast + (kEtsGreatest - kEtsLeast) * at.alpha;
    if (layout.beta >= 0) p.beta = kEtsLeast + (p.alpha - kEtsLeast) * at.beta;
    if (layout.gamma >= 0) p.gamma = kEtsLeast + std::max(1 - p.alpha - kEtsLeast, 0.0) * at.gamma;
    if (layout.phi >= 0) p.phi = kPhiLeast + (kPhiGreatest - kPhiLeast) * at.phi;
    return p;
}

// From derivatives by the parameters to derivatives by their places. Rows of a matrix or entries of a vector.
template <class Rows>
void to_places(Rows& rows, const Position& at, const EtsLayout& layout) {
    const double alpha = kEtsLeast + (kEtsGreatest - kEtsLeast) * at.alpha;
    if (layout.beta >= 0) rows.row(layout.alpha) += at.beta * rows.row(layout.beta);
    if (layout.gamma >= 0) rows.row(layout.alpha) -= at.gamma * rows.row(layout.gamma);
    rows.row(layout.alpha) *= kEtsGreatest - kEtsLeast;
    if (layout.beta >= 0) rows.row(layout.beta) *= alpha - kEtsLeast;
    if (layout.gamma >= 0) rows.row(layout.gamma) *= std::max(1 - alpha - kEtsLeast, 0.0);
    if (layout.phi >= 0) rows.row(layout.phi) *= kPhiGreatest - kPhiLeast;
}

// The places in the order of the layout, where smoothing parameters come first.
std::array<double*, 4> places_of(Position& at, const EtsLayout& layout) {
    std::array<double*, 4> places{};
    const auto put = [&places](int index, double& place) {
        if (index >= 0) places[static_cast<std::size_t>(index)] = &place;
    };
    put(layout.alpha, at.alpha);
    put(layout.beta, at.beta);
    put(layout.gamma, at.gamma);
    put(layout.phi, at.phi);
    return places;
}

Position moved(const Position& from, const Eigen::VectorXd& step, const EtsLayout& layout) {
    Position to = from;
    const auto places = places_of(to, layout);
    for (std::size_t i = 0; i < places.size() && places[i] != nullptr; ++i)
        *places[i] = std::clamp(*places[i] + step[static_cast<Eigen::Index>(i)], 0.0, 1.0);
    if (layout.level >= 0) to.state.level += step[layout.level];
    if (layout.trend >= 0) to.state.trend += step[layout.trend];
    if (layout.season >= 0)
        for (int j = 0; j < layout.period; ++j) to.state.season[static_cast<std::size_t>(j)] += step[layout.season + j];
    return to;
}

class Search {
public:
    Search(const EtsForm& form, std::span<const double> values, int period)
        : layout_(form, form.season == EtsSeason::none ? 1 : period), values_(values) {}

    double criterion(const Position& at) const {
        const EtsSmoothing p = smoothing_at(at, layout_);
        if (layout_.season >= 0 && !admissible(p, layout_.period)) return std::numeric_limits<double>::infinity();
        EtsState state = at.state;
        return run(layout_.form, p, state, values_).criterion(values_.size());
    }

    // Levenberg and Marquardt from `at`, to go on with the damping it ends with; returns the criterion reached.
    double descend(Position& at, double& damping, int iterations) {
        double best = criterion(at);
        if (!std::isfinite(best)) return best;
        int small_gains = 0;
        for (int i = 0; i < iterations && small_gains < 2; ++i) {
            quadratic_model(at);
            bool better = false;
            double gain = 0;
            for (int attempt = 0; attempt < 10 && !better; ++attempt) {
                const Eigen::VectorXd step = step_within_bounds(at, damping);
                if (step.allFinite()) {
                    Position next = moved(at, step, layout_);
                    const double reached = criterion(next);
                    if (reached < best) {
                        gain = best - reached;
                        best = reached;
                        at = std::move(next);
                        better = true;
                        damping = std::max(damping / 8, 1e-7);
                        break;
                    }
                }
                damping *= 6;
            }
            if (!better) break;
            small_gains = gain < 1e-4 ? small_gains + 1 : 0;
        }
        return best;
    }

    const EtsLayout& layout() const { return layout_; }

private:
    // Gauss and Newton: the criterion n log(e'e) + 2 sum log f has gradient 2n J e / e'e + 2 sum df / f.
    void quadratic_model(const Position& at) {
        const EtsSums sums = run(layout_, smoothing_at(at, layout_), at.state, values_, derivatives_);
        to_places(derivatives_.jacobian, at, layout_);
        to_places(derivatives_.log_gradient, at, layout_);
        const auto n = static_cast<double>(values_.size());
        const double weight = 2 * n / std::max(sums.squares, n * 1e-24);
        gradient_ = weight * (derivatives_.jacobian * derivatives_.errors) + 2 * derivatives_.log_gradient;
        hessian_.setZero(layout_.size, layout_.size);
        hessian_.selfadjointView<Eigen::Lower>().rankUpdate(derivatives_.jacobian, weight);
    }

    // The minimum of the quadratic model in the box: a place that would leave it goes to its bound and the others are
    // solved for again. Clipping alone would crawl along the bounds, where many optima are.
    Eigen::VectorXd step_within_bounds(const Position& from, double damping) const {
        Position at = from;
        const auto places = places_of(at, layout_);
        Eigen::MatrixXd matrix = hessian_.selfadjointView<Eigen::Lower>();
        const double least = 1e-12 * matrix.diagonal().maxCoeff();
        matrix.diagonal() += damping * hessian_.diagonal();
        matrix.diagonal().array() += least;
        Eigen::VectorXd right = -gradient_, step;
        for (int round = 0; round < 5; ++round) {
            step = matrix.llt().solve(right);
            bool inside = true;
            for (std::size_t i = 0; i < places.size() && places[i] != nullptr; ++i) {
                const auto k = static_cast<Eigen::Index>(i);
                const double to = *places[i] + step[k];
                if (to >= -1e-12 && to <= 1 + 1e-12) continue;
                inside = false;
                const double allowed = std::clamp(to, 0.0, 1.0) - *places[i];
                right -= matrix.col(k) * allowed;
                matrix.col(k).setZero();
                matrix.row(k).setZero();
                matrix(k, k) = 1;
                right[k] = allowed;
            }
            if (inside) break;
        }
        return step;
    }

    EtsLayout layout_;
    std::span<const double> values_;
    EtsDerivatives derivatives_;
    Eigen::MatrixXd hessian_;
    Eigen::VectorXd gradient_;
};

void normalise(EtsState& state, const EtsForm& form) {
    if (form.season == EtsSeason::none) return;
    auto& season = state.season;
    const double middle = std::accumulate(season.begin(), season.end(), 0.0) / static_cast<double>(season.size());
    if (form.season == EtsSeason::additive) {
        state.level += middle;
        for (double& index : season) index -= middle;
    } else {
        state.level *= middle;
        state.trend *= middle;
        for (double& index : season) index /= middle;
    }
}

EtsSmoothing trial_smoothing(const EtsForm& form) {
    return {0.3, form.trend == EtsTrend::none ? 0 : 0.01, form.season == EtsSeason::none ? 0 : 0.05,
            form.trend == EtsTrend::damped ? 0.95 : 1};
}

// Forms for positive values need predictions above 0 from the first step on: weaken trend and season until they are.
EtsState possible_start(const EtsForm& form, std::span<const double> values, int period) {
    EtsState state = starting_state(form, values, period);
    const double neutral = form.season == EtsSeason::multiplicative ? 1 : 0;
    for (int attempt = 0; attempt < 20; ++attempt) {
        EtsState trial = state;
        if (run(form, trial_smoothing(form), trial, values).possible) break;
        state.trend /= 2;
        for (double& index : state.season) index = (index + neutral) / 2;
    }
    return state;
}

}  // namespace

EtsOptimum maximise_likelihood(const EtsForm& form, std::span<const double> values, int period) {
    Search search(form, values, period);
    struct Start {
        double alpha, beta_share, gamma_share, phi;
    };
    // Places between the bounds: sluggish and quick levels, fixed and moving trends and seasons.
    static constexpr std::array<Start, 10> starts = {{{0.02, 0.1, 0.05, 0.978},
                                                      {0.05, 0.02, 0.7, 0.9},
                                                      {0.1, 0.5, 0.02, 0.95},
                                                      {0.15, 0.95, 0.8, 0.9},
                                                      {0.3, 0.05, 0.3, 0.978},
                                                      {0.3, 0.02, 0.02, 0.85},
                                                      {0.5, 0.3, 0.05, 0.9},
                                                      {0.8, 0.02, 0.5, 0.978},
                                                      {0.9, 0.6, 0.1, 0.9},
                                                      {0.95, 0.02, 0.02, 0.978}}};
    const EtsState first = possible_start(form, values, period);
    struct Tried {
        double reached;
        Position at;
        double damping;
    };
    std::vector<Tried> tried;
    for (const Start& start : starts) {
        Tried one{0, {}, 1e-2};
        one.at = {start.alpha, start.beta_share, start.gamma_share,
                  (start.phi - kPhiLeast) / (kPhiGreatest - kPhiLeast), first};
        one.reached = search.descend(one.at, one.damping, kTrialSteps);
        tried.push_back(std::move(one));
    }
    // A few steps tell which starts are in a good valley; only the best go down to the bottom.
    std::ranges::stable_sort(tried, {}, &Tried::reached);
    double best = std::numeric_limits<double>::infinity();
    Position optimum;
    for (int i = 0; i < kFinalists; ++i) {
        const double reached = search.descend(tried[static_cast<std::size_t>(i)].at,
                                              tried[static_cast<std::size_t>(i)].damping, kMostSteps);
        if (reached < best) best = reached, optimum = tried[static_cast<std::size_t>(i)].at;
    }
    if (!std::isfinite(best))
        throw Error(ErrorCode::not_converged, "exponential smoothing cannot follow the series",
                    "no starting value keeps the predictions positive");
    EtsOptimum answer{smoothing_at(optimum, search.layout()), optimum.state, best};
    normalise(answer.state, form);
    return answer;
}

}  // namespace fin::forecast
