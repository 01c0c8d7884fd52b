// Primary keys, and through which names views show the columns of tables.
#include <algorithm>
#include <map>

#include "api/schema/catalogue.hpp"
#include "api/schema/text_array.hpp"

namespace fin::api::schema {

namespace {

using Rules = std::unordered_map<Oid, std::vector<Origin>>;

// Through views of views down to a table; {0, 0}: computed on the way, or a circle.
Origin table_behind(const Rules& rules, Origin origin) {
    for (std::size_t steps = 0; steps <= rules.size(); ++steps) {
        const auto view = rules.find(origin.relation);
        if (view == rules.end()) return origin;
        const auto column = static_cast<std::size_t>(origin.column);
        if (column < 1 || column > view->second.size()) return {};
        origin = view->second[column - 1];
        if (origin.relation == 0) return {};
    }
    return {};
}

void read_constraints(Catalogue& catalogue, Answers& answers) {
    catalogue.constraints.reserve(answers[Answered::constraints].size());
    for (const auto& row : answers[Answered::constraints]) {
        Constraint constraint;
        constraint.name = text_of(row, 0);
        constraint.kind = text_of(row, 1).empty() ? ' ' : text_of(row, 1)[0];
        constraint.relation = oid_of(row, 2);
        constraint.foreign = oid_of(row, 3);
        constraint.columns = read_oids(text_of(row, 4));
        constraint.foreign_columns = read_oids(text_of(row, 5));
        constraint.inherited = flag_of(row, 6);
        catalogue.constraints.push_back(std::move(constraint));
    }
    answers.forget(Answered::constraints);
}

void read_shown(Catalogue& catalogue, Answers& answers) {
    Rules rules;
    for (const auto& row : answers[Answered::rules]) rules[oid_of(row, 0)] = view_origins(text_of(row, 1));
    answers.forget(Answered::rules);
    for (const auto& row : answers[Answered::relations]) {
        const Oid view = oid_of(row, 0);
        const auto rule = rules.find(view);
        if (rule == rules.end()) continue;
        const Known& known = catalogue.relations.at(view);
        std::map<Oid, Shown> tables;
        for (std::size_t column = 0; column < rule->second.size(); ++column) {
            const Origin origin = table_behind(rules, rule->second[column]);
            const std::string* name = known.column_name(static_cast<std::uint32_t>(column + 1));
            if (origin.relation == 0 || !name) continue;
            tables[origin.relation].names[static_cast<std::uint32_t>(origin.column)].push_back(*name);
        }
        for (auto& [table, shown] : tables) {
            shown.view = view;
            shown.table = table;
            catalogue.shown.push_back(std::move(shown));
        }
    }
}

}  // namespace

void read_keys(Catalogue& catalogue, Answers& answers) {
    read_constraints(catalogue, answers);
    read_shown(catalogue, answers);
    std::unordered_map<Oid, const Constraint*> primary;
    for (const auto& constraint : catalogue.constraints)
        if (constraint.kind == 'p') primary[constraint.relation] = &constraint;
    for (const auto& [oid, constraint] : primary) {
        const auto known = catalogue.relations.find(oid);
        if (known == catalogue.relations.end()) continue;
        auto& key = known->second.relation->primary_key;
        for (const auto number : constraint->columns)
            if (const auto* name = known->second.column_name(number)) key.push_back(*name);
        std::sort(key.begin(), key.end());  // the order of Location, which does not depend on the key's own
    }
    // A view that shows the whole key of a table has that key; of a join, the keys of all its tables together.
    for (const auto& shown : catalogue.shown) {
        const auto key = primary.find(shown.table);
        if (key == primary.end()) continue;
        std::vector<std::string> names;
        for (const auto number : key->second->columns)
            if (const auto found = shown.names.find(number); found != shown.names.end())
                names.push_back(found->second.front());
        if (names.size() != key->second->columns.size()) continue;
        auto& whole = catalogue.relations.at(shown.view).relation->primary_key;
        whole.insert(whole.end(), names.begin(), names.end());
    }
}

}  // namespace fin::api::schema
