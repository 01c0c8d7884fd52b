// Companies of many shapes: who pays them, whom they pay, how it grows and turns with the seasons.
#include <algorithm>
#include <array>
#include <numeric>

#include "plan.hpp"

namespace fin::quality {

namespace {

using ledger::Kind;

struct Shape {
    const char* name;
    const char* revenue;  // key of the category
    double till;          // share of revenue that comes through a processor, a till or a marketplace
    int till_rows;        // a month
    int customers;        // named ones
    bool equal;           // of a price list
    const char* cogs;     // key of the category
    double cogs_share, payroll_share, opex_share;  // of revenue
    double swing;                                  // of the season
    bool weekends;                                 // open on them
    int small_rows;                                // of running costs a month
};
constexpr std::array shapes = {
    Shape{"saas", "subscriptions", 0.45, 22, 40, true, "hosting", 0.14, 0.44, 0.26, 0.02, false, 14},
    Shape{"cafe", "sales", 0.96, 30, 2, false, "goods", 0.34, 0.30, 0.20, 0.08, true, 25},
    Shape{"shop", "sales", 0.92, 30, 3, false, "goods", 0.52, 0.17, 0.16, 0.18, true, 18},
    Shape{"consultancy", "services", 0, 0, 9, false, "subcontract", 0.14, 0.46, 0.22, 0.04, false, 16},
    Shape{"manufacturer", "sales", 0, 0, 14, false, "materials", 0.46, 0.24, 0.14, 0.06, false, 26},
    Shape{"non-profit", "donations", 0.5, 20, 8, false, "subcontract", 0.16, 0.42, 0.28, 0.10, false, 14},
    Shape{"agency", "services", 0, 0, 8, false, "subcontract", 0.26, 0.40, 0.20, 0.05, false, 18},
    Shape{"builder", "services", 0, 0, 7, false, "materials", 0.42, 0.28, 0.14, 0.16, false, 30},
    Shape{"clinic", "services", 0.75, 26, 5, false, "materials", 0.16, 0.45, 0.24, 0.05, false, 20},
    Shape{"marketplace seller", "sales", 0.97, 9, 1, false, "goods", 0.55, 0.10, 0.18, 0.22, true, 12},
    Shape{"wholesaler", "sales", 0, 0, 24, false, "goods", 0.66, 0.13, 0.09, 0.10, false, 22},
    Shape{"school", "services", 0.25, 12, 28, true, "materials", 0.08, 0.50, 0.28, 0.04, false, 12},
    Shape{"hotel", "sales", 0.9, 30, 3, false, "goods", 0.18, 0.34, 0.30, 0.28, true, 26},
    Shape{"carrier", "services", 0, 0, 10, false, "subcontract", 0.40, 0.26, 0.18, 0.06, false, 34},
};

const std::vector<std::string> processors = {"Stripe", "PayPal", "SumUp", "Adyen", "Worldpay"};
const std::vector<std::string> processors_ru = {"Эквайринг", "ЮKassa", "CloudPayments"};
const std::vector<std::string> marketplaces = {"Amazon", "eBay", "Etsy"};
const std::vector<std::string> marketplaces_ru = {"Wildberries", "Ozon"};

class Maker {
public:
    Maker(Company& company, const Shape& shape, Chance& chance)
        : company_(company), shape_(shape), chance_(chance), names_(chance, company.russian) {}

    void make(bool risky, bool shifts) {
        noise_ = chance_.one_of(std::vector<double>{0.5, 1, 1, 1.6});
        busy_ = chance_.one_of(std::vector<double>{0.2, 0.4, 0.7, 1});
        base_ = std::exp(chance_.between(std::log(9'000), std::log(400'000))) * scale_;
        draw_season(risky);
        add_revenue();
        add_goods();
        add_people();
        add_running_costs();
        add_taxes_and_loans();
        if (risky) plan_risks();
        if (shifts) plan_shift();
        if (needs_opening_ || chance_.happens(0.8)) company_.opening = opening_;
        company_.level = level_;
        for (auto& stream : company_.streams) {
            stream.spread *= noise_, stream.wobble *= noise_;
            // Fewer and larger payments, where they are not one a month by their nature.
            if (!stream.weekly && stream.rows_per_month > 2)
                stream.rows_per_month = std::max(1.5, stream.rows_per_month * busy_);
        }
    }

    void in_currency(double scale, double whole) { scale_ = scale, whole_ = whole; }

private:
    int n() const { return company_.months; }
    std::size_t at(int month) const { return static_cast<std::size_t>(month); }
    std::string word(const char* key) const { return category_named(key, company_.russian); }
    double revenue(int month) const { return base_ * level_[at(month)] * company_.season[at(month)]; }
    double base_ = 0, scale_ = 1, whole_ = 0, opening_ = 0, noise_ = 1, busy_ = 1;

    Stream& add(const char* category, Kind kind, const std::string& counterparty) {
        Stream stream;
        stream.category = word(category), stream.kind = kind, stream.counterparty = counterparty;
        stream.plan.assign(at(n()), 0.0);
        stream.weekends = shape_.weekends;
        stream.whole = whole_;
        company_.streams.push_back(stream);
        return company_.streams.back();
    }
    template <class F>
    static void fill(Stream& stream, F of_month) {
        for (std::size_t m = 0; m < stream.plan.size(); ++m) stream.plan[m] = of_month(static_cast<int>(m));
    }

    // Which risks are planned shapes the revenue from the start: a season, shocks, a fall.
    void draw_season(bool risky) {
        company_.season.assign(at(n()), 1.0);
        double swing = shape_.swing * chance_.between(0.5, 1.3);
        const int peak = chance_.whole(0, 11);
        const bool dependent = risky && n() >= 24 && chance_.happens(0.07);
        for (int m = 0; m < n(); ++m) {
            const int month = static_cast<int>(ledger::month_in_year(company_.first + m)) - 1;
            const int away = std::min((month - peak + 12) % 12, (peak - month + 12) % 12);
            double factor = 1 + swing * std::cos(6.283185307179586 * (month - peak) / 12.0);
            if (dependent) factor = away <= 1 ? 2.55 : 0.48;
            company_.season[at(m)] = factor;
        }
        company_.season_swing = dependent ? 1.5 : swing;
        const double growth = std::pow(1 + chance_.between(-0.05, 0.28), 1.0 / 12) - 1;
        level_.assign(at(n()), 1.0);
        for (int m = 1; m < n(); ++m) level_[at(m)] = level_[at(m - 1)] * (1 + growth);
        double shock = chance_.between(0.01, 0.05);
        if (risky && n() >= 12 && chance_.happens(0.12))
            shock = chance_.happens(0.65) ? chance_.between(0.36, 0.62) : chance_.between(0.12, 0.17);
        for (auto& value : level_) value *= std::max(0.12, 1 + shock * chance_.normal());
        if (risky && n() >= 15 && chance_.happens(0.16)) {
            const double fall = chance_.happens(0.7) ? chance_.between(0.026, 0.055) : chance_.between(0.004, 0.009);
            double factor = 1;
            for (int m = n() - 9; m < n(); ++m)
                level_[at(m)] = level_[at(n() - 10)] * (factor *= 1 - fall) * (1 + 0.01 * chance_.normal());
        }
    }

    void add_revenue() {
        double till = shape_.till;
        int customers = std::max(1, static_cast<int>(shape_.customers * chance_.between(0.8, 1.4)));
        if (till > 0) {
            const bool market = std::string(shape_.name) == "marketplace seller";
            const auto& list = market ? (company_.russian ? marketplaces_ru : marketplaces)
                                      : (company_.russian ? processors_ru : processors);
            const int count = chance_.whole(1, 2);
            const std::size_t from = chance_.index(list.size());
            for (int i = 0; i < count; ++i) {
                auto& stream =
                    add(shape_.revenue, Kind::revenue, list[(from + static_cast<std::size_t>(i)) % list.size()]);
                const double share = till * (count == 1 ? 1 : i == 0 ? 0.7 : 0.3);
                fill(stream, [&](int m) { return revenue(m) * share; });
                stream.rows_per_month = shape_.till_rows * chance_.between(0.8, 1.3) * (i == 0 ? 1 : 0.5);
                stream.spread = chance_.between(0.15, 0.4), stream.wobble = 0.02;
            }
        }
        // A few large ones and many small; none near a third unless it is planned.
        std::vector<double> weight(at(customers));
        for (int i = 0; i < customers; ++i) weight[at(i)] = 1 / (2.0 + i);
        const double total = std::accumulate(weight.begin(), weight.end(), 0.0);
        const double cap = customers >= 6 ? 0.24 : 0.28;
        for (auto& one : weight) one = std::min(cap / std::max(0.05, 1 - till), one / total);
        const double capped = std::accumulate(weight.begin(), weight.end(), 0.0);
        for (int i = 0; i < customers; ++i) {
            auto& stream = add(shape_.revenue, Kind::revenue, names_.party());
            customers_.push_back(company_.streams.size() - 1);
            const double share = (1 - till) * weight[at(i)] / capped;
            stream.spread = shape_.equal ? 0 : chance_.between(0.05, 0.25);
            stream.wobble = shape_.equal ? 0 : 0.03;
            stream.rows_per_month = shape_.equal ? 1 : chance_.whole(1, 3);
            // Some pay on their day, some when they please.
            stream.day = shape_.equal || chance_.happens(0.5) ? chance_.whole(1, 27) : 0, stream.weekends = false;
            // A price list holds for years; others follow the revenue.
            const double price = base_ * share;
            fill(stream, [&](int m) { return shape_.equal ? price * step_of(m) : revenue(m) * share; });
        }
    }
    // Price lists move at the turn of the year, by what revenue then is (shocks do not touch them).
    double step_of(int month) const {
        double level = 1;
        for (int m = 1; m <= month; ++m)
            if (ledger::month_in_year(company_.first + m) == 1) level = level_[at(m)];
        return level;
    }

    void add_goods() {
        const int suppliers = chance_.whole(4, 7);
        std::vector<double> weight(at(suppliers));
        for (auto& one : weight) one = chance_.between(0.6, 1.5);
        const double total = std::accumulate(weight.begin(), weight.end(), 0.0);
        for (int i = 0; i < suppliers; ++i) {
            auto& stream = add(shape_.cogs, Kind::cogs, names_.party());
            suppliers_.push_back(company_.streams.size() - 1);
            const double share = shape_.cogs_share * weight[at(i)] / total;
            stream.follows_revenue = true;
            stream.rows_per_month = chance_.between(1.5, shape_.weekends ? 10 : 5);
            stream.spread = chance_.between(0.15, 0.5), stream.wobble = 0.04;
            fill(stream, [&](int m) { return revenue(m) * share; });
            // One delivers every week for the same price, two invoices at once.
            if (i == 0 && chance_.happens(0.25))
                stream.spread = 0, stream.wobble = 0, stream.weekly = true, stream.twice = true,
                stream.rows_per_month = 8, fill(stream, [&](int m) { return base_ * share * step_of(m); });
        }
        // A supplier under contract takes over from another.
        if (suppliers > 4 && n() >= 15 && chance_.happens(0.3)) {
            const std::size_t old = suppliers_.back();
            const int from = chance_.whole(6, n() - 6);
            auto& fresh = add(shape_.cogs, Kind::cogs, names_.party());
            auto& left = company_.streams[old];
            fresh.rows_per_month = 1, fresh.day = chance_.whole(3, 26), fresh.spread = 0.06, fresh.wobble = 0.03;
            fresh.follows_revenue = true;
            for (int m = from; m < n(); ++m) std::swap(fresh.plan[at(m)], left.plan[at(m)]);
        }
    }

    void add_people() {
        const double payroll = base_ * shape_.payroll_share;
        const int people = std::clamp(static_cast<int>(payroll / scale_ / chance_.between(2200, 5200)), 2, 30);
        const bool in_two = company_.russian ? chance_.happens(0.7) : chance_.happens(0.1);
        const bool weekly = !in_two && shape_.weekends && chance_.happens(0.3);
        std::vector<double> share(at(people));
        for (auto& one : share) one = chance_.between(0.6, 1.7);
        const double total = std::accumulate(share.begin(), share.end(), 0.0);
        const int day = chance_.whole(23, 28);
        for (int i = 0; i < people; ++i) {
            auto& stream = add("salaries", Kind::payroll, names_.person());
            people_.push_back(company_.streams.size() - 1);
            stream.rows_per_month = weekly ? 4 : in_two ? 2 : 1;
            stream.weekly = weekly || in_two;
            stream.day = day, stream.weekends = false;
            stream.spread = weekly ? 0.08 : 0, stream.wobble = weekly ? 0.03 : 0;
            const double salary = payroll * share[at(i)] / total;
            fill(stream, [&](int m) { return salary * yearly(m); });
        }
    }
    // Wages and rents move once a year, with the growth of the plan.
    double yearly(int month) const {
        double level = 1;
        for (int m = 12; m <= month; m += 12) {
            const double then = std::accumulate(level_.begin() + m - 12, level_.begin() + m, 0.0) / 12;
            level = std::clamp(then * 1.04, 1.0, 1.9);
        }
        return level;
    }

    void add_running_costs() {
        const double opex = base_ * shape_.opex_share;
        const auto fixed = [&](const char* key, double share, int every = 1) -> Stream& {
            auto& stream = add(key, Kind::opex, names_.party());
            stream.day = chance_.whole(1, 27), stream.weekends = false;
            const double amount = opex * share;
            const int phase = chance_.whole(0, every - 1);
            fill(stream, [&](int m) { return m % every == phase ? amount * every * yearly(m) : 0.0; });
            return stream;
        };
        const auto loose = [&](const char* key, double share, double rows, double spread) -> Stream& {
            auto& stream = add(key, Kind::opex, names_.party());
            stream.rows_per_month = rows, stream.spread = spread, stream.wobble = 0.08;
            fill(stream, [&](int) { return opex * share; });
            return stream;
        };
        fixed("rent", 0.26);
        const int programs = chance_.whole(3, 7);
        for (int i = 0; i < programs; ++i)
            fixed("software", 0.09 / programs * chance_.between(0.5, 1.6)).twice = chance_.happens(0.2);
        fixed("telecom", 0.02);
        fixed("accounting", 0.05);
        fixed("insurance", 0.03, 12);
        if (chance_.happens(0.5)) fixed("legal", 0.03, 3);
        if (chance_.happens(0.5)) fixed("cleaning", 0.03).rows_per_month = 4;
        auto& power = loose("utilities", 0.07, 1, 0);
        power.day = chance_.whole(5, 25), power.wobble = 0.05;
        for (int m = 0; m < n(); ++m)
            power.plan[at(m)] *=
                1 + 0.3 * std::cos(0.5235987755982988 * (ledger::month_in_year(company_.first + m) - 1.0));
        ads_ = company_.streams.size();
        loose("marketing", 0.14, chance_.between(2, 5), 0.3);
        for (int i = 0; i < 4; ++i) loose("travel", 0.02, 1.2, 0.7);
        for (int i = 0; i < 3; ++i) loose("office", 0.015, shape_.small_rows / 7.0, 0.7);
        for (int i = 0; i < 2; ++i) loose("delivery", 0.03, shape_.small_rows / 4.0, 0.4);
        loose("repairs", 0.05, 1.5, 0.6);
        auto& bank = loose("bank", 0.01, 6, 0.9);
        bank.weekends = true;
        if (chance_.happens(0.5)) {
            // A store for everything: the same counterparty in several categories.
            const std::string store = names_.party();
            for (const char* key : {"office", "repairs", "training"}) {
                loose(key, 0.012, chance_.between(0.6, 2.5), 0.6);
                company_.streams.back().counterparty = store;
            }
        }
        if (!people_.empty() && chance_.happens(0.5)) {
            // Somebody is paid back what was spent on the road.
            loose("travel", 0.02, 0.8, 0.5);
            company_.streams.back().counterparty = company_.streams[chance_.one_of(people_)].counterparty;
        }
        if (chance_.happens(0.5)) {
            // A freelancer in some months, for what there is to do.
            auto& freelancer = add(shape_.cogs, Kind::cogs, names_.person());
            freelancer.spread = 0.4, freelancer.wobble = 0.3;
            for (auto& value : freelancer.plan) value = chance_.happens(0.5) ? base_ * 0.02 : 0;
        }
        if (chance_.happens(0.4)) {
            // A courier with two equal invoices a week.
            auto& courier = loose("delivery", 0.03, 8, 0);
            courier.weekly = courier.twice = true, courier.wobble = 0;
        }
    }

    void add_taxes_and_loans() {
        auto& social = add("social", Kind::tax, company_.russian ? "УФК по городу" : "Revenue Service");
        social.day = 15, social.wobble = 0.01;
        fill(social, [&](int m) { return 0.12 * of_kind(Kind::payroll, m); });
        auto& profit = add("profit_tax", Kind::tax, company_.russian ? "ИФНС" : "Tax Authority");
        profit.day = 20, profit.wobble = 0.05;
        const bool quarterly = chance_.happens(0.5);
        fill(profit, [&](int m) {
            return quarterly ? (m % 3 == 1 ? 0.045 * base_ * level_[at(m)] : 0) : 0.015 * base_ * level_[at(m)];
        });
        if (chance_.happens(0.35)) {
            const std::string bank = names_.party();
            auto& interest = add("interest", Kind::interest, bank);
            interest.day = 10, interest.spread = 0, interest.wobble = 0.01;
            fill(interest, [&](int m) { return base_ * 0.008 * (1 - 0.5 * m / n()); });
            auto& loan = add("loan", Kind::debt, bank);
            loan.day = 10;
            fill(loan, [&](int) { return base_ * 0.02; });
        }
        if (chance_.happens(0.3)) {
            auto& savings = add("transfer", Kind::transfer, company_.russian ? "Накопительный счёт" : "Savings");
            savings.day = 28, savings.rows_per_month = 1, savings.whole = std::max(whole_, 100 * scale_);
            fill(savings, [&](int m) { return m % 2 ? base_ * 0.03 : 0; });
        }
        if (chance_.happens(0.2) && n() >= 14) {
            // A large supplier that is new: a project of some months under a contract.
            auto& project = add("equipment", Kind::capex, names_.party());
            const int from = chance_.whole(4, n() - 8), payments = chance_.whole(3, 6);
            const double part = base_ * chance_.between(0.2, 0.3);
            project.day = chance_.whole(2, 26), project.spread = 0.1;
            fill(project, [&](int m) { return m >= from && m < from + payments ? part : 0.0; });
        }
        opening_ = base_ * chance_.between(1.5, 4);
    }

    double of_kind(Kind kind, int month) const {
        double sum = 0;
        for (const auto& stream : company_.streams)
            if (stream.kind == kind) sum += stream.plan[at(month)];
        return sum;
    }
    double spending(int month) const {
        return of_kind(Kind::cogs, month) + of_kind(Kind::opex, month) + of_kind(Kind::payroll, month);
    }
    double result(int month) const {
        return of_kind(Kind::revenue, month) - spending(month) - of_kind(Kind::tax, month) -
               of_kind(Kind::interest, month);
    }
    void scale(Kind kind, double factor, int from = 0) {
        for (auto& stream : company_.streams)
            if (stream.kind == kind)
                for (int m = from; m < n(); ++m) stream.plan[at(m)] *= factor;
    }
    double mean(Kind kind, int from, int to) const {
        double sum = 0;
        for (int m = std::max(0, from); m < to; ++m) sum += of_kind(kind, m);
        return sum / std::max(1, to - std::max(0, from));
    }
    // yes: clearly beyond the line; else near it, but not over.
    bool beyond() { return chance_.happens(0.7); }

    void plan_risks() {
        const int count = chance_.whole(1, 3);
        for (int i = 0; i < count; ++i) {
            switch (chance_.whole(0, 11)) {
                case 0: large_customer(); break;
                case 1: large_supplier(); break;
                case 2: heavy_payroll(); break;
                case 3: lower_margin(); break;
                case 4: losses(); break;
                case 5: surge(); break;
                case 6: lose_customer(); break;
                case 7: stop_taxes(); break;
                case 8:
                case 9: burn(); break;
                case 10: burn_faster(); break;
                default: unnamed_categories(); break;
            }
        }
    }

    void large_customer() {
        // Of T12; the others share the rest.
        const double share = beyond() ? chance_.between(0.40, 0.75) : chance_.between(0.22, 0.27);
        auto& top = company_.streams[customers_.front()];
        for (int m = 0; m < n(); ++m) {
            const double all = of_kind(Kind::revenue, m), own = top.plan[at(m)];
            if (all <= own) continue;
            for (auto& stream : company_.streams)
                if (stream.kind == Kind::revenue && &stream != &top)
                    stream.plan[at(m)] *= (1 - share) * all / (all - own);
            top.plan[at(m)] = share * all;
        }
        top.spread = std::max(top.spread, 0.05);
        touched_customer_ = true;
    }

    void large_supplier() {
        const double share = beyond() ? chance_.between(0.48, 0.70) : chance_.between(0.26, 0.33);
        auto& top = company_.streams[suppliers_.front()];
        for (int m = 0; m < n(); ++m) {
            const double all = of_kind(Kind::cogs, m) + of_kind(Kind::opex, m), own = top.plan[at(m)];
            for (auto& stream : company_.streams)
                if ((stream.kind == Kind::cogs || stream.kind == Kind::opex) && &stream != &top)
                    stream.plan[at(m)] *= (1 - share) * all / (all - own);
            top.plan[at(m)] = share * all;
        }
        if (top.spread > 0) top.spread = 0.15;
    }

    void heavy_payroll() {
        const double target = beyond() ? chance_.between(0.60, 0.78) : chance_.between(0.42, 0.49);
        double pay = mean(Kind::payroll, n() - 6, n()), earned = mean(Kind::revenue, n() - 6, n());
        scale(Kind::payroll, target * earned / pay);
        // Others give way, so that the company does not lose money by it.
        const double room = std::max(0.10, 0.9 - 1.12 * target - 0.02);
        const double rest = (mean(Kind::cogs, n() - 6, n()) + mean(Kind::opex, n() - 6, n())) / earned;
        if (rest > room) scale(Kind::cogs, room / rest), scale(Kind::opex, room / rest);
    }

    void lower_margin() {
        if (n() < 6) return;
        const double points = beyond() ? chance_.between(0.11, 0.24) : chance_.between(0.02, 0.045);
        const double earned = mean(Kind::revenue, n() - 3, n());
        const double costs = mean(Kind::cogs, n() - 3, n()) + mean(Kind::opex, n() - 3, n());
        const double factor = 1 + points * earned / costs;
        scale(Kind::cogs, factor, n() - 3), scale(Kind::opex, factor, n() - 3);
        company_.moved = true;
    }

    void losses() {
        const double margin = beyond() ? -chance_.between(0.06, 0.22) : chance_.between(0.005, 0.02);
        double sum = 0, earned = 0, costs = 0;
        for (int m = std::max(0, n() - 6); m < n(); ++m)
            sum += result(m), earned += of_kind(Kind::revenue, m),
                costs += of_kind(Kind::cogs, m) + of_kind(Kind::opex, m) + of_kind(Kind::payroll, m);
        const double factor = 1 + (sum - margin * earned) / costs;
        scale(Kind::cogs, factor), scale(Kind::opex, factor), scale(Kind::payroll, factor);
    }

    void surge() {
        if (n() < 8) return;
        const double factor = beyond() ? chance_.between(1.85, 3.2) : chance_.between(1.15, 1.28);
        auto& ads = company_.streams[ads_];
        // Large enough to count: 5 % of the expenses of T3 with room.
        double usual = 0;
        for (int m = n() - 3; m < n(); ++m) usual += spending(m) / 3;
        for (auto& value : ads.plan) value = usual * 0.055;
        for (int m = n() - 3; m < n(); ++m) ads.plan[at(m)] *= factor;
        company_.moved = true;
    }

    void lose_customer() {
        if (n() < 15 || touched_customer_) return;
        auto& gone = company_.streams[customers_.front()];
        const double share = beyond() ? chance_.between(0.13, 0.24) : chance_.between(0.04, 0.07);
        for (int m = 0; m < n() - 3; ++m) {
            const double all = of_kind(Kind::revenue, m), own = gone.plan[at(m)];
            if (all <= own) continue;
            for (auto& stream : company_.streams)
                if (stream.kind == Kind::revenue && &stream != &gone)
                    stream.plan[at(m)] *= (1 - share) * all / (all - own);
            gone.plan[at(m)] = share * all;
        }
        for (int m = n() - 3; m < n(); ++m) gone.plan[at(m)] = 0;
        company_.moved = touched_customer_ = true;
    }

    void stop_taxes() {
        if (n() < 9) return;
        const int missed = beyond() ? chance_.whole(2, 4) : 0;
        for (auto& stream : company_.streams)
            if (stream.kind == Kind::tax && stream.category == word("social"))
                for (int m = n() - missed; m < n(); ++m) stream.plan[at(m)] = 0;
        company_.moved = company_.moved || missed > 0;
    }

    void burn() {
        losses();
        double lost = 0, all = 0;
        for (int m = n() - 3; m < n(); ++m) lost -= result(m) / 3;
        for (int m = 0; m < n(); ++m) all += result(m) - of_kind(Kind::debt, m);
        const double out = std::max(lost, 0.0);
        if (out <= 0) return;
        const double runway = beyond() ? chance_.between(1.5, 7) : chance_.between(11, 16);
        opening_ = runway * out - all;
        needs_opening_ = true;
    }

    void burn_faster() {
        if (n() < 8) return;
        double before = 0, earned = 0;
        for (int m = n() - 6; m < n() - 3; ++m) before -= result(m) / 3, earned += of_kind(Kind::revenue, m) / 3;
        const double costs = mean(Kind::cogs, 0, n()) + mean(Kind::opex, 0, n());
        if (before < 0.06 * earned) {
            const double raise = 1 + (0.08 * earned - before) / costs;
            scale(Kind::cogs, raise), scale(Kind::opex, raise);
        }
        double now = 0;
        before = 0;
        for (int m = n() - 6; m < n() - 3; ++m) before -= result(m) / 3;
        for (int m = n() - 3; m < n(); ++m) now -= result(m) / 3;
        const double wanted = before * (beyond() ? chance_.between(1.75, 2.8) : chance_.between(1.05, 1.15));
        const double late = mean(Kind::cogs, n() - 3, n()) + mean(Kind::opex, n() - 3, n());
        const double factor = std::max(0.5, 1 + (wanted - now) / late);
        scale(Kind::cogs, factor, n() - 3), scale(Kind::opex, factor, n() - 3);
        company_.moved = true;
    }

    void unnamed_categories() {
        const double share = beyond() ? chance_.between(0.28, 0.45) : chance_.between(0.05, 0.12);
        double all = 0, unnamed = 0;
        const auto size = [](const Stream& stream) {
            return std::accumulate(stream.plan.begin(), stream.plan.end(), 0.0);
        };
        for (const auto& stream : company_.streams) all += size(stream);
        for (auto& stream : company_.streams) {
            if (stream.kind != Kind::opex && stream.kind != Kind::cogs) continue;
            const double own = size(stream);
            if (unnamed + own > share * all) continue;
            unnamed += own;
            stream.category.clear();
        }
    }

    // One category that no risk is about moves to a new level and stays there.
    void plan_shift() {
        const int from = chance_.whole(n() / 2, n() - 4);
        const double factor = chance_.between(2.5, 4);
        auto& ads = company_.streams[ads_];
        for (int m = from; m < n(); ++m) ads.plan[at(m)] *= factor;
        company_.events.push_back(
            {anomaly::Kind::level_shift, ads.category, ads.counterparty, ledger::first_day(company_.first + from)});
        company_.moved = true;
    }

    Company& company_;
    const Shape& shape_;
    Chance& chance_;
    Names names_;
    std::vector<double> level_;
    std::vector<std::size_t> customers_, suppliers_, people_;
    std::size_t ads_ = 0;
    bool touched_customer_ = false, needs_opening_ = false;
};

struct Currency {
    const char* code;
    double scale, whole;
};
constexpr std::array currencies = {Currency{"EUR", 1, 0},   Currency{"USD", 1.1, 0}, Currency{"GBP", 0.85, 0},
                                   Currency{"PLN", 4.3, 0}, Currency{"JPY", 150, 1}, Currency{"CHF", 1, 0.05}};

}  // namespace

ledger::Day Company::day_of(int month, int day) const {
    return std::min(ledger::first_day(first + month) + day - 1, ledger::last_day(first + month));
}

Company make_company(std::uint64_t seed, int number, bool risky, bool shifts) {
    Chance chance(seed * 1'000'003 + static_cast<std::uint64_t>(number) * 7919 + 17);
    const Shape& shape = shapes[static_cast<std::size_t>(number) % shapes.size()];
    Company company;
    company.shape = shape.name;
    company.name = std::string(shape.name) + " " + std::to_string(number);
    company.months = chance.whole(12, 36);
    company.first = (2019 + chance.whole(0, 3)) * 12 + chance.whole(0, 11);
    company.russian = chance.happens(0.35);
    Maker maker(company, shape, chance);
    if (company.russian) {
        company.currency = chance.happens(0.85) ? "RUB" : "KZT";
        company.russian = true;
        maker.in_currency(company.currency == "RUB" ? 90 : 480, 0);
    } else {
        const auto& currency = currencies[chance.index(currencies.size())];
        company.currency = currency.code;
        maker.in_currency(currency.scale, currency.whole);
    }
    maker.make(risky, shifts);
    make_rows(company, chance);
    return company;
}

}  // namespace fin::quality
