// Every setting by name: how its text is read, what it allows, how it is written.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/config/config.hpp"

namespace fin::api {

struct Option {
    std::string name;
    std::string allowed;  // for people: "a whole number from 1 to 65535"
    std::function<bool(Config&, const std::string&)> set;
    std::function<void(Config&)> reset;  // to the default
    std::function<std::string(const Config&)> get;
    bool text = true;          // written in quotes
    bool in_database = false;  // also a setting of the authenticator role
    bool may_be_empty = false;
    std::string alias = {};  // what it was called before
};

const std::vector<Option>& options();  // in the order of their names

}  // namespace fin::api
