// The main query of each kind of request, in the words of Shape.
#pragma once
#include <optional>

#include "api/plan/call.hpp"
#include "api/plan/handler.hpp"
#include "api/plan/tree.hpp"
#include "api/plan/write.hpp"
#include "api/sql/statement.hpp"

namespace fin::api::sql {

struct ReadOptions {
    plan::Handler handler;
    std::optional<request::Count> count;
    plan::Range range;  // of the root as asked for
    std::optional<std::int64_t> max_rows;
    bool may_stream = false;
};

struct Main {
    Query query;
    Shape shape = Shape::single;
};

Main read_statement(const plan::Node& tree, const ReadOptions& options);
Main call_statement(plan::Call& call, const plan::Node& tree, const ReadOptions& options);
// The body is taken out of `call` and `write`: it may be large.
// with_body: the representation; with_location: the key of the one inserted row.
Main write_statement(plan::Write& write, const plan::Node& tree, const plan::Handler& handler, bool with_body,
                     bool with_location);
// EXPLAIN of the count query, for count=planned and estimated.
Query count_plan(const plan::Node& tree);

}  // namespace fin::api::sql
