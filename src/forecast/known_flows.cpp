#include "forecast/known_flows.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fin::forecast {

namespace {

using ledger::Cadence;
using ledger::Kind;
using ledger::Month;

// Months from one payment to the next; 0: several a month or one each month.
int months_between(Cadence cadence) {
    switch (cadence) {
        case Cadence::bimonthly: return 2;
        case Cadence::quarterly: return 3;
        case Cadence::yearly: return 12;
        default: return 0;
    }
}

bool is_operating(Kind kind) { return ledger::is_income(kind) || ledger::is_expense(kind); }

// The last payment says more of the next than the median does, unless amounts vary.
double amount_of(const ledger::RecurringSeries& series, const ledger::Ledger& ledger) {
    if (series.variable || series.rows.empty()) return series.median_amount.value();
    return ledger.amount[series.rows.back()].value();
}

class Book {
public:
    Book(const ledger::Ledger& ledger, const ledger::Monthly& monthly, int months)
        : ledger_(ledger), monthly_(monthly), months_(months) {}

    bool is_complete(Month month) const { return month <= monthly_.last_complete(); }
    std::size_t index(Month month) const { return static_cast<std::size_t>(month - monthly_.first); }

    // sign: of what counts as positive in these flows.
    void add(const ledger::RecurringSeries& series, double sign, KnownFlows& flows) const {
        for (const auto row : series.rows) {
            const Month month = ledger::month_of(ledger_.day[row]);
            if (is_complete(month)) flows.past[index(month)] += sign * ledger_.amount[row].value();
        }
        const int step = months_between(series.cadence);
        const Month first = monthly_.last_complete() + 1;
        const double amount = sign * amount_of(series, ledger_);
        if (step == 0) {
            // The amount of a month; weekly payments are counted by their average.
            const double monthly = series.cadence == Cadence::monthly ? amount : sign * series.monthly_amount.value();
            for (auto& month : flows.future) month += monthly;
            return;
        }
        Month month = ledger::month_of(series.next);
        // Paid in the month that is not complete: next lies a step later already.
        const Month paid = ledger::month_of(series.last);
        if (!is_complete(paid)) month = paid;
        while (month < first) month += step;
        for (; month < first + months_; month += step) flows.future[static_cast<std::size_t>(month - first)] += amount;
    }

private:
    const ledger::Ledger& ledger_;
    const ledger::Monthly& monthly_;
    int months_;
};

// Capital expenditure and the like of a month that outweighs all others of a year came once.
void leave_out_singles(std::vector<double>& flows) {
    const std::size_t begin = flows.size() - std::min<std::size_t>(flows.size(), 12);
    double all = 0;
    std::size_t largest = begin;
    for (std::size_t i = begin; i < flows.size(); ++i) {
        all += std::abs(flows[i]);
        if (std::abs(flows[i]) > std::abs(flows[largest])) largest = i;
    }
    if (flows.size() - begin >= 3 && std::abs(flows[largest]) > 0.6 * all) flows[largest] = 0;
}

}  // namespace

CashFlows cash_flows(const ledger::Ledger& ledger, const ledger::Monthly& monthly,
                     const std::vector<ledger::RecurringSeries>& recurring, int months) {
    const auto complete = static_cast<std::size_t>(std::max(0, monthly.complete));
    CashFlows flows;
    for (auto* known : {&flows.revenue, &flows.expenses, &flows.other}) {
        known->past.assign(complete, 0);
        known->future.assign(static_cast<std::size_t>(months), 0);
    }
    const Book book(ledger, monthly, months);
    for (const auto& series : recurring) {
        if (series.state == ledger::SeriesState::ended) continue;
        if (is_operating(series.kind)) {
            if (months_between(series.cadence) == 0) continue;
            const bool income = ledger::is_income(series.kind);
            book.add(series, income ? 1 : -1, income ? flows.revenue : flows.expenses);
        } else {
            book.add(series, 1, flows.other);
        }
    }

    std::vector<double> steady(complete, 0), single(complete, 0);
    for (std::size_t i = 0; i < complete; ++i) {
        const auto& month = monthly.months[i];
        steady[i] = (month.of(Kind::tax) + month.of(Kind::interest) + month.of(Kind::other)).value();
        single[i] = (month.of(Kind::capex) + month.of(Kind::transfer)).value();
    }
    // Recurring rows count where they recur and nowhere else.
    for (const auto& series : recurring) {
        if (series.state == ledger::SeriesState::ended || is_operating(series.kind)) continue;
        for (const auto row : series.rows) {
            const Month month = ledger::month_of(ledger.day[row]);
            if (!book.is_complete(month)) continue;
            const double amount = ledger.amount[row].value();
            switch (ledger.kind[row]) {
                case Kind::capex:
                case Kind::transfer: single[book.index(month)] -= amount; break;
                case Kind::tax:
                case Kind::interest:
                case Kind::other: steady[book.index(month)] -= amount; break;
                default: break;
            }
        }
    }
    leave_out_singles(single);
    flows.unsteady.resize(complete);
    for (std::size_t i = 0; i < complete; ++i) flows.unsteady[i] = steady[i] + single[i];

    // Loans and equity that came in the month that is not over yet are there, whatever is expected of it.
    if (months > 0 && monthly.months.size() > complete) {
        const auto& now = monthly.months.back();
        double booked = (now.of(Kind::debt) + now.of(Kind::equity) + now.of(Kind::capex)).value();
        for (const auto& series : recurring) {
            if (series.state == ledger::SeriesState::ended || is_operating(series.kind)) continue;
            for (const auto row : series.rows) {
                const Kind kind = ledger.kind[row];
                if (book.is_complete(ledger::month_of(ledger.day[row]))) continue;
                if (kind == Kind::debt || kind == Kind::equity || kind == Kind::capex)
                    booked -= ledger.amount[row].value();
            }
        }
        flows.other.future[0] += booked;
    }
    return flows;
}

}  // namespace fin::forecast
