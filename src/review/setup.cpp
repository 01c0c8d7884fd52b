#include "review/setup.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace fin::review {

namespace {

using nlohmann::json;

double number(const json& row, const char* key, double otherwise) {
    const auto found = row.find(key);
    return found != row.end() && found->is_number() ? found->get<double>() : otherwise;
}
std::string text(const json& row, const char* key, const std::string& otherwise) {
    const auto found = row.find(key);
    return found != row.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

ModelPlace place_of(const json& row) {
    ModelPlace place;
    place.name = text(row, "name", "");
    place.role = text(row, "role", "");
    place.provider = text(row, "provider", "");
    place.weight = number(row, "weight", 1);
    place.deadline = number(row, "deadline", 45);
    Model& model = place.model;
    model.dialect = dialect_named(text(row, "dialect", "")).value_or(Dialect::compatible);
    model.model = text(row, "model", "");
    model.most_output = static_cast<int>(number(row, "most_output", model.most_output));
    model.price_input = number(row, "price_input", 0);
    model.price_cached = number(row, "price_cached", 0);
    model.price_cache_write = number(row, "price_cache_write", 0);
    model.price_output = number(row, "price_output", 0);
    const json settings = row.value("settings", json::object());
    model.response_format = text(settings, "response_format", model.response_format);
    model.token_field = text(settings, "token_field", model.token_field);
    model.system_role = text(settings, "system_role", model.system_role);
    model.reasoning_effort = text(settings, "reasoning_effort", "");
    return place;
}

}  // namespace

const ModelPlace* Setup::of_role(std::string_view role) const {
    const auto found =
        std::find_if(models.begin(), models.end(), [&](const ModelPlace& place) { return place.role == role; });
    return found == models.end() ? nullptr : &*found;
}

Setup setup_of(std::string_view written) {
    const json stored = json::parse(written);
    Setup setup;
    setup.enabled = stored.value("enabled", false);
    setup.name_key = text(stored, "name_key", "");
    setup.prompt.style = default_style();
    setup.prompt.version = prompt_version;
    if (const json& style = stored.at("style"); style.is_object()) {
        setup.prompt.style = text(style, "body", "");
        setup.prompt.version += "/own-" + std::to_string(static_cast<int>(number(style, "version", 0)));
    }
    for (const json& row : stored.at("models")) setup.models.push_back(place_of(row));
    return setup;
}

}  // namespace fin::review
