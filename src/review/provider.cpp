#include "review/provider.hpp"

#include <array>

#include "review/conceal.hpp"

namespace fin::review {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, Dialect>, 4> dialects = {
    {{"openai_chat", Dialect::openai_chat},
     {"openai_responses", Dialect::openai_responses},
     {"anthropic", Dialect::anthropic},
     {"compatible", Dialect::compatible}}};
constexpr std::size_t clip = 300;

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json chat_body(const Model& model, const Ask& ask) {
    json body = {{"model", model.model},
                 {"messages", json::array({{{"role", model.system_role}, {"content", ask.instructions}},
                                           {{"role", "user"}, {"content", ask.input}}})},
                 {model.token_field, model.most_output}};
    if (model.response_format == "json_schema")
        body["response_format"] = {
            {"type", "json_schema"},
            {"json_schema", {{"name", ask.schema_name}, {"strict", true}, {"schema", ask.schema}}}};
    else if (model.response_format == "json_object")
        body["response_format"] = {{"type", "json_object"}};
    if (!model.reasoning_effort.empty()) body["reasoning_effort"] = model.reasoning_effort;
    if (model.dialect == Dialect::openai_chat) body["store"] = false;
    return body;
}

json responses_body(const Model& model, const Ask& ask) {
    json body = {
        {"model", model.model},
        {"instructions", ask.instructions},
        {"input", ask.input},
        {"max_output_tokens", model.most_output},
        {"store", false},  // the provider's default is to keep it
        {"text",
         {{"format", {{"type", "json_schema"}, {"name", ask.schema_name}, {"strict", true}, {"schema", ask.schema}}}}}};
    if (!model.reasoning_effort.empty()) body["reasoning"] = {{"effort", model.reasoning_effort}};
    return body;
}

json anthropic_body(const Model& model, const Ask& ask) {
    // A forced tool: every model of the provider and every compatible server takes it.
    return {{"model", model.model},
            {"max_tokens", model.most_output},
            {"system",
             json::array({{{"type", "text"}, {"text", ask.instructions}, {"cache_control", {{"type", "ephemeral"}}}}})},
            {"messages", json::array({{{"role", "user"}, {"content", ask.input}}})},
            {"tools",
             json::array(
                 {{{"name", ask.schema_name}, {"description", "Gives the answer."}, {"input_schema", ask.schema}}})},
            {"tool_choice", {{"type", "tool"}, {"name", ask.schema_name}, {"disable_parallel_tool_use", true}}}};
}

std::int64_t count(const json& usage, const char* key) {
    const auto found = usage.find(key);
    if (found == usage.end() || !found->is_number()) return 0;
    const double value = found->get<double>();
    return value > 0 && value < 1e15 ? static_cast<std::int64_t>(value) : 0;
}
const json& part(const json& value, const char* key) {
    static const json nothing;
    if (!value.is_object()) return nothing;
    const auto found = value.find(key);
    return found == value.end() ? nothing : *found;
}
std::string text(const json& value, const char* key) {
    const json& found = part(value, key);
    return found.is_string() ? found.get<std::string>() : std::string();
}

// A text that should be one JSON object, with or without a fence around it.
void read_content(std::string_view written, Reply& reply) {
    const auto trim = [&] {
        while (!written.empty() && (written.front() == ' ' || written.front() == '\n' || written.front() == '\r' ||
                                    written.front() == '\t'))
            written.remove_prefix(1);
        while (!written.empty() &&
               (written.back() == ' ' || written.back() == '\n' || written.back() == '\r' || written.back() == '\t'))
            written.remove_suffix(1);
    };
    trim();
    if (written.substr(0, 3) == "```") {
        const std::size_t line = written.find('\n');
        written.remove_prefix(line == std::string_view::npos ? written.size() : line + 1);
        if (written.size() >= 3 && written.substr(written.size() - 3) == "```") written.remove_suffix(3);
        trim();
    }
    if (written.empty()) {
        reply.failure = "empty";
        return;
    }
    json content = json::parse(written, nullptr, false);
    if (content.is_object())
        reply.content = std::move(content);
    else
        reply.failure = "nonsense";
}

Reply chat_reply(const json& body) {
    Reply reply;
    reply.model = text(body, "model");
    const json& usage = part(body, "usage");
    if (usage.is_object()) {
        reply.usage = {count(usage, "prompt_tokens"), 0, 0, count(usage, "completion_tokens"), true};
        const json& details = part(usage, "prompt_tokens_details");
        if (details.is_object()) reply.usage.cached = count(details, "cached_tokens");
    }
    const json& choices = part(body, "choices");
    if (!choices.is_array() || choices.empty()) return reply.failure = "nonsense", reply;
    const json& message = part(choices[0], "message");
    const std::string reason = text(choices[0], "finish_reason");
    // In this order, as the official client decides.
    if (reason == "length") return reply.failure = "truncated", reply;
    if (reason == "content_filter") return reply.failure = "filtered", reply;
    if (const std::string refusal = text(message, "refusal"); !refusal.empty())
        return reply.failure = "refused", reply.words = clean(refusal, clip), reply;
    read_content(text(message, "content"), reply);
    return reply;
}

Reply responses_reply(const json& body) {
    Reply reply;
    reply.model = text(body, "model");
    const json& usage = part(body, "usage");
    if (usage.is_object()) {
        reply.usage = {count(usage, "input_tokens"), 0, 0, count(usage, "output_tokens"), true};
        const json& details = part(usage, "input_tokens_details");
        if (details.is_object()) reply.usage.cached = count(details, "cached_tokens");
    }
    const std::string status = text(body, "status");
    if (status == "incomplete")
        return reply.failure =
                   text(part(body, "incomplete_details"), "reason") == "content_filter" ? "filtered" : "truncated",
               reply;
    if (status != "completed")
        return reply.failure = "failed", reply.words = clean(text(part(body, "error"), "message"), clip), reply;
    std::string written;
    const json& output = part(body, "output");
    if (!output.is_array()) return reply.failure = "nonsense", reply;
    for (const json& item : output) {
        if (text(item, "type") != "message" || !part(item, "content").is_array()) continue;
        for (const json& piece : part(item, "content")) {
            if (text(piece, "type") == "refusal")
                return reply.failure = "refused", reply.words = clean(text(piece, "refusal"), clip), reply;
            if (text(piece, "type") == "output_text") written += text(piece, "text");
        }
    }
    read_content(written, reply);
    return reply;
}

Reply anthropic_reply(const json& body, const std::string& tool) {
    Reply reply;
    reply.model = text(body, "model");
    const json& usage = part(body, "usage");
    if (usage.is_object()) {
        const std::int64_t read = count(usage, "cache_read_input_tokens"),
                           written = count(usage, "cache_creation_input_tokens");
        reply.usage = {count(usage, "input_tokens") + read + written, read, written, count(usage, "output_tokens"),
                       true};
    }
    const std::string reason = text(body, "stop_reason");
    if (reason == "refusal")
        return reply.failure = "refused", reply.words = clean(text(part(body, "stop_details"), "explanation"), clip),
               reply;
    if (reason == "max_tokens" || reason == "model_context_window_exceeded") return reply.failure = "truncated", reply;
    const json& content = part(body, "content");
    if (!content.is_array()) return reply.failure = "nonsense", reply;
    std::string written;
    for (const json& block : content) {
        if (text(block, "type") == "tool_use" && (tool.empty() || text(block, "name") == tool) &&
            part(block, "input").is_object()) {
            reply.content = part(block, "input");
            return reply;
        }
        if (text(block, "type") == "text") written += text(block, "text");
    }
    read_content(written, reply);
    return reply;
}

}  // namespace

std::string_view name(Dialect dialect) {
    for (const auto& [word, known] : dialects)
        if (known == dialect) return word;
    return {};
}
std::optional<Dialect> dialect_named(std::string_view word) {
    for (const auto& [known, dialect] : dialects)
        if (known == word) return dialect;
    return std::nullopt;
}

Call call_of(const Model& model, const Ask& ask) {
    switch (model.dialect) {
        case Dialect::openai_responses:
            return {"/responses", {{"Content-Type", "application/json"}}, dump(responses_body(model, ask))};
        case Dialect::anthropic:
            return {"/v1/messages",
                    {{"content-type", "application/json"}, {"anthropic-version", "2023-06-01"}},
                    dump(anthropic_body(model, ask))};
        case Dialect::openai_chat:
        case Dialect::compatible: break;
    }
    return {"/chat/completions", {{"Content-Type", "application/json"}}, dump(chat_body(model, ask))};
}

std::pair<std::string, std::string> key_header(const Model& model, std::string_view key) {
    if (model.dialect == Dialect::anthropic) return {"x-api-key", std::string(key)};
    return {"Authorization", "Bearer " + std::string(key)};
}

double cost_of(const Model& model, const Usage& usage) {
    const auto plain = static_cast<double>(std::max<std::int64_t>(0, usage.input - usage.cached - usage.cache_write));
    return (plain * model.price_input + static_cast<double>(usage.cached) * model.price_cached +
            static_cast<double>(usage.cache_write) * model.price_cache_write +
            static_cast<double>(usage.output) * model.price_output) /
           1e6;
}

Reply reply_of(const Model& model, std::string_view body) {
    const json answer = json::parse(body, nullptr, false);
    if (!answer.is_object()) {
        Reply reply;
        reply.failure = body.empty() ? "empty" : "nonsense";
        return reply;
    }
    switch (model.dialect) {
        case Dialect::openai_responses: return responses_reply(answer);
        case Dialect::anthropic: return anthropic_reply(answer, {});
        case Dialect::openai_chat:
        case Dialect::compatible: break;
    }
    return chat_reply(answer);
}

std::string error_words(std::string_view body) {
    const json answer = json::parse(body, nullptr, false);
    const json& error = part(answer, "error");
    std::string words = error.is_string() ? error.get<std::string>() : text(error, "message");
    if (words.empty()) words = text(answer, "message");
    return clean(words, clip);
}

}  // namespace fin::review
