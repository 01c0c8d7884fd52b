// The cache from the answers of load_queries().
#include <algorithm>
#include <stdexcept>

#include "api/schema/catalogue.hpp"
#include "api/schema/text_array.hpp"

namespace fin::api::schema {

namespace {

void read_server(Catalogue& catalogue, const Answers& answers) {
    const Rows& rows = answers[Answered::server];
    if (rows.size() != 1) throw std::invalid_argument("the schema cache's first answer is empty");
    const auto& row = rows.front();
    catalogue.cache.server_version = static_cast<int>(number_of(row, 0));
    catalogue.schemas = read_array(text_of(row, 1));
    catalogue.search_path = read_array(text_of(row, 2));
    catalogue.hoisted = read_array(text_of(row, 3));
    catalogue.cache.has_postgis = flag_of(row, 4);
}

void read_roles(Cache& cache, const Rows& rows) {
    for (const auto& row : rows) {
        RoleSettings& role = cache.roles[text_of(row, 0)];
        // Isolation cannot be set inside a transaction that has begun: it goes into BEGIN.
        if (text_of(row, 1) == "default_transaction_isolation")
            role.isolation = text_of(row, 2);
        else
            role.settings[text_of(row, 1)] = text_of(row, 2);
    }
}

}  // namespace

const std::string& text_of(const std::vector<Cell>& row, std::size_t column) {
    static const std::string nothing;
    if (column >= row.size()) throw std::invalid_argument("an answer of the schema cache has too few columns");
    return row[column] ? *row[column] : nothing;
}

bool flag_of(const std::vector<Cell>& row, std::size_t column) { return text_of(row, column) == "t"; }
std::int64_t number_of(const std::vector<Cell>& row, std::size_t column) { return read_integer(text_of(row, column)); }
Oid oid_of(const std::vector<Cell>& row, std::size_t column) { return static_cast<Oid>(number_of(row, column)); }

Answers::Answers(std::vector<Rows> answers) : answers_(std::move(answers)) {
    if (answers_.size() != static_cast<std::size_t>(Answered::count))
        throw std::invalid_argument("the schema cache needs " + std::to_string(static_cast<int>(Answered::count)) +
                                    " answers, not " + std::to_string(answers_.size()));
}

bool Catalogue::serves(const std::string& schema) const {
    return std::find(schemas.begin(), schemas.end(), schema) != schemas.end();
}

const Type* Catalogue::base_type(Oid type) const {
    auto found = types.find(type);
    // A domain's base is always older than it, so the chain ends; the count guards against answers that lie.
    for (int steps = 0; found != types.end() && found->second.base != 0 && steps < 100; ++steps)
        found = types.find(found->second.base);
    return found == types.end() ? nullptr : &found->second;
}

std::shared_ptr<Cache> assemble(std::vector<Rows> given, std::uint64_t generation) {
    Answers answers(std::move(given));
    auto cache = std::make_shared<Cache>();
    cache->generation = generation;
    Catalogue catalogue(*cache);
    read_server(catalogue, answers);
    read_types(catalogue, answers);
    read_relations(catalogue, answers);
    read_keys(catalogue, answers);
    relate(catalogue);
    read_functions(catalogue, answers);
    read_row_functions(catalogue, answers);
    read_media(catalogue, answers);
    read_roles(*cache, answers[Answered::role_settings]);
    for (const auto& row : answers[Answered::casts])
        cache->representations.push_back({text_of(row, 0), text_of(row, 1), text_of(row, 2)});
    for (const auto& row : answers[Answered::schemas]) cache->schema_descriptions[text_of(row, 0)] = text_of(row, 1);
    return cache;
}

}  // namespace fin::api::schema
