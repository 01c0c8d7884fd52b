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

// Smoothing parameters on the whole line: alpha in its bounds, beta below alpha, gamma below 1 - alpha, phi in its own.
struct Position {
    double alpha = 0, beta = 0, gamma = 0, phi = 0;  // logits of the places between the bounds
    EtsState state;
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

double logit_between(double x, double low, double high) {
    const double place = std::clamp((x - low) / (high - low), 1e-4, 1 - 1e-4);
    return std::log(place / (1 - place));
}

EtsSmoothing smoothing_at(const Position& at, const EtsLayout& layout) {
    EtsSmoothing p;
    p.alpha = kEtsLeast + (kEtsGreatest - kEtsLeast) * logistic(at.alpha);
    if (layout.beta >= 0) p.beta = kEtsLeast + (p.alpha - kEtsLeast) * logistic(at.beta);
    if (layout.gamma >= 0) p.gamma = kEtsLeast + std::max(1 - p.alpha - kEtsLeast, 0.0) * logistic(at.gamma);
    if (layout.phi >= 0) p.phi = kPhiLeast + (kPhiGreatest - kPhiLeast) * logistic(at.phi);
    return p;
}

// From derivatives by the parameters to derivatives by their logits. Rows of a matrix or entries of a vector.
template <class Rows>
void to_logits(Rows&& rows, const Position& at, const EtsLayout& layout) {
    const double a = logistic(at.alpha), b = logistic(at.beta), g = logistic(at.gamma), f = logistic(at.phi);
    const double alpha = kEtsLeast + (kEtsGreatest - kEtsLeast) * a;
    if (layout.beta >= 0) rows.row(layout.alpha) += b * rows.row(layout.beta);
    if (layout.gamma >= 0) rows.row(layout.alpha) -= g * rows.row(layout.gamma);
    rows.row(layout.alpha) *= (kEtsGreatest - kEtsLeast) * a * (1 - a);
    if (layout.beta >= 0) rows.row(layout.beta) *= (alpha - kEtsLeast) * b * (1 - b);
    if (layout.gamma >= 0) rows.row(layout.gamma) *= std::max(1 - alpha - kEtsLeast, 0.0) * g * (1 - g);
    if (layout.phi >= 0) rows.row(layout.phi) *= (kPhiGreatest - kPhiLeast) * f * (1 - f);
}

Position moved(const Position& from, const Eigen::VectorXd& step, const EtsLayout& layout) {
    Position to = from;
    // Far out the logistic curve is flat and a step means nothing; 12 is within 1e-5 of a bound.
    const auto move = [&step](double& x, int place) {
        if (place >= 0) x = std::clamp(x + std::clamp(step[place], -3.0, 3.0), -12.0, 12.0);
    };
    move(to.alpha, layout.alpha);
    move(to.beta, layout.beta);
    move(to.gamma, layout.gamma);
    move(to.phi, layout.phi);
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

    // Levenberg and Marquardt from `at`; returns the criterion reached.
    double descend(Position& at, double damping, int iterations) {
        double best = criterion(at);
        if (!std::isfinite(best)) return best;
        int small_gains = 0;
        for (int i = 0; i < iterations && small_gains < 2; ++i) {
            quadratic_model(at);
            bool better = false;
            double gain = 0;
            for (int attempt = 0; attempt < 10 && !better; ++attempt) {
                Eigen::MatrixXd damped = hessian_;
                damped.diagonal().array() +=
                    damping * hessian_.diagonal().array() + 1e-12 * hessian_.diagonal().maxCoeff();
                const Eigen::VectorXd step = damped.llt().solve(-gradient_);
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
        to_logits(derivatives_.jacobian, at, layout_);
        to_logits(derivatives_.log_gradient, at, layout_);
        const auto n = static_cast<double>(values_.size());
        const double weight = 2 * n / std::max(sums.squares, n * 1e-24);
        gradient_ = weight * (derivatives_.jacobian * derivatives_.errors) + 2 * derivatives_.log_gradient;
        hessian_.setZero(layout_.size, layout_.size);
        hessian_.selfadjointView<Eigen::Lower>().rankUpdate(derivatives_.jacobian, weight);
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

}  // namespace

EtsOptimum maximise_likelihood(const EtsForm& form, std::span<const double> values, int period) {
    Search search(form, values, period);
    const EtsState first = starting_state(form, values, period);
    struct Start {
        double alpha, beta_share, gamma_share, phi;
    };
    // Places between the bounds: a sluggish and a quick level, a fixed and a moving season.
    static constexpr std::array<Start, 3> starts = {
        {{0.1, 0.1, 0.05, 0.97}, {0.5, 0.05, 0.1, 0.9}, {0.85, 0.3, 0.5, 0.95}}};
    double best = std::numeric_limits<double>::infinity();
    Position optimum;
    for (const Start& start : starts) {
        Position at;
        at.alpha = logit_between(start.alpha, 0, 1);
        at.beta = logit_between(start.beta_share, 0, 1);
        at.gamma = logit_between(start.gamma_share, 0, 1);
        at.phi = logit_between(start.phi, kPhiLeast, kPhiGreatest);
        at.state = first;
        const double reached = search.descend(at, 1e-2, 60);
        if (reached < best) best = reached, optimum = at;
    }
    if (!std::isfinite(best))
        throw Error(ErrorCode::not_converged, "exponential smoothing cannot follow the series",
                    "no starting value keeps the predictions positive");
    EtsOptimum answer{smoothing_at(optimum, search.layout()), optimum.state, best};
    normalise(answer.state, form);
    return answer;
}

}  // namespace fin::forecast
