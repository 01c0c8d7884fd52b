// A request that is understood: what it asks for, its transaction, and what the answer will be made of.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/plan/handler.hpp"
#include "api/plan/tree.hpp"
#include "api/plan/write.hpp"
#include "api/request/preferences.hpp"
#include "api/sql/statement.hpp"

namespace fin::api {

enum class Action { read, insert, update, put, remove, call, inspect, info };

// What remains of the request when the database answers.
struct Understood {
    Action action = Action::read;
    bool headers_only = false;  // HEAD
    std::string schema;
    bool show_profile = false;  // Content-Profile
    std::string relation;       // as shown in Content-Location and Location
    std::string canonical;      // query string
    request::Preferences preferences;
    bool preferences_have_conflict = false;  // resolution= has an effect
    plan::Handler handler;
    request::Range range;                  // of the root
    std::vector<std::string> primary_key;  // in the order of Answer::location
    bool returns_void = false, returns_one = false;
    std::string allow;    // of OPTIONS
    std::string warning;  // embedded resources named as they soon may not be
    std::optional<std::int64_t> max_rows;
    std::optional<Transaction> transaction;
};

// Throws ApiError.
Understood understand_request(const Request& request, const Context& context);
Response respond_to(const Understood& understood, const Context& context, const Answer& answer);

}  // namespace fin::api
