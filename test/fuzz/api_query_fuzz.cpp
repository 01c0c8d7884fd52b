// Any bytes as a request to the REST server: its first byte chooses the method, then come the path and query, a line
// break, the Prefer and Accept headers, a line break, and the body. Nothing but ApiError may come out, and the SQL of
// what is understood never holds what was typed but as quoted names and the words of a cast.
#include <cstdlib>
#include <string>
#include <string_view>

#include "../unit/api/dialect_sample.hpp"

using namespace fin::api;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// Skips 'text' or "name"; doubled quotes stay inside.
std::size_t after_quoted(std::string_view sql, std::size_t at) {
    const char quote = sql[at];
    for (++at; at < sql.size(); ++at) {
        if (sql[at] != quote) continue;
        if (at + 1 < sql.size() && sql[at + 1] == quote)
            ++at;
        else
            return at + 1;
    }
    std::abort();
}

// One statement, its parentheses balanced, without comments and dollar quotes, its parameters all given.
void check(const Query& query) {
    const std::string_view sql = query.text;
    int open = 0;
    for (std::size_t at = 0; at < sql.size();) {
        const char c = sql[at];
        if (c == '\'' || c == '"') {
            at = after_quoted(sql, at);
            continue;
        }
        demand(c != ';' && c != '\0' && c != '\\');
        demand(sql.substr(at, 2) != "--" && sql.substr(at, 2) != "/*");
        if (c == '(') ++open;
        if (c == ')') demand(--open >= 0);
        if (c == '$' && (at == 0 || !is_word(sql[at - 1]))) {
            std::size_t number = 0;
            demand(at + 1 < sql.size() && is_digit(sql[at + 1]));
            while (at + 1 < sql.size() && is_digit(sql[at + 1]))
                number = number * 10 + static_cast<std::size_t>(sql[++at] - '0');
            demand(number >= 1 && number <= query.parameters.size());
        }
        ++at;
    }
    demand(open == 0);
}

void check_headers(const Response& response) {
    for (const auto& [name, value] : response.headers)
        for (const char c : name + value) demand(c != '\r' && c != '\n' && c != '\0');
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const char* const methods[] = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "TRACE"};
    if (size < 1) return 0;
    std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    static const auto cache = sample::cache();
    sample::Asked asked(cache);
    asked.config.db_aggregates_enabled = data[0] & 8;
    asked.config.db_plan_enabled = data[0] & 16;
    if (data[0] & 32) asked.config.db_max_rows = 10;
    const std::string url(take_line(rest)), prefer(take_line(rest)), accept(take_line(rest));
    Headers headers = {{"prefer", prefer}, {"accept", accept}};
    if (data[0] & 64) headers.emplace_back("content-type", "text/csv");
    if (data[0] & 128) headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    asked.ask(methods[data[0] & 7], url, headers, std::string(rest));
    if (asked.error) {
        check_headers(error_response(*asked.error, asked.config));
        return 0;
    }
    if (const Transaction* transaction = asked.handling->transaction()) {
        check(transaction->main);
        check(transaction->settings);
        if (transaction->count) check(*transaction->count);
        const std::string path = url.substr(0, url.find('?'));
        if (path.empty() || path == "/") return 0;  // the document's own answer is not made here
        Answer answer;
        answer.page_total = 1;
        answer.body = "{}";
        if (const auto response = asked.respond(answer)) check_headers(*response);
    }
    return 0;
}
