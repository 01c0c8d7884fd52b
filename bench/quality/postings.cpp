// Rows of a company from its plan, with everything usual that looks odd: refunds, bonuses, purchases made once, two
// equal invoices, work on a weekend, a large order.
#include <algorithm>
#include <cmath>
#include <map>

#include "plan.hpp"

namespace fin::quality {

namespace {

ledger::Money rounded(double amount, double whole) {
    const double unit = whole > 0 ? whole : 0.01;
    return ledger::Money::of(std::round(amount / unit) * unit);
}

class Poster {
public:
    Poster(Company& company, Chance& chance) : company_(company), chance_(chance) {}

    void post() {
        for (const auto& stream : company_.streams) {
            // Prices are round half of the time.
            nice_ = stream.spread == 0 && stream.wobble == 0 && chance_.happens(0.5);
            for (int month = 0; month < company_.months; ++month) post_month(stream, month);
        }
        measure();
        refunds();
        bonuses();
        purchases();
        weekend_work();
        large_orders();
    }

private:
    void add(ledger::Day day, ledger::Money amount, const std::string& category, const std::string& counterparty) {
        if (amount.units == 0 || day > company_.last_day() || day < ledger::first_day(company_.first)) return;
        Posting posting;
        posting.day = day, posting.amount = amount, posting.category = category, posting.counterparty = counterparty;
        company_.rows.push_back(posting);
    }

    // A row that no stream has planned, and its place in the plan's months.
    void add_extra(ledger::Day day, ledger::Money amount, ledger::Kind kind, const std::string& category,
                   const std::string& counterparty) {
        const std::size_t before = company_.rows.size();
        add(day, amount, category, counterparty);
        if (company_.rows.size() == before) return;
        const double value = kind == ledger::Kind::revenue ? amount.value() : -amount.value();
        company_.extras.push_back({kind, category, counterparty, ledger::month_of(day) - company_.first, value});
    }

    ledger::Day working(const Stream& stream, ledger::Day day) const {
        if (stream.weekends) return day;
        const int weekday = ledger::weekday(day);
        const ledger::Day moved = weekday == 5 ? day - 1 : weekday == 6 ? day + 1 : day;
        return ledger::month_of(moved) == ledger::month_of(day) ? moved : weekday == 6 ? day - 2 : day + 2;
    }

    void post_month(const Stream& stream, int month) {
        const double plan = stream.plan[static_cast<std::size_t>(month)];
        if (plan <= 0) return;
        const double sum = plan * chance_.lognormal(stream.wobble);
        const int whole = static_cast<int>(stream.rows_per_month);
        int count = std::max(1, whole + (chance_.happens(stream.rows_per_month - whole) ? 1 : 0));
        if (stream.twice) count = std::max(1, count / 2);
        std::vector<double> part(static_cast<std::size_t>(count), 1.0);
        double total = 0;
        for (auto& one : part) total += one = chance_.lognormal(stream.spread);
        const ledger::Day length = ledger::last_day(company_.first + month) - ledger::first_day(company_.first + month);
        for (int i = 0; i < count; ++i) {
            ledger::Day day = company_.day_of(month, stream.day > 0 ? stream.day : 1 + chance_.whole(0, length));
            if (stream.weekly || (stream.day > 0 && count > 1))
                day = ledger::first_day(company_.first + month) + (stream.day + i * 28 / count) % 28;
            day = working(stream, day);
            double amount = sum * part[static_cast<std::size_t>(i)] / total;
            double unit = stream.whole;
            if (nice_) unit = std::max(unit, std::pow(10, std::floor(std::log10(std::max(amount, 10.0))) - 1) / 2);
            if (stream.twice) amount /= 2;
            const auto money = rounded(stream.income() ? amount : -amount, unit);
            add(day, money, stream.category, stream.counterparty);
            if (stream.twice)
                add(working(stream, day + chance_.whole(0, 2)), money, stream.category, stream.counterparty);
        }
    }

    // What a month costs, by the plan.
    void measure() {
        std::vector<double> months;
        for (int m = 0; m < company_.months; ++m) {
            double sum = 0;
            for (const auto& stream : company_.streams)
                if (stream.kind == ledger::Kind::cogs || stream.kind == ledger::Kind::opex ||
                    stream.kind == ledger::Kind::payroll)
                    sum += stream.plan[static_cast<std::size_t>(m)];
            months.push_back(sum);
        }
        std::sort(months.begin(), months.end());
        company_.month_expenses = months[months.size() / 2];
    }

    // Money back, whole or a smaller part, to customers and from suppliers.
    void refunds() {
        const int count = chance_.whole(0, 4);
        const std::size_t size = company_.rows.size();
        for (int i = 0; i < count; ++i) {
            const Posting row = company_.rows[chance_.index(size)];
            const bool of_customer = row.amount.units > 0;
            const Stream* stream = stream_of(row);
            if (!stream ||
                (!stream->income() && stream->kind != ledger::Kind::cogs && stream->kind != ledger::Kind::opex))
                continue;
            const double share = chance_.happens(0.5) ? 1 : chance_.between(0.05, 0.3);
            const double back = -row.amount.value() * share;
            add_extra(row.day + chance_.whole(3, of_customer ? 45 : 60),
                      share == 1 ? -row.amount : rounded(back, stream->whole), stream->kind, row.category,
                      row.counterparty);
        }
    }

    const Stream* stream_of(const Posting& row) const {
        for (const auto& stream : company_.streams)
            if (stream.counterparty == row.counterparty && stream.category == row.category) return &stream;
        return nullptr;
    }

    // In December, or after a good year: a part of a wage on top, to everybody.
    void bonuses() {
        if (!chance_.happens(0.6)) return;
        const unsigned when = chance_.happens(0.7) ? 12 : 3;
        const double part = chance_.between(0.3, 1.1);
        for (int m = 0; m < company_.months; ++m) {
            if (ledger::month_in_year(company_.first + m) != when) continue;
            for (const auto& stream : company_.streams)
                if (stream.kind == ledger::Kind::payroll && stream.plan[static_cast<std::size_t>(m)] > 0)
                    add_extra(working(stream, company_.day_of(m, 20)),
                              rounded(-stream.plan[static_cast<std::size_t>(m)] * part * chance_.between(0.8, 1.2),
                                      stream.whole),
                              stream.kind, stream.category, stream.counterparty);
        }
    }

    // Bought once from somebody who is not met again.
    void purchases() {
        const int count = chance_.whole(0, 4);
        Names names(chance_, company_.russian);
        const std::vector<std::string> keys = {"equipment", "training", "legal", "repairs", "travel"};
        for (int i = 0; i < count; ++i) {
            const double amount = company_.month_expenses * chance_.between(0.01, 0.13);
            const std::string key = chance_.one_of(keys);
            add_extra(
                working(Stream{}, ledger::first_day(company_.first) + chance_.whole(30, company_.months * 30 - 5)),
                rounded(-amount, company_.streams.front().whole),
                key == "equipment" ? ledger::Kind::capex : ledger::Kind::opex, category_named(key, company_.russian),
                names.party() + (company_.russian ? " и сыновья" : " and Sons"));
        }
    }

    void weekend_work() {
        const int count = chance_.whole(0, 3);
        for (int i = 0; i < count; ++i) {
            auto& row = company_.rows[chance_.index(company_.rows.size())];
            const ledger::Day saturday = row.day + (12 - ledger::weekday(row.day)) % 7;
            if (saturday <= company_.last_day() && ledger::month_of(saturday) == ledger::month_of(row.day))
                row.day = saturday;
        }
    }

    // A supplier is paid a few times what is usual: stock for a season.
    void large_orders() {
        const int count = chance_.whole(0, 2);
        for (int i = 0; i < count; ++i) {
            auto& row = company_.rows[chance_.index(company_.rows.size())];
            const Stream* stream = stream_of(row);
            if (!stream || stream->kind != ledger::Kind::cogs || stream->spread == 0 || row.amount.units > 0) continue;
            const ledger::Money usual = row.amount;
            row.amount = rounded(row.amount.value() * chance_.between(1.5, 3), stream->whole);
            company_.extras.push_back({stream->kind, row.category, row.counterparty,
                                       ledger::month_of(row.day) - company_.first, (usual - row.amount).value()});
        }
    }

    Company& company_;
    Chance& chance_;
    bool nice_ = false;
};

}  // namespace

void make_rows(Company& company, Chance& chance) {
    Poster(company, chance).post();
    std::stable_sort(company.rows.begin(), company.rows.end(),
                     [](const Posting& a, const Posting& b) { return a.day < b.day; });
}

}  // namespace fin::quality
