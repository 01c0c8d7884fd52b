// gap: months or days without rows where there always are rows, by the habit of the ledger and of each account.
#include <algorithm>
#include <array>
#include <cmath>

#include "anomaly/series/money_series.hpp"
#include "anomaly/series/tests.hpp"
#include "anomaly/series/weigh.hpp"
#include "anomaly/words.hpp"
#include "risk/wording.hpp"

namespace fin::anomaly::series {

namespace {

using ledger::Code;
using ledger::Day;
using ledger::Month;

constexpr std::size_t least_months = 6;
constexpr std::size_t least_active_days = 60;
constexpr int least_open_days = 8;  // of a gap of days; less is a week off
constexpr std::size_t most_accounts = 16;

// Who has the habit: the ledger (no account) or one of its accounts.
struct Owner {
    Code account = ledger::no_code;
    std::vector<Day> days;  // with rows, each once, in order
    std::size_t rows = 0;
    double monthly = 0;  // money that goes through it in a usual month, in the measure of month_expenses
};

std::vector<Owner> owners_of(const Setting& setting) {
    const ledger::Ledger& ledger = setting.ledger;
    std::vector<double> size(ledger.accounts.size(), 0), rows(ledger.accounts.size(), 0);
    double all = 0;
    Pulse pulse(setting.check);
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        const double amount = ledger.amount[row].abs().value();
        all += amount;
        if (ledger.account[row] == ledger::no_code) continue;
        size[static_cast<std::size_t>(ledger.account[row])] += amount;
        rows[static_cast<std::size_t>(ledger.account[row])] += 1;
    }
    std::vector<Owner> owners(1);
    std::vector<int> place(ledger.accounts.size(), -1);
    const auto chosen = greatest_codes(rows, most_accounts, static_cast<double>(least_months));
    // The only account is the ledger.
    if (ledger.accounts.size() > 1)
        for (const Code code : chosen) {
            place[static_cast<std::size_t>(code)] = static_cast<int>(owners.size());
            owners.emplace_back();
            owners.back().account = code;
        }
    for (Owner& owner : owners) {
        const double share = owner.account == ledger::no_code ? 1
                             : all > 0                        ? size[static_cast<std::size_t>(owner.account)] / all
                                                              : 0;
        owner.monthly = share * setting.month_expenses;
    }
    const auto seen = [](Owner& owner, Day day) {
        ++owner.rows;
        if (owner.days.empty() || owner.days.back() != day) owner.days.push_back(day);
    };
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        seen(owners[0], ledger.day[row]);
        const Code code = ledger.account[row];
        if (code == ledger::no_code || place[static_cast<std::size_t>(code)] < 0) continue;
        seen(owners[static_cast<std::size_t>(place[static_cast<std::size_t>(code)])], ledger.day[row]);
    }
    return owners;
}

struct Hole {
    Day from = 0, to = 0;  // first and last day without rows
    double p = 1, months = 0;
    int open_days = 0;      // of a hole of days: those on which rows are usual
    int all_open_days = 0;  // from the owner's first day to the last
};

// Months without rows between the owner's first and last, where nine of ten others have some.
std::vector<Hole> holes_of_months(const Owner& owner) {
    if (owner.days.empty()) return {};
    const Month first = ledger::month_of(owner.days.front()), last = ledger::month_of(owner.days.back());
    std::vector<int> active(static_cast<std::size_t>(last - first + 1), 0);
    for (const Day day : owner.days) ++active[static_cast<std::size_t>(ledger::month_of(day) - first)];
    const auto empty = static_cast<std::size_t>(std::count(active.begin(), active.end(), 0));
    const std::size_t full = active.size() - empty;
    std::vector<Hole> holes;
    if (empty == 0 || full < least_months || 10 * empty > active.size() + 5) return holes;
    for (std::size_t i = 0; i < active.size();) {
        std::size_t end = i;
        while (end < active.size() && active[end] == 0) ++end;
        if (end == i) {
            ++i;
            continue;
        }
        const auto length = static_cast<double>(end - i);
        // Two readings, the likelier of which counts: days with rows come by chance, as many as in a usual month (half
        // as many where some month has so few); or months fail, by the rule of succession, with other holes as
        // failures.
        const double rate = (static_cast<double>(empty) - length + 0.5) / (static_cast<double>(full) + 1);
        std::vector<int> counts;
        std::copy_if(active.begin(), active.end(), std::back_inserter(counts), [](int n) { return n > 0; });
        std::sort(counts.begin(), counts.end());
        const double usual = counts[counts.size() / 2];
        // The first and the last month may be cut.
        const double least = counts[std::min<std::size_t>(2, counts.size() / 2)];
        const double sure = least >= usual / 2 ? usual : usual / 2;
        Hole hole;
        hole.from = ledger::first_day(first + static_cast<Month>(i));
        hole.to = ledger::last_day(first + static_cast<Month>(end) - 1);
        hole.months = length;
        hole.p = std::min(1.0, std::exp(-sure * length) + std::pow(std::min(rate, 1.0), length) * std::exp(-usual / 3));
        holes.push_back(hole);
        i = end;
    }
    return holes;
}

// The turn of the year and the first days of May: offices are closed in one country or another.
bool is_holiday_season(Day day) {
    const auto date = ledger::civil(day);
    const auto month = static_cast<unsigned>(date.month()), in_month = static_cast<unsigned>(date.day());
    return (month == 12 && in_month >= 24) || (month == 1 && in_month <= 9) || (month == 5 && in_month <= 11);
}

std::array<bool, 7> open_weekdays(const std::vector<Day>& days) {
    std::array<std::size_t, 7> count{};
    for (const Day day : days) ++count[static_cast<std::size_t>(ledger::weekday(day))];
    const std::size_t most = *std::max_element(count.begin(), count.end());
    std::array<bool, 7> open{};
    for (std::size_t i = 0; i < 7; ++i) open[i] = 7 * count[i] >= most;  // a weekday with a seventh of the usual
    return open;
}

// The longest run of open days without rows, where it is far longer than any other and no other year has one like it.
std::vector<Hole> hole_of_days(const Owner& owner) {
    const auto& days = owner.days;
    if (days.size() < least_active_days) return {};
    const auto open = open_weekdays(days);
    struct Run {
        std::size_t after;  // index of the day before it
        int open_days;
    };
    std::vector<Run> runs;
    int all_open_days = 1;
    for (std::size_t i = 1; i < days.size(); ++i) {
        Run run{i - 1, 0};
        // Longer than two months is a hole of months.
        if (days[i] - days[i - 1] > 62) continue;
        for (Day day = days[i - 1] + 1; day < days[i]; ++day)
            run.open_days += open[static_cast<std::size_t>(ledger::weekday(day))] && !is_holiday_season(day);
        all_open_days += run.open_days + 1;
        runs.push_back(run);
    }
    if (runs.size() < least_active_days - 1) return {};
    const std::size_t kept = std::min<std::size_t>(4, runs.size());
    std::partial_sort(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(kept), runs.end(),
                      [](const Run& a, const Run& b) {
                          return a.open_days != b.open_days ? a.open_days > b.open_days : a.after < b.after;
                      });
    const Run longest = runs[0];
    const int usual = runs[2].open_days;  // the third longest: two holes do not excuse each other
    if (longest.open_days < least_open_days || longest.open_days < 2 * usual + 2) return {};
    Hole hole;
    hole.from = days[longest.after] + 1, hole.to = days[longest.after + 1] - 1;
    hole.open_days = longest.open_days;
    hole.all_open_days = all_open_days;
    hole.months = longest.open_days * 7.0 / static_cast<double>(std::count(open.begin(), open.end(), true)) / 30.4375;
    // The same weeks without rows in another year are a habit: a company's holidays.
    for (const int years : {-2, -1, 1, 2}) {
        const Day from = hole.from + 365 * years, to = hole.to + 365 * years;
        if (from < days.front() || to > days.back()) continue;
        const auto count =
            std::lower_bound(days.begin(), days.end(), to) - std::lower_bound(days.begin(), days.end(), from);
        if (5 * count < longest.open_days) return {};
    }
    // Lengths of runs fall off exponentially, at the pace that the third longest of so many shows.
    const auto runs_seen = static_cast<double>(runs.size());
    const double pace = std::max(0.7, usual / std::log(runs_seen));
    hole.p = of_many(std::exp(-longest.open_days / pace), runs_seen);
    return {hole};
}

Finding finding_of(const Setting& setting, const Owner& owner, const Hole& hole, std::size_t tests) {
    Finding finding;
    finding.kind = Kind::gap;
    finding.booked_on = hole.from;
    finding.p = of_many(hole.p, static_cast<double>(tests));
    const double money = owner.monthly * hole.months;
    const bool of_days = hole.open_days > 0;
    // Schools and whole companies go on holiday for weeks: a hole of days is asked about where two thirds of a month of
    // days with rows are missing.
    const double active_share = static_cast<double>(owner.days.size()) / std::max(1, hole.all_open_days);
    const bool short_one = of_days && hole.open_days * active_share < 14;
    weigh(finding, setting, money, money, {1e-3, 0.3, 3, 1e9, short_one ? Severity::low : Severity::high});

    const double active_days = static_cast<double>(owner.days.size());
    const double span_months = std::max(1.0, (owner.days.back() - owner.days.front() + 1) / 30.4375);
    const auto usual = [&](risk::Language language) {
        return risk::number_words(static_cast<double>(owner.rows) / span_months, language);
    };
    const auto text = setting.ledger.accounts.text(owner.account);
    const bool account = owner.account != ledger::no_code;
    finding.reason_en = (account ? "Account " + risk::quoted(text, risk::Language::en) : std::string("The ledger")) +
                        " has no row from " + day_text(hole.from, Language::en) + " to " +
                        day_text(hole.to, Language::en);
    finding.reason_ru = (account ? "По счёту " + risk::quoted(text, risk::Language::ru) : std::string("В книге")) +
                        " нет ни одной записи с " + day_text(hole.from, Language::ru) + " по " +
                        day_text(hole.to, Language::ru);
    if (of_days) {
        const std::string count = std::to_string(hole.open_days);
        finding.reason_en += ": " + count + " days on which rows are usual (it has rows on " +
                             risk::number_words(active_days / span_months, risk::Language::en) +
                             " days of a month), far more than any other pause; rows may not have been brought over.";
        finding.reason_ru += ": " + count + "\u00a0дн., когда записи обычно есть (дней с записями в месяц: " +
                             risk::number_words(active_days / span_months, risk::Language::ru) +
                             "), это намного дольше других перерывов; возможно, записи не перенесены.";
    } else {
        finding.reason_en += "; other months have some " + usual(risk::Language::en) +
                             " rows each, so rows were probably not brought over.";
        finding.reason_ru +=
            "; в другие месяцы их около " + usual(risk::Language::ru) + ", вероятно, записи не перенесены.";
    }
    return finding;
}

bool overlap(const Hole& a, const Hole& b) { return a.from <= b.to && b.from <= a.to; }

}  // namespace

Findings gap(const Setting& setting) {
    Findings found;
    const auto owners = owners_of(setting);
    std::vector<Hole> of_ledger;
    for (const Owner& owner : owners) {
        setting.check();
        auto holes = holes_of_months(owner);
        const std::size_t months = holes.size();
        for (const Hole& hole : hole_of_days(owner))
            if (std::none_of(holes.begin(), holes.begin() + static_cast<std::ptrdiff_t>(months),
                             [&](const Hole& other) { return overlap(hole, other); }))
                holes.push_back(hole);
        for (const Hole& hole : holes) {
            // What the whole ledger lacks no account lacks again.
            const bool told = owner.account != ledger::no_code &&
                              std::any_of(of_ledger.begin(), of_ledger.end(),
                                          [&](const Hole& other) { return overlap(hole, other); });
            if (told || hole.p * setting.strict(Kind::gap) > 0.01) continue;
            found.push_back(finding_of(setting, owner, hole, owners.size()));
        }
        if (owner.account == ledger::no_code) of_ledger = holes;
    }
    return found;
}

}  // namespace fin::anomaly::series
