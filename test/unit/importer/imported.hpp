// Reads a whole file for the import tests: rows with their texts copied, totals, and the error where there is one.
#pragma once
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "importer/importer.hpp"

namespace fin::importer::test {

struct Stored {
    int row_no;
    std::string date, amount, currency, category, counterparty, account, description, balance;
    bool operator==(const Stored&) const = default;
};

struct Imported {
    Plan plan;
    std::vector<Stored> rows;
    ledger::MoneySum in, out;
    std::string inflow() const { return in.money().text(); }
    std::string outflow() const { return out.money().text(); }
};

inline Imported import(std::string_view content, std::string_view options = "{}", std::size_t batch = 1000) {
    Imported result;
    result.plan = examine(content, "file.csv", Options::parse(options));
    const auto take = [&](const std::vector<ledger::Row>& rows) {
        for (const auto& row : rows) {
            result.rows.push_back({row.row_no, ledger::date_text(row.booked_on), row.amount.text(),
                                   std::string(row.currency), std::string(row.category), std::string(row.counterparty),
                                   std::string(row.account), std::string(row.description),
                                   row.balance ? row.balance->text() : ""});
            (row.amount.units >= 0 ? result.in : result.out) += row.amount;
        }
    };
    read(content, result.plan, take, never_interrupted, batch);
    return result;
}

inline std::optional<Error> error_of(std::string_view content, std::string_view options = "{}") {
    try {
        import(content, options);
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

inline std::string file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace fin::importer::test
