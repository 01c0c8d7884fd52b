#include "importer/layout.hpp"

#include <algorithm>
#include <set>

#include "error.hpp"
#include "importer/date.hpp"
#include "importer/number.hpp"
#include "importer/unicode.hpp"
#include "importer/words.hpp"

namespace fin::importer {

namespace {

// What the sampled rows below the header hold in one column.
struct Profile {
    std::size_t filled = 0, dates = 0, separated_dates = 0, amounts = 0, decimals = 0, negatives = 0, codes = 0;
    std::size_t length = 0;
    std::set<std::string> distinct;
    bool mostly(std::size_t count) const { return filled > 0 && count * 2 > filled; }
    bool often(std::size_t count) const { return count > 0 && count * 5 >= filled * 2; }
    bool nearly_all(std::size_t count) const { return filled > 0 && count * 10 >= filled * 9; }
};

bool has_digit(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Profile profile_of(const Sample& sample, const std::vector<std::size_t>& rows, std::size_t column) {
    Profile profile;
    for (const std::size_t i : rows) {
        if (column >= sample[i].fields.size()) continue;
        const std::string& text = sample[i].fields[column];
        if (text.empty()) continue;
        ++profile.filled;
        profile.length += text.size();
        if (profile.distinct.size() < 50) profile.distinct.insert(text);
        if (looks_like_date(text)) {
            ++profile.dates;
            profile.separated_dates += text.find_first_of("./- ") != std::string::npos;
        }
        if (looks_like_amount(text)) {
            ++profile.amounts;
            profile.decimals += text.find_first_of(".,") != std::string::npos;
            profile.negatives +=
                text.find_first_of("-(") != std::string::npos || text.find("\xE2\x88\x92") != std::string::npos;
        }
        profile.codes +=
            text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    }
    return profile;
}

bool row_has_date(const SampleRecord& record) {
    return std::any_of(record.fields.begin(), record.fields.end(), [](const auto& f) { return looks_like_date(f); });
}

// A header of known words: one names a date, one money, and nothing in it is a date itself.
std::optional<std::size_t> header_by_words(const Sample& sample) {
    for (std::size_t i = 0; i < std::min<std::size_t>(sample.size(), 100); ++i) {
        if (sample[i].blank || sample[i].fields.size() < 2 || row_has_date(sample[i])) continue;
        bool date = false, money = false;
        for (const auto& field : sample[i].fields) {
            if (field.size() > 120) continue;
            const std::string name = folded(field);
            const bool names_date = header_score(name, Role::date) > 0;
            date = date || names_date;
            money =
                money || (!names_date && (header_score(name, Role::amount) > 0 || header_score(name, Role::debit) > 0 ||
                                          header_score(name, Role::credit) > 0));
        }
        if (date && money) return i;
    }
    return std::nullopt;
}

// The first row with a date and an amount.
std::optional<std::size_t> first_data_row(const Sample& sample) {
    for (std::size_t i = 0; i < sample.size(); ++i) {
        std::size_t dates = 0, amounts = 0;
        for (const auto& field : sample[i].fields) {
            if (looks_like_date(field))
                ++dates;
            else
                amounts += looks_like_amount(field);
        }
        if (dates > 0 && (amounts > 0 || dates > 1)) return i;
    }
    return std::nullopt;
}

// A header of unknown words: the row above the data names every column.
bool names_columns(const SampleRecord& above, const SampleRecord& data) {
    std::size_t named = 0, filled = 0;
    for (const auto& field : above.fields) {
        if (field.empty()) continue;
        if (looks_like_date(field) || looks_like_amount(field)) return false;
        ++named;
    }
    for (const auto& field : data.fields) filled += !field.empty();
    return named >= 2 && named >= filled && above.fields.size() >= data.fields.size() - 1;
}

[[noreturn]] void no_ledger(const Sample& sample, const std::string& why) {
    std::string names;
    for (const auto& record : sample) {
        if (record.blank) continue;
        for (const auto& field : record.fields) names += (names.empty() ? "\"" : ", \"") + clipped(field, 60) + "\"";
        break;
    }
    throw Error(ErrorCode::bad_data, "the file is no ledger: " + why,
                "Its first line has the fields " + clipped(names, 400) + ".",
                "A ledger has one row for each transaction, with its date and its amount. Name them in option columns "
                "where they were not found.");
}

std::size_t usual_width(const Sample& sample, std::size_t first) {
    std::vector<std::size_t> widths;
    for (std::size_t i = first; i < sample.size(); ++i)
        if (!sample[i].blank) widths.push_back(sample[i].fields.size());
    if (widths.empty()) return 0;
    std::sort(widths.begin(), widths.end());
    std::size_t best = widths[0], run = 0, most = 0;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        run = i > 0 && widths[i] == widths[i - 1] ? run + 1 : 1;
        if (run >= most) most = run, best = widths[i];
    }
    return best;
}

class Roles {
public:
    Roles(const Sample& sample, std::size_t first, std::vector<Column>& columns, const InterruptCheck& check)
        : sample_(sample), columns_(columns), check_(check) {
        // Footers and group rows have no date and say nothing about the columns, unless no row has one.
        std::vector<std::size_t> rows, all;
        for (std::size_t i = first; i < sample.size(); ++i) {
            all.push_back(i);
            if (row_has_date(sample[i])) rows.push_back(i);
        }
        if (rows.empty()) rows = std::move(all);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            check();
            profiles_.push_back(profile_of(sample, rows, i));
            headers_.push_back(folded(columns[i].header));
        }
        first_ = first;
    }

    bool given(Role role) const {
        return std::any_of(columns_.begin(), columns_.end(), [&](const Column& c) { return c.role == role; });
    }

    // A column an option names, by header or number.
    void name(const std::string& wanted, Role role) {
        if (wanted.empty()) return;
        std::optional<std::size_t> found;
        const std::string low = folded(wanted);
        for (std::size_t i = 0; i < columns_.size() && !found; ++i)
            if (columns_[i].header == wanted) found = i;
        for (std::size_t i = 0; i < columns_.size() && !found; ++i)
            if (!low.empty() && headers_[i] == low) found = i;
        if (!found && wanted.size() <= 4 &&
            std::all_of(wanted.begin(), wanted.end(), [](char c) { return c >= '0' && c <= '9'; })) {
            const auto number = static_cast<std::size_t>(std::stoi(wanted));
            if (number >= 1 && number <= columns_.size()) found = number - 1;
        }
        if (!found) {
            std::string names;
            for (const auto& column : columns_)
                names += (names.empty() ? "\"" : ", \"") + clipped(column.header, 40) + "\"";
            throw Error(ErrorCode::invalid_argument, "the file has no column \"" + clipped(wanted) + "\"",
                        "Its columns are " + clipped(names, 600) + ".",
                        "Name a column by its header or by its number, counted from 1.");
        }
        columns_[*found].role = role;
    }

    // The free column whose header names the role best and whose values can play it.
    template <class Fits>
    int find(Role role, Fits fits) {
        if (given(role)) return 100;
        int best = 0;
        std::size_t place = 0;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (columns_[i].role != Role::none) continue;
            check_();
            int score = header_score(headers_[i], role);
            if (score == 0 || !fits(profiles_[i], score)) continue;
            // A column that is often empty says less than one that never is.
            if (role == Role::date && profiles_[i].filled * 10 < fullest_date() * 8) score -= 40;
            if (score > best) best = score, place = i;
        }
        if (best > 0) columns_[place].role = role;
        return best;
    }

    void by_header();
    void by_content();
    bool balance_before = false;

private:
    std::size_t fullest_date() const {
        std::size_t most = 0;
        for (const auto& profile : profiles_) most = std::max(most, profile.dates);
        return most;
    }
    void date_by_content();
    void money_by_content();

    const Sample& sample_;
    std::vector<Column>& columns_;
    const InterruptCheck& check_;
    std::vector<Profile> profiles_;
    std::vector<std::string> headers_;
    std::size_t first_ = 0;
};

void Roles::by_header() {
    const auto money = [](const Profile& p, int) { return p.filled == 0 || p.often(p.amounts); };
    const auto text = [](const Profile& p, int) { return p.filled > 0 && !p.mostly(p.amounts) && !p.mostly(p.dates); };
    const auto filled = [](const Profile& p, int) { return p.filled > 0; };
    find(Role::date, [](const Profile& p, int) { return p.often(p.dates); });
    const bool chosen = given(Role::amount) || given(Role::debit) || given(Role::credit);
    if (!chosen) {
        const int debit = find(Role::debit, money), credit = find(Role::credit, money);
        // A lone "Debit" beside an amount, or a pair without a single value, is no debit/credit convention.
        std::size_t values = 0;
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (columns_[i].role == Role::debit || columns_[i].role == Role::credit) values += profiles_[i].filled;
        bool amount = false;
        for (std::size_t i = 0; i < columns_.size(); ++i)
            amount = amount || (header_score(headers_[i], Role::amount) >= 70 &&
                                profiles_[i].mostly(profiles_[i].amounts) && columns_[i].role == Role::none);
        if (((debit == 0 || credit == 0) && amount) || values == 0)
            for (auto& column : columns_)
                if (column.role == Role::debit || column.role == Role::credit) column.role = Role::none;
    }
    if (!given(Role::debit) && !given(Role::credit))
        find(Role::amount, [](const Profile& p, int) { return p.often(p.amounts); });
    find(Role::balance, money);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        // A fee is taken off plain amounts; net amounts and totals contain it.
        const std::string& header = headers_[i];
        if (columns_[i].role == Role::amount && (header == "amount" || header == "gross" || header == "сумма"))
            find(Role::fee, [](const Profile& p, int) { return p.nearly_all(p.amounts); });
    }
    // A currency of the operation says nothing about an amount in the currency of the account.
    const bool account_sum = std::any_of(columns_.begin(), columns_.end(), [&](const Column& c) {
        return c.role == Role::amount && folded(c.header).find("валют") != std::string::npos;
    });
    find(Role::currency, [&](const Profile& p, int score) {
        return p.filled > 0 && !p.mostly(p.dates) && p.length <= p.filled * 8 && (!account_sum || score != 80);
    });
    find(Role::status, text);
    // Words of direction count only where the amounts themselves carry no sign; the caller drops the column otherwise.
    const auto directed = [](const Profile& p) {
        return std::count_if(p.distinct.begin(), p.distinct.end(),
                             [](const std::string& v) { return direction(folded(v)) != 0; });
    };
    const auto directions = [&](const Profile& p) {
        return static_cast<std::size_t>(directed(p)) == p.distinct.size();
    };
    if (given(Role::amount))
        find(Role::type, [&](const Profile& p, int score) {
            if (p.filled == 0 || p.distinct.size() > 20) return false;
            // "Af Bij" or "D/C" can mean nothing else: a strange value in it is an error of its row.
            return score >= 90 ? directed(p) > 0 : directions(p);
        });
    find(Role::counterparty, [&](const Profile& p, int score) {
        return score <= 60 ? p.filled > 0 && !p.mostly(p.dates) : text(p, score);
    });
    find(Role::category,
         [&](const Profile& p, int score) { return text(p, score) && (score >= 80 || !directions(p)); });
    find(Role::description,
         [&](const Profile& p, int score) { return score <= 50 ? filled(p, score) : text(p, score); });
    find(Role::account, filled);
}

void Roles::date_by_content() {
    std::size_t best = 0;
    std::optional<std::size_t> place;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const Profile& p = profiles_[i];
        if (columns_[i].role != Role::none || !p.mostly(p.dates)) continue;
        const std::size_t weight = p.separated_dates * 4 + p.dates;
        if (weight > best) best = weight, place = i;
    }
    if (place) columns_[*place].role = Role::date;
}

void Roles::money_by_content() {
    std::vector<std::size_t> money;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const Profile& p = profiles_[i];
        if (columns_[i].role == Role::none && p.nearly_all(p.amounts) && !p.mostly(p.separated_dates) && p.decimals > 0)
            money.push_back(i);
    }
    if (money.empty()) {  // whole numbers: those with a sign
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (columns_[i].role == Role::none && profiles_[i].nearly_all(profiles_[i].amounts) &&
                profiles_[i].negatives > 0)
                money.push_back(i);
    }
    if (money.empty()) return;
    // Amount and running balance prove each other: the balance of a row is that of its neighbour and the amount.
    double best_share = 0.75;
    for (const std::size_t amount : money) {
        for (const std::size_t balance : money) {
            if (amount == balance) continue;
            check_();  // a thousand columns are a million pairs
            MarkEvidence evidence;
            for (std::size_t i = first_; i < sample_.size(); ++i)
                for (const std::size_t c : {amount, balance})
                    if (c < sample_[i].fields.size()) evidence.add(sample_[i].fields[c], i);
            const auto marks = evidence.marks();
            if (!marks) continue;
            std::vector<BalancedRow> rows;
            for (std::size_t i = first_; i < sample_.size(); ++i) {
                const auto& fields = sample_[i].fields;
                if (fields.size() <= std::max(amount, balance)) continue;
                const auto a = parse_amount(fields[amount], *marks), b = parse_amount(fields[balance], *marks);
                if (a && b) rows.push_back({a->money.units, b->money.units});
            }
            const Reconciliation found = reconcile(rows);
            const double share = found.pairs < 2 ? 0
                                                 : static_cast<double>(std::max(found.after, found.before)) /
                                                       static_cast<double>(found.pairs);
            if (share <= best_share) continue;
            best_share = share;
            for (auto& column : columns_)
                if (column.role == Role::amount || column.role == Role::balance) column.role = Role::none;
            columns_[amount].role = Role::amount, columns_[balance].role = Role::balance;
            balance_before = found.before > found.after;
        }
    }
    if (given(Role::amount)) return;
    // Otherwise the column with signs, then the one with most decimals.
    const auto weight = [&](std::size_t i) {
        return (profiles_[i].negatives > 0 ? 100000 : 0) + profiles_[i].decimals;
    };
    columns_[*std::max_element(money.begin(), money.end(), [&](auto a, auto b) { return weight(a) < weight(b); })]
        .role = Role::amount;
}

void Roles::by_content() {
    if (!given(Role::date)) date_by_content();
    if (!given(Role::amount) && !given(Role::debit) && !given(Role::credit)) money_by_content();
    const bool texts = given(Role::counterparty) || given(Role::description) || given(Role::category);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const Profile& p = profiles_[i];
        if (columns_[i].role != Role::none) continue;
        if (!given(Role::currency) && headers_[i].empty() == headers_[0].empty() && p.nearly_all(p.codes) &&
            p.distinct.size() <= 20 && !texts)
            columns_[i].role = Role::currency;
    }
    if (texts) return;
    // Without header words: the longest texts are descriptions, shorter ones names, one repeated number the account.
    const auto is_account = [](const Profile& p) {
        return p.filled > 1 && p.distinct.size() == 1 && p.length / p.filled >= 8 && has_digit(*p.distinct.begin());
    };
    for (std::size_t i = 0; i < columns_.size() && !given(Role::account); ++i)
        if (columns_[i].role == Role::none && is_account(profiles_[i])) columns_[i].role = Role::account;
    const auto longest = [&]() -> std::optional<std::size_t> {
        std::optional<std::size_t> place;
        std::size_t most = 0;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const Profile& p = profiles_[i];
            const std::size_t letters =
                static_cast<std::size_t>(std::count_if(p.distinct.begin(), p.distinct.end(), [](const std::string& v) {
                    return folded(v).find(' ') != std::string::npos || !has_digit(v);
                }));
            if (columns_[i].role != Role::none || p.filled == 0 || p.mostly(p.amounts) || p.mostly(p.dates) ||
                letters * 2 < p.distinct.size() || p.codes == p.filled)
                continue;
            if (p.length / p.filled > most) most = p.length / p.filled, place = i;
        }
        return most >= 4 ? place : std::nullopt;
    };
    if (const auto place = longest()) columns_[*place].role = Role::description;
    if (const auto place = longest()) columns_[*place].role = Role::counterparty;
}

}  // namespace

Reconciliation reconcile(const std::vector<BalancedRow>& rows) {
    Reconciliation found;
    std::size_t counts[4] = {0, 0, 0, 0};
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
        const auto &a = rows[i], &b = rows[i + 1];
        if (a.amount == 0 && b.amount == 0) continue;
        ++found.pairs;
        using ledger::Wide;
        counts[0] += static_cast<Wide>(a.balance) + b.amount == b.balance;  // after the row, oldest first
        counts[1] += static_cast<Wide>(b.balance) + a.amount == a.balance;  // after the row, newest first
        counts[2] += static_cast<Wide>(a.balance) + a.amount == b.balance;  // before the row, oldest first
        counts[3] += static_cast<Wide>(b.balance) + b.amount == a.balance;  // before the row, newest first
    }
    found.after = std::max(counts[0], counts[1]), found.before = std::max(counts[2], counts[3]);
    return found;
}

Layout detect_layout(const Sample& sample, const Options& options, const InterruptCheck& check) {
    Layout layout;
    if (std::all_of(sample.begin(), sample.end(), [](const auto& r) { return r.blank; }))
        throw Error(ErrorCode::bad_data, "the file is empty", {}, "Import a file with a header and rows.");
    std::optional<std::size_t> header;
    if (options.header_row) {
        for (std::size_t i = 0; i < sample.size() && *options.header_row > 0; ++i)
            if (sample[i].line == *options.header_row) header = i;
        if (*options.header_row > 0 && !header)
            throw Error(ErrorCode::invalid_argument, "no record begins on line " + std::to_string(*options.header_row),
                        "Option header_row must name one of the first lines of the file.");
    } else if (header = header_by_words(sample); !header) {
        const auto data = first_data_row(sample);
        if (data) {
            std::size_t above = *data;
            while (above > 0 && sample[above - 1].blank) --above;
            if (above > 0 && names_columns(sample[above - 1], sample[*data])) header = above - 1;
        } else if (options.columns.date.empty()) {
            const bool dates = std::any_of(sample.begin(), sample.end(), row_has_date);
            no_ledger(sample, dates ? "no column holds amounts" : "no column holds dates");
        } else {
            header = 0;
        }
    }
    const std::size_t first = header ? *header + 1 : 0;
    layout.header_row = header ? sample[*header].line : 0;
    const std::size_t width =
        header ? std::max(sample[*header].fields.size(), std::size_t{1}) : usual_width(sample, first);
    bool sales = false;
    for (std::size_t i = 0; i < width; ++i) {
        Column& column = layout.columns.emplace_back();
        if (header && i < sample[*header].fields.size()) column.header = cleaned(sample[*header].fields[i]);
        const std::string low = folded(column.header);
        layout.spending = layout.spending || names_spending(low);
        sales = sales || names_sales(low);
        layout.not_english = layout.not_english || is_not_english(low);
    }
    layout.spending = layout.spending && !sales;
    Roles roles(sample, first, layout.columns, check);
    const auto& named = options.columns;
    roles.name(named.date, Role::date), roles.name(named.amount, Role::amount);
    roles.name(named.debit, Role::debit), roles.name(named.credit, Role::credit);
    roles.name(named.category, Role::category), roles.name(named.counterparty, Role::counterparty);
    roles.name(named.description, Role::description), roles.name(named.account, Role::account);
    roles.name(named.currency, Role::currency), roles.name(named.balance, Role::balance);
    roles.name(named.status, Role::status);
    if (header) roles.by_header();
    roles.by_content();
    layout.balance_before = roles.balance_before;

    // Rows with a text in the first, nameless column only are the accounts of a general ledger.
    if (header && layout.columns[0].header.empty() && layout.columns[0].role == Role::none) {
        std::size_t alone = 0;
        for (std::size_t i = first; i < sample.size(); ++i) {
            const auto& fields = sample[i].fields;
            alone += !fields.empty() && !fields[0].empty() &&
                     std::all_of(fields.begin() + 1, fields.end(), [](const std::string& f) { return f.empty(); });
        }
        if (alone > 0) layout.columns[0].role = Role::group;
    }
    for (std::size_t i = 0; i < layout.columns.size(); ++i)
        if (layout.columns[i].header.empty()) layout.columns[i].header = "column " + std::to_string(i + 1);
    const bool rows = std::any_of(sample.begin() + static_cast<std::ptrdiff_t>(first), sample.end(),
                                  [](const auto& r) { return !r.blank; });
    if (header && !rows)
        throw Error(ErrorCode::bad_data, "the file has a header but no rows", {}, "Import a file with rows.");
    if (!roles.given(Role::date)) no_ledger(sample, "no column holds dates");
    if (!roles.given(Role::amount) && !roles.given(Role::debit) && !roles.given(Role::credit))
        no_ledger(sample, "no column holds amounts");
    return layout;
}

}  // namespace fin::importer
