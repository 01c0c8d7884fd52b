// How each provider is asked and what its answer says: OpenAI's two interfaces, Anthropic's, and compatible servers.
// No network here. Wire formats: OpenAI Chat Completions and Responses, Anthropic Messages 2023-06-01.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fin::review {

enum class Dialect : std::uint8_t { openai_chat, openai_responses, anthropic, compatible };
std::string_view name(Dialect dialect);
std::optional<Dialect> dialect_named(std::string_view word);

struct Model {
    Dialect dialect = Dialect::openai_chat;
    std::string model;       // as the provider calls it; never checked against a list
    int most_output = 4096;  // tokens
    // Money for a million tokens, in the currency of the installation's price list.
    double price_input = 0, price_cached = 0, price_cache_write = 0, price_output = 0;
    // Of a compatible server: does it take response_format json_schema, json_object, or neither.
    std::string response_format = "json_schema";        // json_schema, json_object, none
    std::string token_field = "max_completion_tokens";  // or max_tokens
    std::string system_role = "system";                 // or developer
    std::string reasoning_effort;                       // empty: not sent
};

struct Ask {                   // NOLINT(bugprone-exception-escape): the library's json may throw where it is moved
    std::string instructions;  // stable first, so that providers can cache it
    std::string input;         // JSON of the facts, and what else this call is about
    nlohmann::json schema;
    std::string schema_name;  // [A-Za-z0-9_-]{1,64}
};

struct Call {
    std::string path;                                          // below the provider's base URL
    std::vector<std::pair<std::string, std::string>> headers;  // without the key
    std::string body;
};
Call call_of(const Model& model, const Ask& ask);
// The header that carries the key: "Authorization: Bearer ...", or "x-api-key" for Anthropic.
std::pair<std::string, std::string> key_header(const Model& model, std::string_view key);

struct Usage {
    std::int64_t input = 0;   // all tokens that went in, cached ones among them
    std::int64_t cached = 0;  // of them, read from the provider's cache
    std::int64_t cache_write = 0;
    std::int64_t output = 0;
    bool stated = false;  // the provider said so; else nothing is known
};
double cost_of(const Model& model, const Usage& usage);

// Of an answer with status 200. `content` is set where it is a JSON object that ended in good order; else `failure`
// says what happened: nonsense, truncated, refused, filtered, failed, empty.
struct Reply {
    std::optional<nlohmann::json> content;
    std::string failure;
    std::string words;  // the provider's, clipped, for the log of the call; never stored as text
    Usage usage;
    std::string model;  // that answered
};
Reply reply_of(const Model& model, std::string_view body);

// The provider's message of an error answer, clipped; empty where it gives none.
std::string error_words(std::string_view body);

}  // namespace fin::review
