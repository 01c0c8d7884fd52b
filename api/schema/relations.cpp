// Types, relations and their columns.
#include <algorithm>
#include <set>

#include "api/schema/catalogue.hpp"
#include "api/schema/text_array.hpp"

namespace fin::api::schema {

namespace {

constexpr Oid json = 114, jsonb = 3802, tsvector = 3614;
constexpr Oid varying[] = {1042, 1043};  // character, character varying: typmod counts its own header
constexpr Oid bits[] = {1560, 1562};

std::optional<std::int32_t> length_of(Oid base, std::int64_t modifier) {
    constexpr std::int64_t header = 4;
    if (std::find(std::begin(varying), std::end(varying), base) != std::end(varying) && modifier > header)
        return static_cast<std::int32_t>(modifier - header);
    if (std::find(std::begin(bits), std::end(bits), base) != std::end(bits) && modifier > 0)
        return static_cast<std::int32_t>(modifier);
    return std::nullopt;
}

struct Bases {  // what a domain of a domain comes down to
    Oid type = 0;
    std::int64_t modifier = -1;
    bool not_null = false;
    std::string default_value;
};

void describe_type(Column& column, const Catalogue& catalogue, Oid type, const Bases& base) {
    const auto own = catalogue.types.find(type);
    const auto beneath = catalogue.types.find(base.type);
    if (own == catalogue.types.end() || beneath == catalogue.types.end()) return;
    // A client understands the built-in type beneath a domain better than the domain's name.
    const Type& shown = beneath->second.name.schema == "pg_catalog" ? beneath->second : own->second;
    column.type = shown.name.schema == "pg_catalog" ? shown.text : column.nominal_type;
    column.base_type = beneath->second.text;
    column.is_json = base.type == json || base.type == jsonb;
    column.is_tsvector = base.type == tsvector;
    column.is_array = beneath->second.category == 'A';
    column.is_composite = beneath->second.is_row;
    column.max_length = length_of(base.type, base.modifier);
}

std::unordered_map<Oid, Bases> read_bases(const Answers& answers) {
    struct Step {
        Oid base;
        std::int64_t modifier;
        bool not_null;
        const std::string* default_value;
    };
    std::unordered_map<Oid, Step> steps;
    for (const auto& row : answers[Answered::types])
        steps[oid_of(row, 0)] = {oid_of(row, 5), number_of(row, 6), flag_of(row, 7), &text_of(row, 8)};
    std::unordered_map<Oid, Bases> bases;
    for (const auto& row : answers[Answered::types]) {
        Bases found{oid_of(row, 0), -1, false, ""};
        for (int depth = 0; depth < 100; ++depth) {
            const auto step = steps.find(found.type);
            if (step == steps.end() || step->second.base == 0) break;
            found.not_null |= step->second.not_null;
            if (found.default_value.empty()) found.default_value = *step->second.default_value;
            if (found.modifier < 0) found.modifier = step->second.modifier;
            found.type = step->second.base;
        }
        bases[oid_of(row, 0)] = found;
    }
    return bases;
}

void read_columns(Catalogue& catalogue, const Answers& answers) {
    std::unordered_map<Oid, std::vector<std::string>> labels;
    for (const auto& row : answers[Answered::enum_labels]) labels[oid_of(row, 0)].push_back(text_of(row, 1));
    const auto bases = read_bases(answers);
    for (const auto& row : answers[Answered::columns]) {
        const auto found = catalogue.relations.find(oid_of(row, 0));
        if (found == catalogue.relations.end()) continue;
        Known& known = found->second;
        const auto number = static_cast<std::size_t>(number_of(row, 1));
        const Oid type = oid_of(row, 3);
        const std::int64_t modifier = number_of(row, 4);
        const auto base = bases.find(type);
        const Bases plain{type, -1, false, ""};
        Bases beneath = base == bases.end() ? plain : base->second;
        if (beneath.type == type) beneath.modifier = modifier;
        Column column;
        column.name = text_of(row, 2);
        const auto own = catalogue.types.find(type);
        column.nominal_type = modifier >= 0 || own == catalogue.types.end() ? text_of(row, 8) : own->second.nominal;
        describe_type(column, catalogue, type, beneath);
        column.nullable = !flag_of(row, 5) && !beneath.not_null;
        column.default_value =
            text_of(row, 9).empty() && text_of(row, 7).empty() ? beneath.default_value : text_of(row, 9);
        column.generated = !text_of(row, 6).empty() || !text_of(row, 7).empty();
        if (const auto its = labels.find(beneath.type); its != labels.end()) column.enum_labels = its->second;
        if (known.position.size() <= number) known.position.resize(number + 1, -1);
        known.position[number] = static_cast<int>(known.relation->columns.size());
        known.relation->columns.push_back(std::move(column));
    }
}

Column* column_at(Catalogue& catalogue, const std::vector<Cell>& row) {
    const auto found = catalogue.relations.find(oid_of(row, 0));
    if (found == catalogue.relations.end()) return nullptr;
    const auto number = static_cast<std::size_t>(number_of(row, 1));
    const auto& position = found->second.position;
    if (number >= position.size() || position[number] < 0) return nullptr;
    return &found->second.relation->columns[static_cast<std::size_t>(position[number])];
}

// GENERATED BY DEFAULT gets its next value when asked for the default; ALWAYS takes none.
void read_identities(Catalogue& catalogue, const Answers& answers) {
    std::set<std::pair<Oid, std::int64_t>> by_default;
    for (const auto& row : answers[Answered::columns])
        if (text_of(row, 6) == "d") by_default.insert({oid_of(row, 0), number_of(row, 1)});
    for (const auto& row : answers[Answered::identities]) {
        Column* column = column_at(catalogue, row);
        if (!column || !by_default.count({oid_of(row, 0), number_of(row, 1)})) continue;
        std::string quoted;
        for (const char c : text_of(row, 2)) quoted += c == '\'' ? std::string("''") : std::string(1, c);
        column->default_value = "nextval('" + quoted + "'::regclass)";
    }
}

}  // namespace

const std::string* Known::column_name(std::uint32_t number) const {
    if (number >= position.size() || position[number] < 0) return nullptr;
    return &relation->columns[static_cast<std::size_t>(position[number])].name;
}

const Column* Relation::column(std::string_view wanted) const {
    const auto found =
        std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == wanted; });
    return found == columns.end() ? nullptr : &*found;
}

const Relation* Cache::relation(std::string_view schema, std::string_view name) const {
    const auto found = relations.find(Name{std::string(schema), std::string(name)});
    return found == relations.end() ? nullptr : &found->second;
}

void read_types(Catalogue& catalogue, const Answers& answers) {
    for (const auto& row : answers[Answered::types]) {
        Type type;
        type.name = {text_of(row, 1), text_of(row, 2)};
        type.kind = text_of(row, 3).empty() ? 'b' : text_of(row, 3)[0];
        type.category = text_of(row, 4).empty() ? ' ' : text_of(row, 4)[0];
        type.base = oid_of(row, 5);
        type.not_null = flag_of(row, 7);
        type.default_value = text_of(row, 8);
        type.text = text_of(row, 9);
        type.nominal = text_of(row, 11);
        const std::string& kind = text_of(row, 10);  // of the relation whose rows it is; c: a type of its own
        type.is_row = type.kind == 'c' || type.name == Name{"pg_catalog", "record"};
        type.is_relation_row = !kind.empty() && std::string_view("rvmfp").find(kind[0]) != std::string_view::npos;
        catalogue.types[oid_of(row, 0)] = std::move(type);
    }
}

void read_relations(Catalogue& catalogue, Answers& answers) {
    constexpr std::int64_t update = 4, insert = 8, remove = 16;
    for (const auto& row : answers[Answered::relations]) {
        const Name name{text_of(row, 1), text_of(row, 2)};
        Relation& relation = catalogue.cache.relations[name];
        const std::int64_t events = number_of(row, 4);
        relation.name = name;
        relation.is_view = text_of(row, 3) == "v" || text_of(row, 3) == "m";
        relation.insertable = events & insert;
        relation.updatable = events & update;
        relation.deletable = events & remove;
        catalogue.relations[oid_of(row, 0)].relation = &relation;
    }
    read_columns(catalogue, answers);
    read_identities(catalogue, answers);
    for (const auto& row : answers[Answered::comments]) {
        const auto found = catalogue.relations.find(oid_of(row, 0));
        if (found == catalogue.relations.end()) continue;
        if (number_of(row, 1) == 0)
            found->second.relation->description = text_of(row, 2);
        else if (Column* column = column_at(catalogue, row))
            column->description = text_of(row, 2);
    }
    for (const Answered done : {Answered::columns, Answered::comments, Answered::enum_labels}) answers.forget(done);
}

}  // namespace fin::api::schema
