#include "ledger/builder.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "error.hpp"
#include "ledger/balances.hpp"
#include "ledger/fold.hpp"
#include "ledger/payee.hpp"

namespace fin::ledger {

namespace {

// Texts as they come. Rows of a ledger repeat each other, so the last text is compared before the dictionary is asked.
class TextColumn {
public:
    Code code(std::string_view given) {
        const std::string_view text = trimmed(given);
        if (text.empty()) return no_code;
        if (last_ == no_code || dictionary_.text(last_) != text) last_ = dictionary_.code(text);
        return last_;
    }
    const Dictionary& dictionary() const { return dictionary_; }

private:
    Dictionary dictionary_;
    Code last_ = no_code;
};

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

std::int64_t converted(std::int64_t units, double rate) {
    const long double value = std::round(static_cast<long double>(units) * static_cast<long double>(rate));
    if (!(std::abs(value) <= static_cast<long double>(Money::greatest)))
        throw Error(ErrorCode::out_of_domain, "amount out of range",
                    "The amount " + Money{units}.text() + " times the rate " + std::to_string(rate) +
                        " is beyond 900 trillion.",
                    "Check the rates: they say how many units of the main currency one unit of the other is worth.");
    return static_cast<std::int64_t>(value);
}

// The column in the given order, the old one freed at once: the builder's columns and the ledger's never exist twice.
template <class T>
void reorder(std::vector<T>& column, const std::vector<std::uint32_t>& order) {
    std::vector<T> sorted;
    sorted.reserve(order.size());
    for (const std::uint32_t row : order) sorted.push_back(column[row]);
    column = std::move(sorted);
}

constexpr std::size_t most_currencies = 65535;

}  // namespace

struct Builder::State {
    std::optional<std::string> main_currency;
    std::map<std::string, double> rates;
    std::optional<Money> opening;

    std::vector<std::int32_t> row_no;
    std::vector<Day> day;
    std::vector<std::int64_t> amount;
    std::vector<std::int64_t> balance;  // empty while no row has stated one
    std::vector<Code> category, counterparty, account;
    std::vector<std::uint16_t> currency;

    TextColumn categories, counterparties, accounts, currency_texts;
    std::vector<std::uint16_t> currency_of_text;
    std::vector<std::string> currencies;  // upper case
    std::vector<MoneySum> turnover;
    std::vector<std::size_t> rows_of_currency;
    bool sorted = true;

    std::uint16_t currency_code(std::string_view text);
    std::uint16_t named_currency(const std::string& name);
    std::uint16_t choose_main();
    std::vector<double> rates_to(std::uint16_t main) const;  // 0: left out
    bool before(std::uint32_t a, std::uint32_t b) const;
    void sort(const std::vector<double>& rate, const InterruptCheck& check);
    void reconcile_accounts(Ledger& ledger, const std::vector<double>& rate, const InterruptCheck& check) const;
    void name_counterparties(Ledger& ledger, const InterruptCheck& check);
};

std::uint16_t Builder::State::named_currency(const std::string& name) {
    const auto known = std::ranges::find(currencies, name);
    if (known != currencies.end()) return static_cast<std::uint16_t>(known - currencies.begin());
    if (currencies.size() >= most_currencies)
        throw Error(ErrorCode::limit_exceeded, "too many currencies",
                    "The rows name more than " + std::to_string(most_currencies) + " different currencies.",
                    "Check which column holds the currency.");
    currencies.push_back(name);
    turnover.emplace_back();
    rows_of_currency.push_back(0);
    return static_cast<std::uint16_t>(currencies.size() - 1);
}

std::uint16_t Builder::State::currency_code(std::string_view text) {
    const Code code = currency_texts.code(text);
    const auto at = static_cast<std::size_t>(code + 1);  // 0: no currency stated
    if (at >= currency_of_text.size()) currency_of_text.resize(at + 1, most_currencies);
    if (currency_of_text[at] == most_currencies)
        currency_of_text[at] = named_currency(upper(currency_texts.dictionary().text(code)));
    return currency_of_text[at];
}

std::uint16_t Builder::State::choose_main() {
    if (main_currency) return named_currency(upper(trimmed(*main_currency)));
    std::size_t best = 0;
    for (std::size_t i = 1; i < currencies.size(); ++i)
        if (turnover[i].units > turnover[best].units ||
            (turnover[i].units == turnover[best].units && currencies[i] < currencies[best]))
            best = i;
    return static_cast<std::uint16_t>(best);
}

std::vector<double> Builder::State::rates_to(std::uint16_t main) const {
    std::vector<double> rate(currencies.size(), 0.0);
    for (const auto& [currency, value] : rates) {
        const auto known = std::ranges::find(currencies, upper(trimmed(currency)));
        if (known != currencies.end()) rate[static_cast<std::size_t>(known - currencies.begin())] = value;
    }
    rate[main] = 1;
    return rate;
}

// Rows of equal day and number, which no table has, are put in order by what they say, so that the order in which rows
// were added never shows.
bool Builder::State::before(std::uint32_t a, std::uint32_t b) const {
    const auto said = [&](std::uint32_t row) {
        return std::tuple(amount[row], categories.dictionary().text(category[row]),
                          counterparties.dictionary().text(counterparty[row]), accounts.dictionary().text(account[row]),
                          std::string_view(currencies[currency[row]]), balance.empty() ? no_balance : balance[row]);
    };
    return said(a) < said(b);
}

// Drops the rows that are left out and sorts the others; nothing is moved where nothing has to be.
void Builder::State::sort(const std::vector<double>& rate, const InterruptCheck& check) {
    const bool all_kept = std::ranges::all_of(rate, [](double value) { return value != 0; });
    if (sorted && all_kept) return;
    struct Entry {
        std::uint64_t key;  // day and row number, both shifted to sort as unsigned numbers
        std::uint32_t row;
    };
    const auto unsigned_of = [](std::int32_t value) { return static_cast<std::uint32_t>(value) ^ 0x80000000U; };
    std::vector<Entry> entries;
    entries.reserve(day.size());
    for (std::uint32_t row = 0; row < day.size(); ++row)
        if (rate[currency[row]] != 0)
            entries.push_back({std::uint64_t{unsigned_of(day[row])} << 32 | unsigned_of(row_no[row]), row});
    check();
    if (!sorted) {
        std::size_t compared = 0;
        std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
            if (++compared % 65536 == 0) check();
            return a.key != b.key ? a.key < b.key : before(a.row, b.row);
        });
    }
    std::vector<std::uint32_t> order;
    order.reserve(entries.size());
    for (const Entry& entry : entries) order.push_back(entry.row);
    entries = {};
    check();
    reorder(row_no, order);
    reorder(day, order);
    reorder(amount, order);
    if (!balance.empty()) reorder(balance, order);
    reorder(category, order);
    reorder(counterparty, order);
    reorder(account, order);
    reorder(currency, order);
}

void Builder::State::reconcile_accounts(Ledger& ledger, const std::vector<double>& rate,
                                        const InterruptCheck& check) const {
    if (balance.empty()) return;
    Pulse pulse(check);
    // An account may hold several currencies; each reconciles in its own.
    std::map<std::pair<Code, std::uint16_t>, AccountRows> by_account;
    AccountRows* last = nullptr;
    std::pair<Code, std::uint16_t> last_key;
    for (std::size_t row = 0; row < day.size(); ++row) {
        pulse();
        const std::pair key(account[row], currency[row]);
        if (!last || key != last_key) last = &by_account[key], last_key = key;
        last->day.push_back(day[row]);
        last->amount.push_back(amount[row]);
        last->balance.push_back(balance[row]);
    }
    MoneySum opening;
    bool known = true;  // of every account: cash of some of them is not the company's cash
    for (const auto& [key, rows] : by_account) {
        check();
        const auto reconciled = reconcile(rows);
        if (!reconciled || !reconciled->opening) known = false;
        if (!reconciled) continue;
        const double worth = rate[key.second];
        const Money gap{converted(reconciled->gap.units, worth)};
        ledger.balance_gap = std::max(ledger.balance_gap.value_or(Money{}), gap);
        if (reconciled->opening) opening += Money{converted(reconciled->opening->units, worth)};
    }
    if (known && ledger.balance_gap) ledger.opening = opening.money();
}

// Replaces the codes of texts as they came by codes of counterparties, in the order of the ledger.
void Builder::State::name_counterparties(Ledger& ledger, const InterruptCheck& check) {
    Pulse pulse(check);
    const Dictionary& texts = counterparties.dictionary();
    Dictionary keys;
    std::vector<Code> key_of(texts.size(), no_code), code_of_key, code_of(texts.size(), no_code);
    for (Code& code : ledger.counterparty) {
        pulse();
        if (code == no_code) continue;
        Code& known = code_of[static_cast<std::size_t>(code)];
        if (known == no_code) {
            check();  // a text may be long: one at a time
            const auto key = static_cast<std::size_t>(keys.code(payee_key(texts.text(code))));
            if (key == code_of_key.size()) code_of_key.push_back(ledger.counterparties.code(texts.text(code)));
            known = code_of_key[key];
        }
        code = known;
    }
}

namespace {

// Codes in the order of the ledger: they must not tell in which order the rows were added.
Dictionary renumber(std::vector<Code>& column, const Dictionary& texts, Pulse& pulse) {
    Dictionary used;
    std::vector<Code> code_of(texts.size(), no_code);
    for (Code& code : column) {
        pulse();
        if (code == no_code) continue;
        Code& known = code_of[static_cast<std::size_t>(code)];
        if (known == no_code) known = used.code(texts.text(code));
        code = known;
    }
    return used;
}

}  // namespace

Builder::Builder(std::optional<std::string> main_currency, std::map<std::string, double> rates,
                 std::optional<Money> opening)
    : state_(std::make_unique<State>()) {
    if (!rates.empty() && !main_currency)
        throw Error(ErrorCode::invalid_argument, "rates without a main currency",
                    "Rates say what one unit of a currency is worth in the main currency.",
                    "Name the main currency as well.");
    for (const auto& [currency, rate] : rates)
        if (!(rate > 0) || !std::isfinite(rate))
            throw Error(ErrorCode::invalid_argument, "a rate must be greater than 0",
                        "The rate of " + currency + " is " + std::to_string(rate) + ".");
    state_->main_currency = std::move(main_currency);
    state_->rates = std::move(rates);
    state_->opening = opening;
}

Builder::~Builder() = default;

void Builder::add(const Row& row) {
    State& s = *state_;
    s.sorted = s.sorted && (s.day.empty() || s.day.back() < row.booked_on ||
                            (s.day.back() == row.booked_on && s.row_no.back() < row.row_no));
    const std::uint16_t currency = s.currency_code(row.currency);
    s.turnover[currency] += row.amount.abs();
    ++s.rows_of_currency[currency];
    if (row.balance && s.balance.empty()) s.balance.assign(s.day.size(), no_balance);
    if (row.balance || !s.balance.empty()) s.balance.push_back(row.balance ? row.balance->units : no_balance);
    s.row_no.push_back(row.row_no);
    s.day.push_back(row.booked_on);
    s.amount.push_back(row.amount.units);
    s.category.push_back(s.categories.code(row.category));
    const Code payee = s.counterparties.code(row.counterparty);
    s.counterparty.push_back(payee != no_code ? payee : s.counterparties.code(row.description));
    s.account.push_back(s.accounts.code(row.account));
    s.currency.push_back(currency);
}

Built Builder::build(const InterruptCheck& check) {
    State& s = *state_;
    Built built;
    Ledger& ledger = built.ledger;
    Pulse pulse(check);
    if (s.currencies.empty() && !s.main_currency) s.named_currency("");
    const std::uint16_t main = s.choose_main();
    const auto rate = s.rates_to(main);
    ledger.currency = s.currencies[main];
    for (std::size_t i = 0; i < rate.size(); ++i)
        if (rate[i] == 0) built.left_out.push_back({s.currencies[i], s.rows_of_currency[i], s.turnover[i].money()});
    std::ranges::sort(built.left_out, [](const LeftOut& a, const LeftOut& b) {
        return a.turnover != b.turnover ? a.turnover > b.turnover : a.currency < b.currency;
    });

    s.sort(rate, check);
    s.reconcile_accounts(ledger, rate, check);
    if (s.opening) ledger.opening = s.opening;

    ledger.amount.reserve(s.amount.size());
    for (std::size_t row = 0; row < s.amount.size(); ++row) {
        pulse();
        const double worth = rate[s.currency[row]];
        ledger.amount.push_back({worth == 1 ? s.amount[row] : converted(s.amount[row], worth)});
    }
    ledger.row_no = std::move(s.row_no);
    ledger.day = std::move(s.day);
    ledger.category = std::move(s.category);
    ledger.account = std::move(s.account);
    ledger.counterparty = std::move(s.counterparty);
    ledger.kind.assign(ledger.size(), Kind::other);
    ledger.categories = renumber(ledger.category, s.categories.dictionary(), pulse);
    ledger.accounts = renumber(ledger.account, s.accounts.dictionary(), pulse);
    s.name_counterparties(ledger, check);
    state_ = std::make_unique<State>();
    return built;
}

}  // namespace fin::ledger
