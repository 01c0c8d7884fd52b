// The client of the workers and the handlers above it against a real socket; with the sanitizers this also tells
// whether the compiler made the coroutines right.
#include "http/client.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <nlohmann/json.hpp>

#include "handlers/connection.hpp"
#include "handlers/handlers.hpp"
#include "handlers/mail_source.hpp"
#include "handlers/payload.hpp"
#include "http/settings.hpp"
#include "workers/http_server.hpp"

namespace fin::workers {

// What handlers take out of the database, for these tests.
namespace {
Client* current = nullptr;
std::string mail_url;
}  // namespace
Client& client() { return *current; }
Connection load_connection(const Context&, const std::string& name) {
    if (name != "main") throw BadPayload("the workspace has no connection " + name);
    Connection connection;
    connection.base_url = mail_url;
    connection.secret = secret::Text("sesame");
    return connection;
}
Connection load_connection_of_kind(const Context&, const std::string&) {
    Connection connection;
    connection.base_url = mail_url;
    connection.settings = R"({"from": "a@example.com"})";
    return connection;
}
StoredMessage load_message(const Context&, const std::string&) {
    StoredMessage message;
    message.address = "b@example.com";
    message.title = "t";
    return message;
}
std::vector<mail::Attachment> load_attachments(const Context&, const std::vector<std::string>&) { return {}; }
void note_mailed(const Context&, const std::string&) {}

}  // namespace fin::workers

namespace {

using namespace fin::workers;

std::string ok(const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 200 OK\r\n" + headers + "Connection: close\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}
std::string status(int code, const std::string& headers = "") {
    return "HTTP/1.1 " + std::to_string(code) + " No\r\n" + headers + "Connection: close\r\nContent-Length: 0\r\n\r\n";
}

class HttpClient : public testing::Test {
protected:
    void SetUp() override {
        policy.hosts = fin::outbound::HostList::parse("127.0.0.1, localhost");
        policy.allow_private = true;
        current = &client;
    }
    // One turn of a loop that waits for the client alone.
    void turn() {
        const Instant now = Clock::now();
        std::optional<Instant> until = scheduler.next();
        if (client.next() && (!until || *client.next() < *until)) until = client.next();
        long wait = until ? std::chrono::ceil<std::chrono::milliseconds>(*until - now).count() : 1000;
        pollfd waiting{client.descriptor(), POLLIN, 0};
        (void)poll(&waiting, 1, scheduler.has_ready() ? 0 : static_cast<int>(std::clamp(wait, 0L, 1000L)));
        client.run(Clock::now());
        scheduler.turn(Clock::now());
    }
    template <class T>
    T run(Task<T> task) {
        task.start();
        while (!task.done()) turn();
        return task.take();
    }
    Outcome handle(Task<Outcome> (*handler)(Context&), const std::string& payload) {
        Job job;
        job.kind = "test";
        job.payload = payload;
        job.idempotency_key = "5ca1ab1e-0000-4000-8000-000000000000";
        job.timeout = 10;
        Context context(job, scheduler, reinterpret_cast<Queue&>(no_queue), Clock::now() + std::chrono::seconds(10));
        return run(handler(context));
    }

    alignas(16) char no_queue[64] = {};  // no handler here touches the queue
    fin::test::HttpServer server;
    Policy policy;
    Scheduler scheduler;
    Client client{scheduler, [this]() -> const Policy& { return policy; }, 1000};
};

TEST_F(HttpClient, TriesAgainWithTheSameKeyAndHonoursRetryAfterMs) {
    server.answer("/x", {status(503, "Retry-After-Ms: 1\r\n"), status(429, "Retry-After-Ms: 1\r\n"), ok("done")});
    Request request;
    request.method = "POST";
    request.url = server.origin() + "/x";
    request.body = "{}";
    request.idempotency_key = "key-1";
    const Response response = run(client.send(request));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "done");
    EXPECT_EQ(response.attempts, 3);
    ASSERT_EQ(server.requests().size(), 3u);
    for (const std::string& one : server.requests())
        EXPECT_NE(one.find("Idempotency-Key: key-1\r\n"), std::string::npos);
}

TEST_F(HttpClient, RefusesPrivateAddressesByNameAndByNumber) {
    policy.allow_private = false;
    for (const char* host : {"127.0.0.1", "localhost", "2130706433", "0x7f.0.0.1", "0177.1"}) {
        Request request;
        request.url = std::string("http://") + host + ":" + std::to_string(server.port()) + "/";
        EXPECT_THROW((void)run(client.send(request)), Refused) << host;
    }
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpClient, RefusesHostsThatAreNotListedAndOtherSchemes) {
    for (const char* url :
         {"http://127.0.0.2/", "https://example.com/", "file:///etc/passwd", "ftp://127.0.0.1/", "//127.0.0.1/",
          "127.0.0.1", "http://u:p@127.0.0.1/", "http://127.0.0.1/ x", "gopher://127.0.0.1/"}) {
        Request request;
        request.url = url;
        EXPECT_THROW((void)run(client.send(request)), Refused) << url;
    }
}

TEST_F(HttpClient, AsksForANameOnceForAllWhoWaitForIt) {
    server.answer("/", {ok("here")});
    Request request;
    request.url = "http://localhost:" + std::to_string(server.port()) + "/";
    std::vector<Task<Response>> tasks;
    for (int i = 0; i < 50; ++i) tasks.push_back(client.send(request));
    for (auto& task : tasks) task.start();
    for (auto& task : tasks) {
        while (!task.done()) turn();
        EXPECT_EQ(task.take().body, "here");
    }
    EXPECT_EQ(client.lookups(), 1);
}

TEST_F(HttpClient, KeepsToTheLimitPerHost) {
    policy.per_host = 3;
    server.answer("/", {ok("here")});
    Request request;
    request.url = server.origin() + "/";
    std::vector<Task<Response>> tasks;
    for (int i = 0; i < 30; ++i) tasks.push_back(client.send(request));
    for (auto& task : tasks) task.start();
    for (auto& task : tasks) {
        while (!task.done()) turn();
        EXPECT_EQ(task.take().status, 200);
    }
    EXPECT_LE(server.most_at_once(), 4);  // the server may not have noticed yet that one is gone
}

TEST_F(HttpClient, GivesPlacesOnWhenTasksAreDestroyed) {
    policy.per_host = 1;
    server.answer("/never", {""});
    server.answer("/", {ok("here")});
    Request never, request;
    never.url = server.origin() + "/never";
    request.url = server.origin() + "/";
    Task<Response> last = client.send(request);
    {
        Task<Response> first = client.send(never);
        Task<Response> second = client.send(never);
        first.start();
        second.start();
        last.start();
        for (int i = 0; i < 5; ++i) turn();
        EXPECT_FALSE(first.done());
    }
    while (!last.done()) turn();
    EXPECT_EQ(last.take().body, "here");
}

TEST_F(HttpClient, TakesNoMoreThanItWasTold) {
    server.answer("/", {ok(std::string(100'000, 'x'))});
    Request request;
    request.url = server.origin() + "/";
    request.max_body = 50'000;
    try {
        (void)run(client.send(request));
        FAIL() << "a body over the limit was taken";
    } catch (const TransportError& error) {
        EXPECT_FALSE(error.worth_another);
        EXPECT_NE(std::string(error.what()).find("50000"), std::string::npos);
    }
}

TEST_F(HttpClient, OpensTheCircuitOfAHostThatIsDown) {
    Request request;
    request.retries = 0;
    request.url = "http://127.0.0.1:1/secret-path";
    for (int i = 0; i < fin::outbound::Breaker::failures_to_open; ++i) {
        try {
            (void)run(client.send(request));
            FAIL() << "somebody listens on port 1";
        } catch (const TransportError& error) {
            EXPECT_TRUE(error.worth_another);
            EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
        }
    }
    EXPECT_THROW((void)run(client.send(request)), CircuitOpen);
    server.answer("/", {ok("here")});
    request.url = server.origin() + "/";
    EXPECT_EQ(run(client.send(request)).status, 200);
}

TEST_F(HttpClient, FollowsNoRedirect) {
    server.answer("/", {status(302, "Location: /other\r\n")});
    Request request;
    request.url = server.origin() + "/";
    EXPECT_EQ(run(client.send(request)).status, 302);
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST_F(HttpClient, TheRequestHandlerAnswersWithJson) {
    server.answer("/a", {ok(std::string("\xff\0ok", 4), "X-Request-Id: r1\r\nSet-Cookie: secret\r\n")});
    const std::string origin = server.origin();
    const Outcome outcome =
        handle(handle_http_request, R"({"origin": ")" + origin + R"(", "path": "/a", "headers": {"X-Y": "z"}})");
    ASSERT_EQ(outcome.ending, Ending::succeeded) << outcome.error;
    const auto result = nlohmann::json::parse(outcome.result);
    EXPECT_EQ(result["status"], 200);
    EXPECT_EQ(result["headers"]["x-request-id"], "r1");
    EXPECT_EQ(outcome.result.find("secret"), std::string::npos);
    EXPECT_EQ(result["body"], "\ufffd\ufffdok");
    EXPECT_NE(server.requests().at(0).find("X-Y: z\r\n"), std::string::npos);
}

TEST_F(HttpClient, TheRequestHandlerSaysWhatCannotBeDone) {
    mail_url = server.origin();
    const std::string origin = R"({"origin": ")" + server.origin() + R"(", )";
    EXPECT_EQ(handle(handle_http_request, origin + R"("path": "/404"})").ending, Ending::dead);
    EXPECT_EQ(handle(handle_http_request, origin + R"("path": "x"})").ending, Ending::dead);
    EXPECT_EQ(handle(handle_http_request, origin + R"("headers": {"X": "a\r\nb"}})").ending, Ending::dead);
    EXPECT_EQ(handle(handle_http_request, origin + R"("headers": {"Host": "b"}})").ending, Ending::dead);
    EXPECT_EQ(handle(handle_http_request, origin + R"("headers": []})").ending, Ending::dead);
    EXPECT_EQ(handle(handle_http_request, origin + R"("timeout": "x"})").ending, Ending::dead);
    EXPECT_EQ(handle(handle_http_request, R"({"connection": "other"})").ending, Ending::dead);
    server.answer("/", {ok("")});
    EXPECT_EQ(handle(handle_http_request, R"({"connection": "main"})").ending, Ending::succeeded);
    EXPECT_NE(server.requests().back().find("Authorization: Bearer sesame\r\n"), std::string::npos);
}

TEST_F(HttpClient, TheMailHandlerSendsNothingInClear) {
    // A server that speaks no SMTP at all.
    server.answer("/", {ok("")});
    mail_url = "smtp://127.0.0.1:1";
    const Outcome outcome = handle(handle_send_notification, R"({"notification_id": "n"})");
    EXPECT_EQ(outcome.ending, Ending::failed) << outcome.error;
    EXPECT_EQ(handle(handle_send_notification, "{}").ending, Ending::dead);
}

}  // namespace
