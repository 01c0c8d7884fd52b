// Real ledgers of a folder: read whole, and cut into pseudo-companies by cost centre, account, area or vendors.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <functional>
#include <stdexcept>

#include "plan.hpp"

namespace fin::quality {

namespace {

// What a file says where; -1: nothing. `company`: what it is cut by.
struct Source {
    const char *file, *name, *currency;
    char separator;
    int day, amount, category, counterparty, company;
    const char* order;  // of the date: ymd, dmy, mdy, compact (yymmdd), named (14-Jan-2011)
    bool spending;      // amounts are money spent
    int sign = -1;      // column that says "credit"
};
constexpr std::array sources = {
    Source{"hackclub_2015_2017.csv", "hackclub", "USD", ',', 1, 5, 4, 2, -1, "ymd", false},
    Source{"uk_cabinet_office_2019_2022.csv.gz", "cabinet", "GBP", ',', 2, 7, 3, 5, 4, "ymd", true},
    Source{"uk_network_rail_2017_2018.csv.gz", "netrail", "GBP", ',', 3, 4, 1, 0, 2, "ymd", true},
    Source{"uk_gla_london_2013_2015.csv.gz", "gla", "GBP", ',', 6, 5, 3, 1, 3, "ymd", true},
    Source{"birmingham_pcard_2021_2022.csv.gz", "birmingham", "GBP", ',', 0, 1, 6, 3, 7, "dmy", true},
    Source{"us_utility_payments_2010_h1.csv.gz", "utility", "USD", ',', 1, 3, -1, 0, 0, "mdy", true},
    Source{"leeds_raw_2011-01.csv.gz", "leeds", "GBP", ',', 7, 9, 4, 11, -1, "named", true},
    Source{"berka_trans_test.csv.gz", "berka", "CZK", ';', 2, 5, 7, 9, 1, "compact", false, 3},
};

std::vector<std::string> cells_of(const std::string& line, char separator) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') {
            if (quoted && i + 1 < line.size() && line[i + 1] == '"')
                cells.back() += line[++i];
            else
                quoted = !quoted;
        } else if (line[i] == separator && !quoted) {
            cells.emplace_back();
        } else if (line[i] != '\r' && line[i] != '\n') {
            cells.back() += line[i];
        }
    }
    return cells;
}

std::optional<ledger::Day> day_of(const std::string& text, std::string_view order) {
    const auto number = [&](std::size_t at, std::size_t count) {
        int value = -1;
        if (at + count <= text.size()) std::from_chars(text.data() + at, text.data() + at + count, value);
        return value;
    };
    int year = -1, month = -1, day = -1;
    if (order == "ymd") year = number(0, 4), month = number(5, 2), day = number(8, 2);
    if (order == "dmy") day = number(0, 2), month = number(3, 2), year = number(6, 4);
    if (order == "mdy") month = number(0, 2), day = number(3, 2), year = number(6, 4);
    if (order == "compact") year = 1900 + number(0, 2), month = number(2, 2), day = number(4, 2);
    if (order == "named" && text.size() >= 11) {
        const std::string names = "JanFebMarAprMayJunJulAugSepOctNovDec";
        day = number(0, 2), year = number(7, 4);
        const auto at = names.find(text.substr(3, 3));
        month = at == std::string::npos ? -1 : static_cast<int>(at / 3) + 1;
    }
    if (year < 1990 || year > 2030 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
    return ledger::day_of(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

void settle(Company& company) {
    std::stable_sort(company.rows.begin(), company.rows.end(),
                     [](const Posting& a, const Posting& b) { return a.day < b.day; });
    company.first = ledger::month_of(company.rows.front().day);
    company.months = ledger::month_of(company.rows.back().day) - company.first + 1;
    std::vector<double> months(static_cast<std::size_t>(company.months));
    for (const auto& row : company.rows)
        if (row.amount.units < 0)
            months[static_cast<std::size_t>(ledger::month_of(row.day) - company.first)] -= row.amount.value();
    std::sort(months.begin(), months.end());
    company.month_expenses = months[months.size() / 2];
}

std::optional<Company> read_ledger(const std::string& folder, const Source& source) {
    const gzFile file = gzopen((folder + "/" + source.file).c_str(), "rb");
    if (!file) return std::nullopt;
    Company company;
    company.name = company.shape = source.name, company.currency = source.currency, company.real = true;
    char buffer[16384];
    bool header = true;
    while (gzgets(file, buffer, sizeof buffer)) {
        if (header) {
            header = false;
            continue;
        }
        const auto cell = cells_of(buffer, source.separator);
        const auto at = [&](int column) {
            return column >= 0 && static_cast<std::size_t>(column) < cell.size()
                       ? cell[static_cast<std::size_t>(column)]
                       : std::string();
        };
        const auto day = day_of(at(source.day), source.order);
        const auto amount = ledger::Money::parse(at(source.amount));
        if (!day || !amount || amount->units == 0) continue;
        Posting row;
        row.day = *day;
        row.amount = source.spending || (source.sign >= 0 && at(source.sign) != "credit") ? -*amount : *amount;
        row.category = at(source.category), row.counterparty = at(source.counterparty);
        row.centre = at(source.company);
        company.rows.push_back(row);
    }
    gzclose(file);
    if (company.rows.empty()) return std::nullopt;
    settle(company);
    return company;
}

// FNV-1a: the same parts on every machine.
std::uint64_t hash_of(const std::string& text) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash ^ (hash >> 29);
}

}  // namespace

std::vector<Company> read_ledgers(const std::string& folder) {
    std::vector<Company> all;
    for (const auto& source : sources)
        if (auto company = read_ledger(folder, source)) all.push_back(std::move(*company));
    return all;
}

// By centre; what is larger than 2,500 rows, and what has no centre, by its vendors. At least 250 rows of 6 months.
std::vector<Company> cut(const Company& whole) {
    std::map<std::string, std::size_t> sizes;
    for (const auto& row : whole.rows) ++sizes[row.centre];
    const bool by_vendor = sizes.size() > whole.rows.size() / 100;
    std::map<std::string, Company> parts;
    for (const auto& row : whole.rows) {
        const std::size_t size = by_vendor ? whole.rows.size() : sizes[row.centre];
        const std::size_t pieces = size > 2500 ? size / 1200 : 1;
        const std::string name = whole.name + " " + (by_vendor ? "vendors" : row.centre) +
                                 (pieces > 1 ? " " + std::to_string(hash_of(row.counterparty) % pieces) : "");
        auto& part = parts[name];
        part.name = name, part.shape = whole.name, part.currency = whole.currency, part.real = true;
        part.rows.push_back(row);
    }
    std::vector<Company> result;
    for (auto& [name, part] : parts) {
        if (part.rows.size() < 250 || part.rows.size() > 5000) continue;
        settle(part);
        if (part.months >= 6 && part.month_expenses > 0) result.push_back(std::move(part));
    }
    return result;
}

}  // namespace fin::quality
