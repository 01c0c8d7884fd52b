// Readings that are understood once: whoever asks with other values gets what he would have got without the memory.
#include "api/response/shapes.hpp"

#include "../dialect_sample.hpp"

namespace {

using namespace fin::api;
using sample::Asked;

// All of what would be sent, and the head of the answer.
std::string told(Asked& asked) {
    if (asked.error) return std::to_string(asked.error->status) + " " + asked.error->code + " " + asked.error->message;
    const Transaction& transaction = asked.transaction();
    std::string out;
    const auto add = [&](const Query& query) {
        out += query.text + "\n";
        for (const auto& value : query.parameters) out += "  " + value.value_or("NULL") + "\n";
    };
    add(transaction.settings);
    add(transaction.main);
    if (transaction.count) add(*transaction.count);
    out += transaction.isolation + (transaction.may_use_replica ? " replica" : "") + "\n";
    Answer answer;
    answer.page_total = 1;
    answer.total = 1;
    answer.body = "[]";
    const auto response = asked.respond(answer);
    if (!response) return out + asked.error->code;
    out += std::to_string(response->status) + "\n";
    for (const auto& [name, value] : response->headers) out += name + ": " + value + "\n";
    return out;
}

std::string told_without_memory(const std::string& method, const std::string& url, const Headers& headers) {
    Asked asked;
    asked.ask(method, url, headers);
    return told(asked);
}

struct Pair {
    const char *first, *second;
};

TEST(Shapes, other_values_are_understood_as_if_for_the_first_time) {
    const Headers count = {{"prefer", "count=planned"}};
    for (const auto& [first, second] : std::vector<Pair>{
             {"/projects?id=eq.7", "/projects?id=eq.8"},
             {"/projects?id=eq.7", "/projects?id=eq."},
             {"/projects?id=eq.7&name=neq.a", "/projects?id=eq.9&name=neq.%D1%8F%20x"},
             {"/projects?id=gte.1&id=lt.5&order=id&limit=3", "/projects?id=gte.10&id=lt.50&order=id&limit=3"},
             {"/projects?select=id,clients(name)&clients.name=eq.x",
              "/projects?select=id,clients(name)&clients.name=eq.y"},
             {"/projects?data->>a=eq.1&limit=5&offset=2", "/projects?data->>a=eq.2&limit=5&offset=2"},
             {"/projects?id=eq.1;name=gt.a", "/projects?id=eq.2&name=gt.b+c"},
             {"/clients?id=eq.eq.5", "/clients?id=eq.neq.6"}})
        for (const char* method : {"GET", "HEAD"})
            for (const Headers& headers : {Headers{}, count}) {
                Shapes shapes;
                Asked asked;
                asked.shapes = &shapes;
                asked.ask(method, first, headers);
                EXPECT_EQ(told(asked), told_without_memory(method, first, headers)) << first;
                ASSERT_EQ(shapes.size(), 1U) << first;
                asked.ask(method, second, headers);
                EXPECT_EQ(told(asked), told_without_memory(method, second, headers)) << second;
                EXPECT_EQ(shapes.size(), 1U) << second;
                EXPECT_FALSE(asked.transaction().main.compared.empty());
            }
}

TEST(Shapes, what_decides_is_part_of_the_shape) {
    Shapes shapes;
    Asked asked;
    asked.shapes = &shapes;
    std::size_t known = 0;
    const auto is_new = [&](const char* url, const Headers& headers = {}, const char* method = "GET") {
        asked.ask(method, url, headers);
        EXPECT_EQ(told(asked), told_without_memory(method, url, headers)) << url;
        EXPECT_EQ(shapes.size(), ++known) << url;
    };
    is_new("/projects?id=eq.7");
    is_new("/projects?id=neq.7");
    is_new("/projects?id=not.eq.7");
    is_new("/projects?id=like.7");
    is_new("/projects?id=eq(any).{7}");
    is_new("/projects?id=in.(7)");
    is_new("/projects?id=in.(8)");
    is_new("/projects?name=eq.7");
    is_new("/clients?id=eq.7");
    is_new("/projects?id=eq.7&limit=1");
    is_new("/projects?id=eq.7&limit=2");
    is_new("/projects?id=eq.7&select=id");
    is_new("/projects?or=(id.eq.1,id.eq.2)");
    is_new("/projects?or=(id.eq.1,id.eq.3)");
    is_new("/projects?id=eq.7", {}, "HEAD");
    is_new("/projects?id=eq.7", {{"accept", "text/csv"}});
    is_new("/projects?id=eq.7", {{"accept", "application/vnd.pgrst.object+json"}});
    is_new("/projects?id=eq.7", {{"prefer", "count=exact"}});
    is_new("/projects?id=eq.7", {{"range", "0-4"}});
    is_new("/projects?id=eq.7", {{"range", "1-4"}});
    // Headers that only go into the settings are this request's own.
    const Headers other = {{"x-tenant", "7"}};
    asked.get("/projects?id=eq.8", other);
    EXPECT_EQ(told(asked), told_without_memory("GET", "/projects?id=eq.8", other));
    EXPECT_EQ(shapes.size(), known);
}

TEST(Shapes, every_role_and_claim_is_its_own) {
    Shapes shapes;
    Asked asked;
    asked.shapes = &shapes;
    asked.cache->roles["slow"] = {{{"statement_timeout", "1s"}}, "serializable"};
    asked.get("/projects?id=eq.1");
    asked.identity = {"slow", false, R"({"role":"slow","sub":"a"})"};
    asked.get("/projects?id=eq.1");
    EXPECT_EQ(asked.transaction().isolation, "serializable");
    EXPECT_EQ(shapes.size(), 2U);
    asked.identity.claims = R"({"role":"slow","sub":"b"})";
    asked.get("/projects?id=eq.1");
    EXPECT_EQ(shapes.size(), 2U);
    const auto& settings = asked.transaction().settings.parameters;
    EXPECT_EQ(std::count(settings.begin(), settings.end(), R"({"role":"slow","sub":"b"})"), 1);
    EXPECT_EQ(std::count(settings.begin(), settings.end(), R"({"role":"slow","sub":"a"})"), 0);
}

TEST(Shapes, remembers_neither_errors_nor_writes_nor_calls) {
    Shapes shapes;
    Asked asked;
    asked.shapes = &shapes;
    EXPECT_EQ(asked.get("/nothing?id=eq.1").code(), "PGRST205");
    EXPECT_EQ(asked.get("/projects?id=eq.%00").code(), "22021");
    EXPECT_EQ(asked.get("/projects?id=unheard.1").code(), "PGRST100");
    asked.ask("PATCH", "/projects?id=eq.1", {{"content-type", "application/json"}}, R"({"name":"x"})");
    asked.ask("DELETE", "/projects?id=eq.1");
    asked.get("/rpc/add?a=eq.1");
    asked.get("/");
    EXPECT_EQ(shapes.size(), 0U);
    // A text where a null byte would stand is not taken for two texts.
    asked.get("/projects?id=eq.1");
    EXPECT_EQ(asked.get("/projects?id=eq.1%00").code(), "22021");
}

TEST(Shapes, forgets_with_the_schema_and_when_there_are_too_many) {
    Shapes shapes;
    Asked asked;
    asked.shapes = &shapes;
    const auto first = std::make_shared<int>(1), second = std::make_shared<int>(2);
    shapes.under(first);
    asked.get("/projects?id=eq.1");
    shapes.under(first);
    EXPECT_EQ(shapes.size(), 1U);
    shapes.under(second);
    EXPECT_EQ(shapes.size(), 0U);
    for (int limit = 1; limit < 2000; ++limit) {
        std::string url = "/projects?limit=";
        asked.get(url.append(std::to_string(limit)));
        ASSERT_LE(shapes.size(), 256U);
    }
    EXPECT_GT(shapes.size(), 0U);
}

}  // namespace
