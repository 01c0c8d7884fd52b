#include "api/server/schema_text.hpp"

#include <nlohmann/json.hpp>

namespace fin::api {

namespace {

using nlohmann::json;

std::string dotted(const schema::Name& name) { return name.schema + "." + name.name; }

}  // namespace

std::string schema_text(const schema::Cache& cache) {
    json relations = json::object(), relationships = json::object(), functions = json::object();
    for (const auto& [name, relation] : cache.relations) {
        json columns = json::object();
        for (const auto& column : relation.columns) columns[column.name] = column.nominal_type;
        relations[dotted(name)] = {{"columns", columns},
                                   {"primaryKey", relation.primary_key},
                                   {"isView", relation.is_view},
                                   {"insertable", relation.insertable},
                                   {"updatable", relation.updatable},
                                   {"deletable", relation.deletable}};
    }
    for (const auto& [name, ways] : cache.relationships) {
        json list = json::array();
        for (const auto& way : ways)
            list.push_back({{"to", dotted(way.foreign)},
                            {"one", way.to_one()},
                            {"by", way.function ? dotted(*way.function) : way.constraint}});
        relationships[dotted(name)] = list;
    }
    for (const auto& [name, overloads] : cache.functions) {
        json list = json::array();
        for (const auto& function : overloads) {
            json parameters = json::object();
            for (const auto& parameter : function.parameters) parameters[parameter.name] = parameter.type;
            list.push_back({{"parameters", parameters}, {"returns", dotted(function.return_type)}});
        }
        functions[dotted(name)] = list;
    }
    const json all = {{"generation", cache.generation},
                      {"relations", relations},
                      {"relationships", relationships},
                      {"functions", functions}};
    return all.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace fin::api
