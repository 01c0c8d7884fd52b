// What assemble() knows while it works: the cache as far as it is filled, and how to find things in it by OID.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/schema/cache.hpp"
#include "api/schema/catalogue_queries.hpp"
#include "api/schema/view_rule.hpp"

namespace fin::api::schema {

using Oid = std::uint32_t;

struct Type {
    Name name;
    std::string text;     // as format_type says
    std::string nominal;  // as it says of a column without a length: "bpchar"
    char kind = 'b', category = ' ';
    Oid base = 0;  // the type beneath a domain; 0: not a domain
    bool not_null = false;
    std::string default_value;
    bool is_row = false, is_relation_row = false;
};

struct Constraint {
    std::string name;
    char kind = 'p';  // p, u, f
    Oid relation = 0, foreign = 0;
    std::vector<std::uint32_t> columns, foreign_columns;
    bool inherited = false;  // a partition's copy of its parent's
};

// A served relation and where its columns, numbered by the database, stand in it.
struct Known {
    Relation* relation = nullptr;
    std::vector<int> position;  // by number; -1: none
    const std::string* column_name(std::uint32_t number) const;
};

// The columns of one table that a view shows, each under one name or several.
struct Shown {
    Oid view = 0, table = 0;
    std::unordered_map<std::uint32_t, std::vector<std::string>> names;  // by the table's column number
};

struct Catalogue {
    explicit Catalogue(Cache& filled) : cache(filled) {}

    Cache& cache;
    std::vector<std::string> schemas, search_path, hoisted;
    std::unordered_map<Oid, Known> relations;
    std::unordered_map<Oid, Type> types;
    std::vector<Constraint> constraints;
    std::vector<Shown> shown;

    bool serves(const std::string& schema) const;
    // Beneath all domains; the type itself where it is none, nullptr where it was not read.
    const Type* base_type(Oid type) const;
};

const std::string& text_of(const std::vector<Cell>& row, std::size_t column);  // empty for NULL
bool flag_of(const std::vector<Cell>& row, std::size_t column);
std::int64_t number_of(const std::vector<Cell>& row, std::size_t column);
Oid oid_of(const std::vector<Cell>& row, std::size_t column);
bool is_media_type(std::string_view name);

// Each reads its answers; `answer` gives them by name.
class Answers {
public:
    explicit Answers(std::vector<Rows> answers);  // throws std::invalid_argument when one is missing
    const Rows& operator[](Answered which) const { return answers_[static_cast<std::size_t>(which)]; }
    void forget(Answered which) { answers_[static_cast<std::size_t>(which)] = Rows(); }

private:
    std::vector<Rows> answers_;
};

void read_types(Catalogue& catalogue, const Answers& answers);
void read_relations(Catalogue& catalogue, Answers& answers);
void read_keys(Catalogue& catalogue, Answers& answers);  // primary keys, what views show
void relate(Catalogue& catalogue);                       // foreign keys, many-to-many
void read_functions(Catalogue& catalogue, const Answers& answers);
void read_row_functions(Catalogue& catalogue, const Answers& answers);  // computed columns and relationships
void read_media(Catalogue& catalogue, const Answers& answers);

}  // namespace fin::api::schema
