// Reading a job's payload: what is missing or of the wrong type is said by name.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "handler.hpp"

namespace fin::workers {

// A payload that can never be worked with: the job is dead at once.
class BadPayload : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Payload {
public:
    explicit Payload(const Job& job) : kind_(job.kind), content_(nlohmann::json::parse(job.payload)) {}

    bool has(const char* key) const { return content_.contains(key) && !content_[key].is_null(); }
    std::string text(const char* key) const {
        if (!has(key)) throw BadPayload("a job of kind " + kind_ + " needs " + key + " in its payload");
        if (!content_[key].is_string()) throw BadPayload(std::string(key) + " in the payload is not a text");
        return content_[key].get<std::string>();
    }
    int number(const char* key, int otherwise) const {
        if (!has(key)) return otherwise;
        if (!content_[key].is_number_integer())
            throw BadPayload(std::string(key) + " in the payload is not a whole number");
        return content_[key].get<int>();
    }
    bool flag(const char* key) const {
        if (!has(key)) return false;
        if (!content_[key].is_boolean()) throw BadPayload(std::string(key) + " in the payload is not true or false");
        return content_[key].get<bool>();
    }
    // JSON of an object; {} where it is not there.
    std::string object(const char* key) const {
        if (!has(key)) return "{}";
        if (!content_[key].is_object()) throw BadPayload(std::string(key) + " in the payload is not an object");
        return content_[key].dump();
    }
    // JSON of an array; [] where it is not there.
    std::string list(const char* key) const {
        if (!has(key)) return "[]";
        if (!content_[key].is_array()) throw BadPayload(std::string(key) + " in the payload is not a list");
        return content_[key].dump();
    }

private:
    std::string kind_;
    nlohmann::json content_;
};

// Errors that another attempt meets again: what was given is wrong, is not there or may not be used.
inline bool is_final(const SqlError& error) {
    const std::string group = error.sqlstate.substr(0, 2);
    return group == "22" || group == "23" || group == "42" || group == "54" || error.sqlstate == "P0002" ||
           error.sqlstate == "0A000";
}

inline std::string words_of(const SqlError& error) {
    return error.detail.empty() ? std::string(error.what()) : std::string(error.what()) + ": " + error.detail;
}

inline Outcome outcome_of(const SqlError& error) {
    return is_final(error) ? Outcome::dead(words_of(error)) : Outcome::failed(words_of(error));
}

}  // namespace fin::workers
