// Relationships from foreign keys: between tables, and between whatever views show both ends; many-to-many through
// junctions whose primary key holds both foreign keys.
#include <algorithm>
#include <map>
#include <set>

#include "api/schema/catalogue.hpp"

namespace fin::api::schema {

namespace {

using Columns = std::vector<std::string>;

// One relation that shows all columns of one end of a foreign key, and under which names.
struct End {
    const Relation* relation = nullptr;
    bool is_view = false;
    Columns columns;
};

// A view may show a column twice, so that its end of a key has several spellings; past this many, only the first.
constexpr std::size_t most_spellings = 64;

std::vector<Columns> spellings(const Shown& shown, const std::vector<std::uint32_t>& numbers) {
    std::vector<Columns> result(1);
    for (const auto number : numbers) {
        const auto found = shown.names.find(number);
        if (found == shown.names.end()) return {};
        const bool many = result.size() * found->second.size() > most_spellings;
        std::vector<Columns> longer;
        for (const auto& name : found->second) {
            for (const auto& start : result) {
                longer.push_back(start);
                longer.back().push_back(name);
            }
            if (many) break;
        }
        result = std::move(longer);
    }
    return result;
}

class Relating {
public:
    explicit Relating(Catalogue& catalogue) : catalogue_(catalogue) {
        for (const auto& shown : catalogue.shown) views_of_[shown.table].push_back(&shown);
        for (const auto& constraint : catalogue.constraints) {
            if (constraint.kind == 'f') continue;
            unique_.insert({constraint.relation, sorted(constraint.columns)});
        }
    }

    void run() {
        for (const auto& constraint : catalogue_.constraints)
            if (constraint.kind == 'f' && !constraint.inherited) add(constraint);
        for (auto& [junction, ways] : ways_out_) add_many_to_many(*junction, ways);
        for (auto& [table, found] : catalogue_.cache.relationships) order(found);
    }

private:
    static std::vector<std::uint32_t> sorted(std::vector<std::uint32_t> numbers) {
        std::sort(numbers.begin(), numbers.end());
        return numbers;
    }

    std::vector<End> ends(Oid table, const std::vector<std::uint32_t>& numbers) const {
        std::vector<End> result;
        if (const auto known = catalogue_.relations.find(table); known != catalogue_.relations.end()) {
            End end{known->second.relation, known->second.relation->is_view, {}};
            for (const auto number : numbers)
                if (const auto* name = known->second.column_name(number)) end.columns.push_back(*name);
            if (end.columns.size() == numbers.size()) result.push_back(std::move(end));
        }
        const auto views = views_of_.find(table);
        if (views == views_of_.end()) return result;
        for (const Shown* shown : views->second)
            for (auto& columns : spellings(*shown, numbers))
                result.push_back({catalogue_.relations.at(shown->view).relation, true, std::move(columns)});
        return result;
    }

    void add(const Constraint& key) {
        const bool one_to_one = unique_.count({key.relation, sorted(key.columns)}) > 0;
        const auto froms = ends(key.relation, key.columns);
        if (froms.empty()) return;
        const auto tos = ends(key.foreign, key.foreign_columns);
        for (const auto& from : froms)
            for (const auto& to : tos) add(key, one_to_one, from, to);
    }

    void add(const Constraint& key, bool one_to_one, const End& from, const End& to) {
        Relationship there;
        there.table = from.relation->name;
        there.foreign = to.relation->name;
        there.cardinality = one_to_one ? Cardinality::one_to_one : Cardinality::many_to_one;
        there.is_self = from.relation == to.relation;
        there.constraint = key.name;
        there.table_is_view = from.is_view;
        there.foreign_is_view = to.is_view;
        for (std::size_t i = 0; i < from.columns.size(); ++i)
            there.columns.emplace_back(from.columns[i], to.columns[i]);
        Relationship back = there;
        std::swap(back.table, back.foreign);
        std::swap(back.table_is_view, back.foreign_is_view);
        for (auto& pair : back.columns) std::swap(pair.first, pair.second);
        back.is_parent_side = one_to_one;
        if (!one_to_one) {
            back.cardinality = Cardinality::one_to_many;
            const auto& primary = from.relation->primary_key;
            const bool in_key = std::all_of(from.columns.begin(), from.columns.end(), [&](const std::string& name) {
                return std::find(primary.begin(), primary.end(), name) != primary.end();
            });
            if (in_key) ways_out_[from.relation].push_back(there);
        }
        keep(std::move(there));
        keep(std::move(back));
    }

    void add_many_to_many(const Relation& junction, const std::vector<Relationship>& ways) {
        for (const auto& first : ways)
            for (const auto& second : ways) {
                if (first.constraint == second.constraint) continue;
                Relationship across;
                across.table = first.foreign;
                across.foreign = second.foreign;
                across.cardinality = Cardinality::many_to_many;
                across.is_self = across.table == across.foreign;
                across.constraint = first.constraint;
                across.constraint2 = second.constraint;
                across.junction = junction.name;
                across.table_is_view = first.foreign_is_view;
                across.foreign_is_view = second.foreign_is_view;
                for (const auto& [mine, other] : first.columns) across.table_to_junction.emplace_back(other, mine);
                across.junction_to_foreign = second.columns;
                keep(std::move(across));
            }
    }

    void keep(Relationship relationship) {
        catalogue_.cache.relationships[relationship.table].push_back(std::move(relationship));
    }

    // The order in which PGRST201 lists them.
    static void order(std::vector<Relationship>& found) {
        const auto rank = [](Cardinality cardinality) {
            switch (cardinality) {
                case Cardinality::one_to_many: return 0;
                case Cardinality::many_to_one: return 1;
                case Cardinality::one_to_one: return 2;
                case Cardinality::many_to_many: return 3;
            }
            return 4;
        };
        std::stable_sort(found.begin(), found.end(), [&](const Relationship& a, const Relationship& b) {
            return std::make_tuple(std::cref(a.foreign), a.is_self, rank(a.cardinality), std::cref(a.junction),
                                   std::cref(a.constraint), std::cref(a.constraint2), std::cref(a.columns),
                                   a.is_parent_side) <
                   std::make_tuple(std::cref(b.foreign), b.is_self, rank(b.cardinality), std::cref(b.junction),
                                   std::cref(b.constraint), std::cref(b.constraint2), std::cref(b.columns),
                                   b.is_parent_side);
        });
    }

    Catalogue& catalogue_;
    std::unordered_map<Oid, std::vector<const Shown*>> views_of_;
    std::set<std::pair<Oid, std::vector<std::uint32_t>>> unique_;
    // Foreign keys inside the primary key of the relation that holds them: what can make it a junction.
    struct ByName {
        bool operator()(const Relation* a, const Relation* b) const { return a->name < b->name; }
    };
    std::map<const Relation*, std::vector<Relationship>, ByName> ways_out_;
};

}  // namespace

void relate(Catalogue& catalogue) { Relating(catalogue).run(); }

}  // namespace fin::api::schema
