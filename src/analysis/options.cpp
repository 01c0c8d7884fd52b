#include <nlohmann/json.hpp>

#include "analysis/analysis.hpp"
#include "error.hpp"

namespace fin::analysis {

using nlohmann::json;

namespace {

[[noreturn]] void refuse(const std::string& key, const std::string& expected) {
    throw Error(ErrorCode::invalid_argument, "option \"" + key + "\" must be " + expected);
}

std::string currency_code(const std::string& key, const json& value) {
    if (!value.is_string() || value.get<std::string>().size() != 3) refuse(key, "a three-letter currency code");
    return value;
}

}  // namespace

Options Options::parse(std::string_view text) {
    const json given = json::parse(text, nullptr, false);
    if (!given.is_object()) throw Error(ErrorCode::invalid_argument, "options must be a JSON object");
    Options options;
    for (const auto& [key, value] : given.items()) {
        if (key == "language") {
            if (value != "en" && value != "ru") refuse(key, "\"en\" or \"ru\"");
            options.language = value;
        } else if (key == "currency") {
            options.currency = currency_code(key, value);
        } else if (key == "rates") {
            if (!value.is_object()) refuse(key, "an object of currency code to rate");
            for (const auto& [code, rate] : value.items()) {
                if (!rate.is_number() || !(rate.get<double>() > 0)) refuse("rates." + code, "a number above 0");
                options.rates[code] = rate;
            }
        } else if (key == "opening_balance") {
            if (!value.is_number()) refuse(key, "a number");
            options.opening_balance = ledger::Money::of(value);
        } else {
            throw Error(ErrorCode::invalid_argument, "unknown option \"" + key + "\"", {},
                        "Known options: currency, language, opening_balance, rates.");
        }
    }
    if (!options.rates.empty() && !options.currency)
        throw Error(ErrorCode::invalid_argument, "option \"rates\" needs option \"currency\"",
                    "Rates are units of that currency for one unit of another.",
                    R"(For example {"currency": "EUR", "rates": {"USD": 0.92}}.)");
    return options;
}

std::string Options::canonical() const {
    json result = json::object();
    if (language) result["language"] = *language;
    if (currency) result["currency"] = *currency;
    if (!rates.empty()) result["rates"] = rates;
    if (opening_balance) result["opening_balance"] = opening_balance->value();
    return result.dump();
}

}  // namespace fin::analysis
