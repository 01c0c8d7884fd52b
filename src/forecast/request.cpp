#include "forecast/request.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "error.hpp"
#include "ledger/calendar.hpp"

namespace fin::forecast {

using nlohmann::json;

namespace {

constexpr int most_origins = 60;

[[noreturn]] void refuse(const std::string& key, const std::string& expected) {
    throw Error(ErrorCode::invalid_argument, "option \"" + key + "\" must be " + expected);
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string model_of(const std::string& key, const json& value) {
    const auto& known = model_names();
    if (!value.is_string() || std::ranges::find(known, value.get<std::string>()) == known.end())
        refuse(key, "one of " + listed(known));
    return value;
}

std::vector<std::string> models_of(const json& value) {
    if (!value.is_array() || value.empty()) refuse("models", "a list of models");
    std::vector<std::string> models;
    for (const auto& each : value) {
        const std::string model = model_of("models", each);
        if (std::ranges::find(models, model) == models.end()) models.push_back(model);
    }
    return models;
}

Frequency frequency_of(const json& value) {
    static const std::pair<const char*, Frequency> names[] = {{"daily", Frequency::daily},
                                                              {"weekly", Frequency::weekly},
                                                              {"monthly", Frequency::monthly},
                                                              {"quarterly", Frequency::quarterly},
                                                              {"yearly", Frequency::yearly}};
    for (const auto& [name, frequency] : names)
        if (value == name) return frequency;
    refuse("frequency", "daily, weekly, monthly, quarterly or yearly");
}

int number_of(const std::string& key, const json& value, int least, int most) {
    const std::string expected = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    if (!value.is_number_integer()) refuse(key, expected);
    const auto number = value.get<std::int64_t>();
    if (number < least || number > most) refuse(key, expected);
    return static_cast<int>(number);
}

bool truth_of(const std::string& key, const json& value) {
    if (!value.is_boolean()) refuse(key, "true or false");
    return value;
}

// "2024-02-29" as a count of days.
ledger::Day day_of(const std::string& key, const json& value) {
    const std::string expected = "a list of dates as \"2024-11-29\"";
    const std::string text = value.is_string() ? value.get<std::string>() : std::string();
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') refuse(key, expected);
    int parts[3] = {0, 0, 0};
    for (std::size_t i = 0, part = 0; i < text.size(); ++i) {
        if (i == 4 || i == 7) {
            ++part;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') refuse(key, expected);
        parts[part] = parts[part] * 10 + (text[i] - '0');
    }
    const auto date = std::chrono::year(parts[0]) / parts[1] / parts[2];
    if (!date.ok()) refuse(key, expected);
    return ledger::day_of(parts[0], static_cast<unsigned>(parts[1]), static_cast<unsigned>(parts[2]));
}

std::vector<Event> events_of(const json& value) {
    if (!value.is_object()) refuse("events", "an object of name to dates");
    std::vector<Event> events;
    for (const auto& [name, days] : value.items()) {
        const std::string key = "events." + name;
        if (!days.is_array()) refuse(key, "a list of dates as \"2024-11-29\"");
        Event event{name, {}};
        for (const auto& day : days) event.steps.push_back(day_of(key, day));
        std::ranges::sort(event.steps);
        events.push_back(std::move(event));
    }
    return events;
}

std::vector<std::string> known_keys(Use use, const std::vector<std::string>& others) {
    std::vector<std::string> keys = {"language"};
    if (use == Use::forecast || use == Use::ledger) keys.insert(keys.end(), {"model"});
    if (use == Use::forecast || use == Use::backtest)
        keys.insert(keys.end(), {"events", "frequency", "last_incomplete", "nonnegative", "period"});
    if (use == Use::backtest || use == Use::ledger_backtest) keys.insert(keys.end(), {"models", "origins"});
    keys.insert(keys.end(), others.begin(), others.end());
    std::ranges::sort(keys);
    return keys;
}

}  // namespace

Request Request::parse(std::string_view text, Use use, const std::vector<std::string>& others) {
    const json given = json::parse(text, nullptr, false);
    if (!given.is_object()) throw Error(ErrorCode::invalid_argument, "options must be a JSON object");
    const auto known = known_keys(use, others);
    Request request;
    json rest = json::object();
    for (const auto& [key, value] : given.items()) {
        if (std::ranges::find(known, key) == known.end())
            throw Error(ErrorCode::invalid_argument, "unknown option \"" + key + "\"", {},
                        "Known options: " + listed(known) + ".");
        if (std::ranges::find(others, key) != others.end()) {
            rest[key] = value;
        } else if (key == "model") {
            request.options.model = model_of(key, value);
        } else if (key == "language") {
            if (value != "en" && value != "ru") refuse(key, "\"en\" or \"ru\"");
            request.russian = value == "ru";
            request.language_given = true;
        } else if (key == "frequency") {
            request.options.frequency = frequency_of(value);
        } else if (key == "period") {
            request.options.period = number_of(key, value, 1, 366);
        } else if (key == "nonnegative") {
            request.options.nonnegative = truth_of(key, value);
        } else if (key == "last_incomplete") {
            request.options.last_incomplete = truth_of(key, value);
        } else if (key == "events") {
            request.options.events = events_of(value);
        } else if (key == "models") {
            request.models = models_of(value);
        } else if (key == "origins") {
            request.origins = number_of(key, value, 1, most_origins);
        }
    }
    request.rest = rest.dump();
    return request;
}

}  // namespace fin::forecast
