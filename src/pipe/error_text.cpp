#include "pipe/error_text.hpp"

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace fin::pipe {

namespace {

constexpr std::pair<ErrorCode, std::string_view> names[] = {{ErrorCode::invalid_argument, "invalid_argument"},
                                                            {ErrorCode::out_of_domain, "out_of_domain"},
                                                            {ErrorCode::bad_data, "bad_data"},
                                                            {ErrorCode::limit_exceeded, "limit_exceeded"},
                                                            {ErrorCode::not_converged, "not_converged"},
                                                            {ErrorCode::not_found, "not_found"},
                                                            {ErrorCode::not_ready, "not_ready"}};

constexpr std::size_t longest = 2000;

}  // namespace

std::string write_error(const Error& error) {
    std::string_view code = "bad_data";
    for (const auto& name : names)
        if (name.first == error.code) code = name.second;
    const nlohmann::json json = {
        {"code", code}, {"message", error.what()}, {"detail", error.detail}, {"hint", error.hint}};
    // What an error quotes of a file may be cut inside a character.
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Error read_error(std::string_view text) {
    const auto json = nlohmann::json::parse(text);
    const auto member = [&](const char* name) {
        const auto found = json.find(name);
        return found == json.end() || found->is_null() ? std::string() : found->get<std::string>().substr(0, longest);
    };
    const std::string code = member("code");
    ErrorCode known = ErrorCode::bad_data;
    for (const auto& name : names)
        if (name.second == code) known = name.first;
    return {known, json.at("message").get<std::string>().substr(0, longest), member("detail"), member("hint")};
}

}  // namespace fin::pipe
