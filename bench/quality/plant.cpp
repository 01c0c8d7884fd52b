// Plants anomalies of the sizes that are promised to be found, into companies of this program and into real ledgers.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "plan.hpp"

namespace fin::quality {

namespace {

using ledger::Day;
using ledger::Money;

constexpr std::array limits = {500.0,     1000.0,    2000.0,   2500.0,   5000.0,   10000.0,  20000.0,
                               25000.0,   50000.0,   100000.0, 200000.0, 250000.0, 500000.0, 1000000.0,
                               2000000.0, 2500000.0, 5e6,      1e7,      2e7,      2.5e7,    5e7};

class Planter {
public:
    Planter(Company& company, Chance& chance) : company_(company), chance_(chance), unit_(unit()) {}

    // count kinds, each of them once or twice as a ledger allows.
    void plant(int count) {
        std::vector<Kind> kinds = {Kind::duplicate,     Kind::amount_outlier,   Kind::sign_error,
                                   Kind::split_payment, Kind::new_counterparty, Kind::miscategorized};
        if (!company_.real) kinds.push_back(Kind::missing_recurring);
        chance_.shuffle(kinds);
        int done = 0;
        for (const Kind kind : kinds) {
            if (done >= count) break;
            index();
            done += plant_one(kind) ? 1 : 0;
        }
        if (!company_.real && chance_.happens(0.2)) {
            // A bad half year: several payments of size were made twice.
            recent_ = true;
            for (int i = chance_.whole(3, 5); i > 0; --i) {
                index();
                done += duplicate() ? 1 : 0;
            }
        }
        index();
        company_.clean = done == 0;
    }

private:
    using Rows = std::vector<std::size_t>;

    double size(std::size_t row) const { return std::abs(company_.rows[row].amount.value()); }
    double unit() const {
        for (const auto& row : company_.rows)
            if (row.amount.units % Money::scale != 0) return 0.01;
        return 1;
    }
    Money rounded(double amount) const { return Money::of(std::round(amount / unit_) * unit_); }

    void index() {
        std::stable_sort(company_.rows.begin(), company_.rows.end(),
                         [](const Posting& a, const Posting& b) { return a.day < b.day; });
        by_party_.clear(), category_rows_.clear();
        for (std::size_t i = 0; i < company_.rows.size(); ++i) {
            const auto& row = company_.rows[i];
            if (!row.counterparty.empty()) by_party_[row.counterparty].push_back(i);
            ++category_rows_[{row.category, row.amount.units < 0}];
        }
    }

    // What a plan knows of a row: is it money earned or spent, and not moved or lent?
    bool is_flow(const Posting& row) const {
        if (company_.real) return true;
        for (const auto& stream : company_.streams)
            if (stream.counterparty == row.counterparty && stream.category == row.category)
                return stream.kind != ledger::Kind::transfer && stream.kind != ledger::Kind::debt &&
                       stream.kind != ledger::Kind::equity;
        return true;
    }

    // Goods and services; nobody new turns up in wages and taxes.
    bool is_bought(const Posting& row) const {
        if (company_.real) return true;
        for (const auto& stream : company_.streams)
            if (stream.counterparty == row.counterparty && stream.category == row.category)
                return stream.kind == ledger::Kind::cogs || stream.kind == ledger::Kind::opex;
        return false;
    }

    // Tries rows by chance until one meets the definition.
    template <class F>
    bool try_rows(F one) {
        for (int attempt = 0; attempt < 400 && !company_.rows.empty(); ++attempt) {
            const std::size_t row = chance_.index(company_.rows.size());
            const Posting& posting = company_.rows[row];
            if (posting.planted || posting.original || posting.counterparty.empty() || !is_flow(posting)) continue;
            if (one(row, by_party_[posting.counterparty])) return true;
        }
        return false;
    }

    bool plant_one(Kind kind) {
        switch (kind) {
            case Kind::duplicate: return duplicate();
            case Kind::amount_outlier: return outlier();
            case Kind::sign_error: return turned();
            case Kind::split_payment: return split();
            case Kind::new_counterparty: return newcomer();
            case Kind::miscategorized: return misposted();
            case Kind::missing_recurring: return missing();
            default: return false;
        }
    }

    // Paid twice within 4 days by somebody who is not otherwise paid the same sum twice within a week.
    bool duplicate() {
        return try_rows([&](std::size_t row, const Rows& rows) {
            const Posting& posting = company_.rows[row];
            if (size(row) < (recent_ ? 0.025 : 0.006) * company_.month_expenses) return false;
            if (recent_ && (posting.amount.units > 0 || posting.day < company_.last_day() - 170)) return false;
            for (std::size_t i = 0; i < rows.size(); ++i)
                for (std::size_t k = i + 1;
                     k < rows.size() && company_.rows[rows[k]].day - company_.rows[rows[i]].day <= 7; ++k)
                    if (company_.rows[rows[i]].amount == company_.rows[rows[k]].amount) return false;
            Posting copy = posting;
            copy.day = std::min(posting.day + chance_.whole(0, 4), company_.last_day());
            copy.planted = Kind::duplicate, copy.group = ++groups_;
            company_.rows[row].original = true, company_.rows[row].group = groups_;
            company_.rows.push_back(copy);
            return true;
        });
    }

    // Nine times the counterparty's level, twice all else it was paid, 4 % of a month's expenses.
    bool outlier() {
        return try_rows([&](std::size_t row, const Rows& rows) {
            const Posting& posting = company_.rows[row];
            std::vector<double> others;
            for (const std::size_t other : rows)
                if (other != row && (company_.rows[other].amount.units < 0) == (posting.amount.units < 0))
                    others.push_back(size(other));
            if (others.size() < 4) return false;
            std::sort(others.begin(), others.end());
            const double least =
                std::max({9 * others[others.size() / 2], 2 * others.back(), 0.04 * company_.month_expenses});
            const double amount = least * chance_.between(1.05, 2);
            // Nobody pays three months' expenses at once.
            if (amount > 1.5 * company_.month_expenses) return false;
            auto& changed = company_.rows[row];
            changed.amount = rounded(changed.amount.units < 0 ? -amount : amount);
            changed.planted = Kind::amount_outlier;
            return true;
        });
    }

    // Against the habit of counterparty and category, and no refund.
    bool turned() {
        return try_rows([&](std::size_t row, const Rows& rows) {
            const Posting& posting = company_.rows[row];
            if (size(row) < 0.006 * company_.month_expenses || rows.size() < 5) return false;
            const bool out = posting.amount.units < 0;
            double recent = 0;
            for (const std::size_t other : rows) {
                if (other == row) continue;
                if ((company_.rows[other].amount.units < 0) != out) return false;
                const Day apart = std::abs(company_.rows[other].day - posting.day);
                if (apart <= 90 && company_.rows[other].amount == posting.amount) return false;
                if (apart <= 90 && company_.rows[other].day <= posting.day) recent = std::max(recent, size(other));
            }
            if (size(row) < 0.4 * recent) return false;
            const double with = category_rows_[{posting.category, out}],
                         against = category_rows_[{posting.category, !out}];
            if (with < 8 || against > 0.05 * with) return false;
            auto& changed = company_.rows[row];
            changed.amount = -changed.amount;
            changed.planted = Kind::sign_error;
            return true;
        });
    }

    // Three or four payments within days, each just under a round limit; 3 % of a month's expenses and more.
    bool split() {
        const double least = company_.month_expenses * chance_.between(0.035, 0.10);
        const int parts = chance_.whole(3, 4);
        for (const double limit : limits) {
            if (limit * parts * 0.93 < least) continue;
            if (limit * parts > 0.8 * company_.month_expenses) return false;
            return try_rows([&](std::size_t row, const Rows& rows) {
                const Posting posting = company_.rows[row];
                if (posting.amount.units >= 0) return false;
                // No habit of payments of this size.
                for (const std::size_t other : rows)
                    if (size(other) >= 0.9 * limit && size(other) < limit) return false;
                const Day day = posting.day + chance_.whole(0, 5);
                if (day + 3 > company_.last_day()) return false;
                ++groups_;
                for (int i = 0; i < parts; ++i) {
                    Posting part = posting;
                    part.day = day + chance_.whole(0, 3);
                    part.amount = rounded(-limit * chance_.between(0.93, 0.995));
                    part.planted = Kind::split_payment, part.group = groups_;
                    company_.rows.push_back(part);
                }
                return true;
            });
        }
        return false;
    }

    // Once to somebody new, a quarter of a month's expenses and more.
    bool newcomer() {
        const Day start = company_.rows.front().day + 120, end = company_.last_day() - 3;
        if (end <= start) return false;
        return try_rows([&](std::size_t row, const Rows&) {
            const Posting& like = company_.rows[row];
            if (like.amount.units >= 0 || category_rows_[{like.category, true}] < 6 || !is_bought(like)) return false;
            double largest = 0;
            for (std::size_t i = 0; i < company_.rows.size(); ++i)
                if (company_.rows[i].category == like.category && company_.rows[i].amount.units < 0)
                    largest = std::max(largest, size(i));
            const double amount = company_.month_expenses * chance_.between(0.26, 0.6);
            if (company_.real && amount < largest) return false;
            Posting posting;
            posting.category = like.category;
            posting.counterparty = company_.russian ? "ООО Новый-Контрагент" : "Blackwater Advisory";
            posting.day = start + chance_.whole(0, end - start);
            posting.amount = rounded(-amount);
            posting.planted = Kind::new_counterparty;
            company_.rows.push_back(posting);
            return true;
        });
    }

    // Always booked in one category, once in another that others use.
    bool misposted() {
        return try_rows([&](std::size_t row, const Rows& rows) {
            const Posting& posting = company_.rows[row];
            if (rows.size() < 7 || size(row) < 0.006 * company_.month_expenses || posting.category.empty())
                return false;
            for (const std::size_t other : rows)
                if (company_.rows[other].category != posting.category) return false;
            std::vector<std::string> choices;
            for (const auto& [key, count] : category_rows_)
                if (key.second == (posting.amount.units < 0) && count >= 5 && key.first != posting.category &&
                    !key.first.empty())
                    choices.push_back(key.first);
            if (choices.empty()) return false;
            company_.rows[row].category = chance_.one_of(choices);
            company_.rows[row].planted = Kind::miscategorized;
            return true;
        });
    }

    // One payment of a monthly series is not there; the next one is.
    bool missing() {
        std::vector<const Stream*> steady;
        for (const auto& stream : company_.streams)
            if (stream.day > 0 && stream.rows_per_month == 1 && !stream.twice && !stream.weekly &&
                stream.plan.back() > 0 &&
                std::count_if(stream.plan.begin(), stream.plan.end(), [](double value) { return value > 0; }) >= 8 &&
                stream.plan.back() >= 0.01 * company_.month_expenses && stream.spread < 0.01)
                steady.push_back(&stream);
        if (steady.empty()) return false;
        const Stream& stream = *chance_.one_of(steady);
        Rows rows;
        for (std::size_t i = 0; i < company_.rows.size(); ++i)
            if (company_.rows[i].counterparty == stream.counterparty && company_.rows[i].category == stream.category)
                rows.push_back(i);
        for (const std::size_t row : rows)
            if (company_.rows[row].planted || company_.rows[row].original) return false;
        if (rows.size() < 8) return false;
        const std::size_t gone = rows[rows.size() - 1 - static_cast<std::size_t>(chance_.whole(0, 3))];
        company_.events.push_back(
            {Kind::missing_recurring, stream.category, stream.counterparty, company_.rows[gone].day});
        company_.rows.erase(company_.rows.begin() + static_cast<std::ptrdiff_t>(gone));
        return true;
    }

    Company& company_;
    Chance& chance_;
    double unit_;
    int groups_ = 0;
    bool recent_ = false;  // only large payments of the last half year
    std::map<std::string, Rows> by_party_;
    std::map<std::pair<std::string, bool>, double> category_rows_;
};

}  // namespace

void plant(Company& company, Chance& chance, int count) { Planter(company, chance).plant(count); }

}  // namespace fin::quality
