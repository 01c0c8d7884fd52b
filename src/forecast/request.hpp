// What a caller of the forecasting functions asks for: the options of SQL, read and checked.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "forecast/forecast.hpp"

namespace fin::forecast {

// Which options a caller may give; the others are refused by name.
enum class Use {
    forecast,         // model, frequency, period, nonnegative, events, last_incomplete, language
    backtest,         // those without model, and origins, models
    ledger,           // model, language: the ledger knows its months and its signs itself
    ledger_backtest,  // language, models, origins
};

struct Request {
    Options options;
    bool russian = false;  // language of reasons and notes
    bool language_given = false;
    std::vector<std::string> models;  // of a backtest; empty: all
    int origins = 6;                  // past moments of a backtest
    std::string rest = "{}";          // JSON object of the keys named in `others`

    // `others`: keys that the caller reads himself, handed back in `rest`.
    // Throws Error{invalid_argument} naming the key.
    static Request parse(std::string_view json, Use use, const std::vector<std::string>& others = {});

    const std::string& in_words(const Words& words) const { return russian ? words.ru : words.en; }
};

}  // namespace fin::forecast
