// Which risks of the taxonomy (section 3) hold by the plan's figures. Written from the taxonomy alone, on sums that no
// chance has touched; what lies close to a line, or turns with how a season is treated, is left out of the count.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "plan.hpp"

namespace fin::quality {

namespace {

using ledger::Kind;
using Months = std::vector<double>;

double mean(const Months& values, int from, int to) {
    double sum = 0;
    for (int m = std::max(0, from); m < to; ++m) sum += values[static_cast<std::size_t>(m)];
    return sum / std::max(1, to - std::max(0, from));
}

double median(Months values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// Straight line through the months from..to: slope over mean, and spread around it over mean.
struct Trend {
    double slope = 0, spread = 0;
};
Trend trend_of(const Months& values, int from, int to) {
    const int count = to - from;
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (int i = 0; i < count; ++i) {
        const double y = values[static_cast<std::size_t>(from + i)];
        sx += i, sy += y, sxx += i * i, sxy += i * y;
    }
    const double slope = (count * sxy - sx * sy) / (count * sxx - sx * sx), level = (sy - slope * sx) / count;
    double rest = 0;
    for (int i = 0; i < count; ++i) rest += std::pow(values[static_cast<std::size_t>(from + i)] - level - slope * i, 2);
    return {slope / (sy / count), std::sqrt(rest / (count - 2)) / (sy / count)};
}

Holds when(double value, double no_up_to, double yes_from) {
    return value >= yes_from ? Holds::yes : value <= no_up_to ? Holds::no : Holds::unclear;
}
Holds agree(Holds a, Holds b) { return a == b ? a : Holds::unclear; }
Holds both(Holds a, Holds b) {
    if (a == Holds::no || b == Holds::no) return Holds::no;
    return a == Holds::yes && b == Holds::yes ? Holds::yes : Holds::unclear;
}

class Truth {
public:
    explicit Truth(Company& company) : company_(company), n_(company.months) {
        const auto empty = Months(static_cast<std::size_t>(n_));
        revenue_ = cost_ = payroll_ = tax_ = out_ = empty;
        for (const auto& stream : company.streams) {
            const Months plan = spread(stream);
            for (std::size_t m = 0; m < plan.size(); ++m)
                add(stream.kind, stream.category, stream.counterparty, m, plan[m]);
        }
        for (const auto& extra : company.extras)
            add(extra.kind, extra.category, extra.counterparty, static_cast<std::size_t>(extra.month), extra.amount);
        net_ = burn_ = empty;
        plain_ = revenue_;
        for (std::size_t m = 0; m < net_.size(); ++m) {
            net_[m] = revenue_[m] - cost_[m] - tax_[m];
            burn_[m] = -net_[m] + out_[m];
            plain_[m] /= company.season[m];
        }
        double cash = company.opening.value_or(0);
        for (const auto& row : company.rows) cash += row.amount.value();
        cash_ = cash;
        seasonal_ = n_ >= 15 && company.season_swing > 0.06;
    }

    void judge() {
        auto& holds = company_.risks;
        holds["liquidity"] = liquidity();
        holds["negative_cash"] = negative_cash();
        holds["burn_acceleration"] = burn_acceleration();
        holds["revenue_decline"] = revenue_decline();
        holds["margin_erosion"] = margin_erosion();
        holds["expense_surge"] = expense_surge();
        holds["customer_concentration"] = largest(by_customer_, revenue_, 0.29, 0.375);
        holds["supplier_concentration"] = suppliers();
        holds["revenue_volatility"] = volatility();
        holds["unprofitable"] = when(-margin(n_ - 6, n_), 0.008, 0.055);
        holds["payroll_burden"] = when(mean(payroll_, n_ - 6, n_) / mean(revenue_, n_ - 6, n_), 0.50, 0.59);
        holds["tax_gap"] = tax_gap();
        holds["seasonal_dependency"] = seasonal_dependency();
        holds["lost_customer"] = lost_customer();
        holds["data_quality"] = uncategorised();
    }

private:
    void add(Kind kind, const std::string& category, const std::string& counterparty, std::size_t month,
             double amount) {
        const auto to = [&](std::map<std::string, Months>& map, const std::string& name) {
            auto& months = map[name];
            months.resize(static_cast<std::size_t>(n_));
            months[month] += amount;
        };
        if (kind == Kind::revenue) revenue_[month] += amount, to(by_customer_, counterparty);
        if (kind == Kind::cogs || kind == Kind::opex || kind == Kind::payroll)
            cost_[month] += amount, to(by_category_, category);
        if (kind == Kind::payroll) payroll_[month] += amount;
        if (kind == Kind::tax || kind == Kind::interest) tax_[month] += amount;
        if (kind == Kind::capex) out_[month] += amount;
        if (kind == Kind::cogs || kind == Kind::opex || kind == Kind::capex || kind == Kind::interest)
            to(by_supplier_, counterparty);
    }

    // A payment once a year is spread over its year.
    static Months spread(const Stream& stream) {
        Months plan = stream.plan;
        std::size_t first = plan.size(), second = plan.size();
        for (std::size_t m = 0; m < plan.size(); ++m)
            if (plan[m] > 0) (first == plan.size() ? first : second == plan.size() ? second : m) = m;
        if (second != plan.size() ? second - first != 12 : first == plan.size() || stream.kind != Kind::opex)
            return plan;
        const double part = plan[first] / 12;
        std::fill(plan.begin(), plan.end(), part);
        return plan;
    }

    double margin(int from, int to) const { return mean(net_, from, to) / mean(revenue_, from, to); }
    double operating(int from, int to) const { return 1 - mean(cost_, from, to) / mean(revenue_, from, to); }

    // Chance moves a month's burn by some percent of its turnover; what turns within that is not clear.
    double noise() const { return 0.025 * mean(revenue_, n_ - 3, n_); }

    Holds liquidity() const {
        if (!company_.opening) return Holds::no;
        const double burn = median({burn_.end() - 3, burn_.end()});
        const auto low = [&](double out) { return out > 0 && cash_ / out < 9; };
        const double more = std::max(burn * 1.1, burn + noise()), less = std::min(burn * 0.9, burn - noise());
        return low(more) == low(less) ? (low(burn) ? Holds::yes : Holds::no) : Holds::unclear;
    }

    Holds negative_cash() const {
        if (!company_.opening) return Holds::no;
        if (cash_ < 0) return cash_ < -noise() ? Holds::yes : Holds::unclear;
        // Without a forecast: what the last months, the last half year and the same months a year before would do.
        bool all = true, any = false;
        for (const double out : {mean(burn_, n_ - 3, n_), mean(burn_, n_ - 6, n_),
                                 mean(burn_, std::max(0, n_ - 12), std::max(1, n_ - 6))}) {
            all = all && cash_ - 4.5 * (out - noise()) < 0;
            any = any || cash_ - 8 * (out + 2 * noise()) < 0;
        }
        double worst = cash_;  // also a month by month walk along the last year
        for (int m = std::max(0, n_ - 12), i = 0; m < n_ && i < 7; ++m, ++i)
            worst = std::min(worst, cash_ - 2 * burn_[static_cast<std::size_t>(m)]);
        any = any || worst < 0;
        return all ? Holds::yes : any ? Holds::unclear : Holds::no;
    }

    Holds burn_acceleration() const {
        if (n_ < 6) return Holds::no;
        const auto holds_at = [&](double now, double before) {
            const double rise = now - std::max(0.0, before), least = 0.05 * mean(revenue_, n_ - 3, n_);
            return now > 0 && rise >= least && (before <= 0 || now >= 1.4 * before);
        };
        const auto against = [&](double before) {
            const double now = mean(burn_, n_ - 3, n_), off = 0.8 * noise();
            const bool worst = holds_at(now + off, before - off), best = holds_at(now - off, before + off);
            return worst == best ? (best ? Holds::yes : Holds::no) : Holds::unclear;
        };
        const Holds three = against(mean(burn_, n_ - 6, n_ - 3));
        return seasonal_ ? agree(three, against(mean(burn_, n_ - 15, n_ - 12))) : three;
    }

    Holds revenue_decline() const {
        if (n_ < 15) return Holds::no;
        const double change = mean(revenue_, n_ - 3, n_) / mean(revenue_, n_ - 15, n_ - 12) - 1;
        const auto by = [&](const Months& values) {
            return both(when(-trend_of(values, n_ - 9, n_).slope, 0.008, 0.022), when(-change, -0.03, 0.03));
        };
        // Shocks and a season together: what is left of the trend depends on how they are told apart.
        return seasonal_ ? agree(by(revenue_), by(plain_)) : by(plain_);
    }

    Holds margin_erosion() const {
        if (n_ < 6) return Holds::no;
        const double now = operating(n_ - 3, n_);
        const Holds plain = when(operating(n_ - 15, n_ - 3) - now, 0.05, 0.10);
        return seasonal_ ? agree(plain, when(operating(n_ - 15, n_ - 12) - now, 0.05, 0.10)) : plain;
    }

    Holds expense_surge() const {
        if (n_ < 6) return Holds::no;
        const double spent = mean(cost_, n_ - 3, n_);
        Holds result = Holds::no;
        for (const auto& entry : by_category_) {
            const std::string& category = entry.first;
            const Months& months = entry.second;
            const double now = mean(months, n_ - 3, n_), share = now / spent;
            if (category.empty() || share < 0.04) continue;
            const auto against = [&](int from, int to) {
                const double before = mean(months, from, to);
                const double grown = mean(revenue_, n_ - 3, n_) / mean(revenue_, from, to);
                if (before <= 0) return Holds::unclear;
                const Holds all = when(now / before, 1.3, 1.75);
                // Beyond what revenue explains, where it explains something.
                return all == Holds::yes && grown > 1.15 ? when(now / before / grown, 1.3, 1.75) : all;
            };
            Holds one = against(n_ - 15, n_ - 3);
            if (seasonal_) one = agree(one, against(n_ - 15, n_ - 12));
            if (one == Holds::yes && share < 0.06) one = Holds::unclear;
            if (one == Holds::yes) return Holds::yes;
            if (one == Holds::unclear) result = Holds::unclear;
        }
        return result;
    }

    static bool collects(const std::string& name) {
        for (const char* word : {"Stripe", "PayPal", "SumUp", "Adyen", "Worldpay", "Эквайринг", "ЮKassa",
                                 "CloudPayments", "Amazon", "eBay", "Etsy", "Wildberries", "Ozon"})
            if (name == word) return true;
        return false;
    }

    Holds largest(const std::map<std::string, Months>& parties, const Months& of, double no, double yes) const {
        double most = 0;
        for (const auto& [name, months] : parties)
            if (!collects(name)) most = std::max(most, mean(months, n_ - 12, n_) / mean(of, n_ - 12, n_));
        return when(most, no, yes);
    }
    Holds suppliers() const {
        Months all(static_cast<std::size_t>(n_));
        for (const auto& [name, months] : by_supplier_)
            for (std::size_t m = 0; m < all.size(); ++m) all[m] += months[m];
        return largest(by_supplier_, all, 0.345, 0.45);
    }

    Holds volatility() const {
        if (n_ < 12) return Holds::no;
        const int from = std::max(0, n_ - 24);
        const auto by = [&](const Months& values) { return when(trend_of(values, from, n_).spread, 0.20, 0.30); };
        return company_.season_swing > 0.06 ? agree(by(revenue_), by(plain_)) : by(plain_);
    }

    Holds tax_gap() const {
        int missed = 0;
        for (const auto& stream : company_.streams) {
            if (stream.kind != Kind::tax || stream.plan.front() <= 0 || stream.plan[1] <= 0) continue;
            for (std::size_t m = stream.plan.size(); m-- > 0 && stream.plan[m] <= 0;) ++missed;
        }
        return missed >= 2 ? Holds::yes : missed == 1 ? Holds::unclear : Holds::no;
    }

    Holds seasonal_dependency() const {
        if (n_ < 24) return Holds::no;
        const auto share = [&](int from, bool least) {
            std::vector<std::pair<double, int>> order;
            const double now = mean(revenue_, n_ - 12, n_) * 12, before = mean(revenue_, n_ - 24, n_ - 12) * 12;
            for (int i = 0; i < 12; ++i)
                order.emplace_back(revenue_[static_cast<std::size_t>(n_ - 12 + i)] / now +
                                       revenue_[static_cast<std::size_t>(n_ - 24 + i)] / before,
                                   i);
            std::sort(order.rbegin(), order.rend());
            double sum = 0;
            for (int i = 0; i < 3; ++i)
                sum += revenue_[static_cast<std::size_t>(from + order[static_cast<std::size_t>(i)].second)];
            return sum / (least ? now : before);
        };
        return when(std::min(share(n_ - 12, true), share(n_ - 24, false)), 0.46, 0.54);
    }

    Holds lost_customer() const {
        Holds result = Holds::no;
        const double all = mean(revenue_, n_ - 15, n_ - 3);
        for (const auto& [name, months] : by_customer_) {
            if (mean(months, n_ - 3, n_) > 0 || collects(name)) continue;
            int active = 0;
            for (int m = std::max(0, n_ - 15); m < n_ - 3; ++m) active += months[static_cast<std::size_t>(m)] > 0;
            const Holds one = both(when(mean(months, n_ - 15, n_ - 3) / all, 0.08, 0.12), when(active, 4, 7));
            if (one == Holds::yes) return one;
            if (one == Holds::unclear) result = one;
        }
        return result;
    }

    Holds uncategorised() const {
        double all = 0, without = 0;
        for (const auto& stream : company_.streams) {
            const double size = std::accumulate(stream.plan.begin(), stream.plan.end(), 0.0);
            all += size;
            if (stream.category.empty()) without += size;
        }
        return when(without / all, 0.165, 0.24);
    }

    Company& company_;
    int n_;
    Months revenue_, plain_, cost_, payroll_, tax_, out_, net_, burn_;
    std::map<std::string, Months> by_customer_, by_supplier_, by_category_;
    double cash_ = 0;
    bool seasonal_ = false;
};

}  // namespace

void judge_plan(Company& company) { Truth(company).judge(); }

// Money in what was planted in the last six months, beside what that time cost.
void judge_planted(Company& company) {
    const ledger::Day from = ledger::first_day(company.first + company.months - std::min(6, company.months));
    double twice = 0, suspicious = 0;
    for (const auto& row : company.rows) {
        if (!row.planted || row.day < from) continue;
        const double size = std::abs(row.amount.value());
        switch (*row.planted) {
            case anomaly::Kind::duplicate: twice += size; break;
            case anomaly::Kind::split_payment:
            case anomaly::Kind::new_counterparty:
            case anomaly::Kind::sign_error: suspicious += size; break;
            default: break;
        }
    }
    const double spent = 6 * company.month_expenses;
    company.risks["duplicate_payments"] = when(twice / spent, 0.008, 0.0125);
    company.risks["suspicious_payments"] = when(suspicious / spent, 0.008, 0.0125);
}

}  // namespace fin::quality
