#include "review/provider.hpp"

#include <algorithm>
#include <fstream>

using namespace fin::review;
using nlohmann::json;

namespace {

Ask ask() { return {"rules", "facts", {{"type", "object"}}, "review"}; }
Model model(Dialect dialect) {
    Model made;
    made.dialect = dialect;
    made.model = "m-1";
    made.most_output = 100;
    made.price_input = 2;
    made.price_cached = 0.5;
    made.price_cache_write = 2.5;
    made.price_output = 8;
    return made;
}

TEST(Provider, RequestsHaveTheShapeOfEachInterface) {
    const Call chat = call_of(model(Dialect::openai_chat), ask());
    EXPECT_EQ(chat.path, "/chat/completions");
    const json body = json::parse(chat.body);
    EXPECT_EQ(body["messages"][0]["role"], "system");
    EXPECT_EQ(body["response_format"]["json_schema"]["strict"], true);
    EXPECT_EQ(body["max_completion_tokens"], 100);
    EXPECT_EQ(body["store"], false);

    const json responses = json::parse(call_of(model(Dialect::openai_responses), ask()).body);
    EXPECT_EQ(responses["text"]["format"]["type"], "json_schema");
    EXPECT_EQ(responses["text"]["format"]["name"], "review") << "flat, without json_schema between";
    EXPECT_EQ(responses["store"], false);

    const Call claude = call_of(model(Dialect::anthropic), ask());
    EXPECT_EQ(claude.path, "/v1/messages");
    const json message = json::parse(claude.body);
    EXPECT_EQ(message["tool_choice"]["name"], "review");
    EXPECT_EQ(message["max_tokens"], 100);
    EXPECT_FALSE(message.contains("temperature"));
    EXPECT_EQ(key_header(model(Dialect::anthropic), "k").first, "x-api-key");
    EXPECT_EQ(key_header(model(Dialect::openai_chat), "k").second, "Bearer k");

    Model local = model(Dialect::compatible);
    local.response_format = "json_object";
    local.token_field = "max_tokens";
    const json plain = json::parse(call_of(local, ask()).body);
    EXPECT_EQ(plain["response_format"]["type"], "json_object");
    EXPECT_EQ(plain["max_tokens"], 100);
    EXPECT_FALSE(plain.contains("store"));
}

// test/api/models.test.mjs holds the same file against what the official clients send.
TEST(Provider, RequestsAreWhatTheOfficialClientsSend) {
    std::ifstream file(FIN_TEST_DATA "/model_requests.json");
    const json expected = json::parse(file);
    for (const auto dialect : {Dialect::openai_chat, Dialect::openai_responses, Dialect::anthropic}) {
        const json& request = expected.at(std::string(name(dialect)));
        Model good = model(dialect);
        good.model = "good";
        const bool messages = dialect == Dialect::anthropic;
        Ask asked = ask();
        asked.input = dialect == Dialect::openai_responses ? request["body"]["input"]
                                                           : request["body"]["messages"][messages ? 0 : 1]["content"];
        asked.schema = {{"type", "object"},
                        {"properties", {{"headline", {{"type", "string"}}}}},
                        {"required", {"headline"}},
                        {"additionalProperties", false}};
        const Call call = call_of(good, asked);
        EXPECT_EQ(call.path, request["path"]);
        EXPECT_EQ(json::parse(call.body), request["body"]) << name(dialect);
        for (const auto& [header, value] : request["headers"].items())
            EXPECT_TRUE(std::any_of(call.headers.begin(), call.headers.end(),
                                    [&header = header, &value = value](const auto& sent) {
                                        std::string lower = sent.first;
                                        std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
                                            return static_cast<char>(std::tolower(c));
                                        });
                                        return lower == header && sent.second == value;
                                    }))
                << header;
    }
}

TEST(Provider, AnswersAreReadInTheOrderOfTheOfficialClient) {
    const auto chat = [](const std::string& message, const std::string& reason) {
        return reply_of(
            model(Dialect::openai_chat),
            R"({"model":"m-2","choices":[{"index":0,"message":)" + message + R"(,"finish_reason":")" + reason +
                R"("}],"usage":{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}})");
    };
    const Reply good = chat(R"({"content":"{\"a\":1}","refusal":null})", "stop");
    EXPECT_EQ((*good.content)["a"], 1);
    EXPECT_EQ(good.model, "m-2");
    EXPECT_DOUBLE_EQ(cost_of(model(Dialect::openai_chat), good.usage), (6 * 2 + 4 * 0.5 + 5 * 8) / 1e6);
    EXPECT_EQ((*chat(R"({"content":"```json\n{\"a\":1}\n```"})", "stop").content)["a"], 1);
    EXPECT_EQ(chat(R"({"content":"{\"a\":1}"})", "length").failure, "truncated");
    EXPECT_EQ(chat(R"({"content":null,"refusal":"no 12"})", "stop").failure, "refused");
    EXPECT_EQ(chat(R"({"content":"{}"})", "content_filter").failure, "filtered");
    EXPECT_EQ(chat(R"({"content":"not json"})", "stop").failure, "nonsense");
    EXPECT_EQ(chat(R"({"content":"[1]"})", "stop").failure, "nonsense");
    EXPECT_EQ(chat(R"({"content":null})", "stop").failure, "empty");
    for (const char* const broken : {"", "{", "[]", "null", R"({"choices":[]})", R"({"choices":{}})",
                                     R"({"choices":[1]})", R"({"usage":{"prompt_tokens":-5}})"})
        EXPECT_FALSE(reply_of(model(Dialect::openai_chat), broken).content) << broken;
}

TEST(Provider, ResponsesAreReadByTypeAndStatus) {
    const auto reply = [](const std::string& rest) {
        return reply_of(model(Dialect::openai_responses),
                        R"({"model":"m","usage":{"input_tokens":3,"output_tokens":1},)" + rest + "}");
    };
    const Reply good = reply(
        R"("status":"completed","output":[{"type":"reasoning"},{"type":"message","content":[{"type":"output_text","text":"{\"a\":1}"}]}])");
    EXPECT_EQ((*good.content)["a"], 1);
    EXPECT_EQ(reply(R"("status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[])").failure,
              "truncated");
    EXPECT_EQ(reply(R"("status":"failed","error":{"code":"server_error","message":"oh"},"output":[])").failure,
              "failed");
    EXPECT_EQ(
        reply(R"("status":"completed","output":[{"type":"message","content":[{"type":"refusal","refusal":"no"}]}])")
            .failure,
        "refused");
}

TEST(Provider, ClaudeIsReadByTypeOfBlock) {
    const auto reply = [](const std::string& rest) {
        return reply_of(
            model(Dialect::anthropic),
            R"({"type":"message","model":"m","usage":{"input_tokens":3,"cache_read_input_tokens":5,"cache_creation_input_tokens":2,"output_tokens":1},)" +
                rest + "}");
    };
    const Reply good = reply(
        R"("stop_reason":"tool_use","content":[{"type":"thinking","thinking":"x"},{"type":"tool_use","id":"t","name":"review","input":{"a":1}}])");
    EXPECT_EQ((*good.content)["a"], 1);
    EXPECT_EQ(good.usage.input, 10);
    EXPECT_DOUBLE_EQ(cost_of(model(Dialect::anthropic), good.usage), (3 * 2 + 5 * 0.5 + 2 * 2.5 + 8) / 1e6);
    EXPECT_EQ((*reply(R"("stop_reason":"end_turn","content":[{"type":"text","text":"{\"a\":1}"}])").content)["a"], 1);
    EXPECT_EQ(reply(R"("stop_reason":"max_tokens","content":[{"type":"text","text":"{"}])").failure, "truncated");
    EXPECT_EQ(reply(R"("stop_reason":"refusal","content":[])").failure, "refused");
}

TEST(Provider, ErrorWordsAreFoundInEveryEnvelope) {
    EXPECT_EQ(error_words(R"({"error":{"message":"bad key","type":"x"}})"), "bad key");
    EXPECT_EQ(error_words(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"),
              "Overloaded");
    EXPECT_EQ(error_words(R"({"error":"text"})"), "text");
    EXPECT_EQ(error_words("<html>"), "");
}

}  // namespace
