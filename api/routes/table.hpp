// The named routes: addresses of the product's own API, each an alias of one function of the served schemas.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/schema/cache.hpp"

namespace fin::api::routes {

enum class Kind { call, upload, events, file, visit };

struct Segment {
    std::string text;  // of an argument: its name
    bool argument = false;
};

struct Route {
    std::string method, path;
    std::vector<Segment> segments;
    const schema::Function* function = nullptr;  // of the cache the table belongs to
    Kind kind = Kind::call;
    int status = 200;
    bool cached = false, keyed = true;
    std::string summary;
    std::string example, answer;  // JSON, for the document; empty: there is none
};

struct Match {
    const Route* route = nullptr;                                // null: no address of ours, or another method
    std::string allow;                                           // methods of a known address; empty: unknown
    std::vector<std::pair<std::string, std::string>> arguments;  // of the path, decoded
    bool document = false;                                       // /openapi.json, where no route has that address
};

class Table {
public:
    // rows: as the query gives them. What cannot be served is left out, and `left_out` says why, one line each.
    Table(const schema::Rows& rows, const schema::Cache& cache, std::string schema, std::vector<std::string>& left_out);

    // path: percent-encoded. Fixed segments win over arguments. HEAD is served where GET is.
    Match find(std::string_view method, std::string_view path) const;
    const std::vector<Route>& routes() const { return routes_; }
    // Of the table itself; what the server calls by name is in it too: begin_with_key, repeat_begin, upload_chunks.
    const std::string& schema() const { return schema_; }
    const std::string& document() const { return document_; }  // OpenAPI 3.1

private:
    std::vector<Route> routes_;  // those with more fixed segments first
    std::string schema_, document_;
};

// name: as the setting has it, schema and table. Throws std::invalid_argument.
schema::Name table_name(const std::string& name);
std::string table_query(const schema::Name& name);

}  // namespace fin::api::routes
