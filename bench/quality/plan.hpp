// A company as it was planned: what it earns and pays each month, before chance makes rows of it. Labels are read from
// here, never from what a detector says.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "anomaly/finding.hpp"
#include "chance.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"

namespace fin::quality {

using anomaly::Kind;

// Something that pays or is paid with a plan for each month.
struct Stream {
    std::string category, counterparty;
    ledger::Kind kind = ledger::Kind::opex;
    std::vector<double> plan;  // by month, positive; 0: nothing
    double rows_per_month = 1;
    double spread = 0;     // of single amounts (log), 0: equal amounts
    double wobble = 0;     // of a month around its plan (log)
    int day = 0;           // of the month; 0: any day
    bool weekends = true;  // may fall on one
    bool weekly = false;   // rows_per_month payments spread evenly: same weekday
    bool twice = false;    // each payment is two equal ones, on the day and up to two days later
    bool follows_revenue = false;
    double whole = 0;  // amounts are multiples of this; 0: cents

    bool income() const { return kind == ledger::Kind::revenue; }
};

struct Posting {
    ledger::Day day = 0;
    ledger::Money amount;
    std::string category, counterparty;
    std::string centre;           // of a real ledger: what it is cut by
    std::optional<Kind> planted;  // what is wrong with it, by the plan
    int group = -1;               // parts of one finding: a split's payments, a duplicate and its original
    bool original = false;        // of a duplicate: as good a finding as its copy where both are of one day
};

// A finding without a row that the plan holds.
struct Event {
    Kind kind;
    std::string category, counterparty;
    ledger::Day day;
};

// What the plan adds to the months of its streams: bonuses, purchases made once, refunds, large orders.
struct Extra {
    ledger::Kind kind;
    std::string category, counterparty;
    int month;
    double amount;  // as in a stream: positive is money earned in revenue, spent elsewhere
};

enum class Holds : std::uint8_t { no, yes, unclear };

struct Company {
    std::string name, shape, currency;
    bool real = false, russian = false, moved = false;  // moved: the plan holds shifts of level
    ledger::Month first = 0;
    int months = 0;
    std::optional<double> opening;
    std::vector<Stream> streams;
    std::vector<double> season, level;  // of revenue: factor of the calendar month, and what is left without it
    double season_swing = 0;
    std::vector<Posting> rows;
    std::vector<Event> events;
    std::vector<Extra> extras;
    std::map<std::string, Holds> risks;
    double month_expenses = 0;
    bool clean = true;  // no anomaly was planted

    ledger::Day day_of(int month, int day) const;
    ledger::Day last_day() const { return ledger::last_day(first + months - 1); }
};

// A name no other company or party of this program has been given within one company.
class Names {
public:
    Names(Chance& chance, bool russian) : chance_(chance), russian_(russian) {}
    std::string party();
    std::string person();

private:
    Chance& chance_;
    bool russian_;
    std::map<std::string, int> given_;
};

// What a category is called: "rent" -> "Office rent" / "Аренда офиса".
std::string category_named(const std::string& key, bool russian);

// labelled_set.cpp: half of the companies clean, each of a shape; the first ones stay the same as more are asked for.
std::vector<Company> labelled_companies(std::uint64_t seed, int count);
// Pseudo-companies of the ledgers, half of them with planted anomalies.
std::vector<Company> labelled_cuts(std::uint64_t seed, const std::vector<Company>& ledgers, std::size_t at_most);
// Which half a company is in: by its name alone.
bool is_held_out(const std::string& name);

// company.cpp: streams of a company; risky: some risks of the taxonomy are planned to hold, others to be near.
Company make_company(std::uint64_t seed, int number, bool risky, bool shifts);
// truth.cpp: what holds by the plan's figures.
void judge_plan(Company& company);
// postings.cpp: rows with everything usual that looks odd.
void make_rows(Company& company, Chance& chance);
// plant.cpp: anomalies of the sizes that are promised; says what was planted through the rows and events.
void plant(Company& company, Chance& chance, int count);
// truth.cpp: the codes that planted rows decide.
void judge_planted(Company& company);

// real.cpp: the ledgers of a folder, whole, and cut into pseudo-companies.
std::vector<Company> read_ledgers(const std::string& folder);
std::vector<Company> cut(const Company& whole);

}  // namespace fin::quality
