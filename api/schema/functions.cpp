// Functions, what stands on them (computed columns and relationships), and media handlers.
#include <algorithm>
#include <cctype>

#include "api/schema/catalogue.hpp"
#include "api/schema/text_array.hpp"

namespace fin::api::schema {

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

// bit and character would cut a value to one position where the type is written without a length.
std::string widened(const std::string& type) {
    const std::string item = type.size() > 2 && type.ends_with("[]") ? type.substr(0, type.size() - 2) : type;
    if (item == "bit" || item == "character") return item + " varying" + type.substr(item.size());
    return type;
}

// False where a client could not name all arguments. One alone may be nameless: it takes the whole body.
bool callable(const std::vector<Parameter>& parameters) {
    const auto nameless = std::count_if(parameters.begin(), parameters.end(),
                                        [](const Parameter& parameter) { return parameter.name.empty(); });
    if (nameless == 0) return true;
    const auto takes_body = {"bytea", "json", "jsonb", "text", "xml"};
    return parameters.size() == 1 &&
           std::find(takes_body.begin(), takes_body.end(), parameters[0].type) != takes_body.end();
}

struct Outputs {
    std::size_t count = 0;  // OUT, INOUT and TABLE
};

Outputs read_parameters(Function& function, const Catalogue& catalogue, const std::vector<Cell>& row) {
    const auto types = read_oids(text_of(row, 8));
    const std::string& mode_text = text_of(row, 9);
    const auto modes = mode_text.empty() ? std::vector<std::string>{} : read_array(mode_text);
    const std::string& name_text = text_of(row, 10);
    const auto names = name_text.empty() ? std::vector<std::string>{} : read_array(name_text);
    const auto defaults = static_cast<std::size_t>(number_of(row, 7));
    Outputs outputs;
    std::size_t input = 0;
    const std::size_t all = modes.empty() ? types.size() : modes.size();
    for (std::size_t i = 0; i < all; ++i) {
        const std::string mode = modes.empty() ? "i" : modes[i];
        if (mode == "o" || mode == "b" || mode == "t") ++outputs.count;
        if (mode == "o" || mode == "t" || input >= types.size()) continue;
        Parameter parameter;
        if (i < names.size()) parameter.name = names[i];
        if (const auto type = catalogue.types.find(types[input]); type != catalogue.types.end())
            parameter.type = type->second.text;
        parameter.max_length_type = widened(parameter.type);
        parameter.required = input + defaults < types.size();
        parameter.variadic = mode == "v";
        function.parameters.push_back(std::move(parameter));
        ++input;
    }
    return outputs;
}

void read_settings(Function& function, const Catalogue& catalogue, const std::string& text) {
    if (text.empty()) return;
    for (const auto& setting : read_array(text)) {
        const auto equals = setting.find('=');
        if (equals == std::string::npos) continue;
        const std::string name = setting.substr(0, equals), value = setting.substr(equals + 1);
        if (name == "default_transaction_isolation")
            function.isolation = value;
        else if (std::find(catalogue.hoisted.begin(), catalogue.hoisted.end(), name) != catalogue.hoisted.end())
            function.settings[name] = value;
    }
}

void read_result(Function& function, const Catalogue& catalogue, Oid type, const Outputs& outputs) {
    const auto own = catalogue.types.find(type);
    const Type* base = catalogue.base_type(type);
    if (!base || own == catalogue.types.end()) return;
    function.return_type = base->name;
    function.returns_void = base->name == Name{"pg_catalog", "void"};
    function.single_out = outputs.count == 1 && !base->is_row;
    function.returns_composite = outputs.count > 0 || base->kind == 'c';
    function.returns_record = outputs.count == 0 && base->name == Name{"pg_catalog", "record"};
    function.return_is_relation = base->is_relation_row;
    if (own->second.base != 0 && is_media_type(own->second.name.name))
        function.media_type = lower(own->second.name.name);
}

}  // namespace

// type/subtype of letters, digits, dots, hyphens and in the subtype plus signs; or */*.
bool is_media_type(std::string_view name) {
    if (name == "*/*") return true;
    const auto slash = name.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == name.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto c = static_cast<unsigned char>(name[i]);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (i != slash && !plain && c != '.' && c != '-' && !(c == '+' && i > slash)) return false;
    }
    return true;
}

void read_functions(Catalogue& catalogue, const Answers& answers) {
    for (const auto& row : answers[Answered::functions]) {
        Function function;
        function.name = {text_of(row, 0), text_of(row, 1)};
        function.description = text_of(row, 2);
        function.returns_set = flag_of(row, 4);
        function.volatility = text_of(row, 5) == "i"   ? Volatility::immutable
                              : text_of(row, 5) == "s" ? Volatility::stable
                                                       : Volatility::volatile_;
        function.has_variadic = flag_of(row, 6);
        const Outputs outputs = read_parameters(function, catalogue, row);
        if (!callable(function.parameters)) continue;
        read_result(function, catalogue, oid_of(row, 3), outputs);
        read_settings(function, catalogue, text_of(row, 11));
        if (!function.media_type.empty())
            catalogue.cache.handlers.push_back({function.media_type, function.name, std::nullopt, false, ""});
        catalogue.cache.functions[function.name].push_back(std::move(function));
    }
    for (auto& [name, overloads] : catalogue.cache.functions)
        std::stable_sort(overloads.begin(), overloads.end(), [](const Function& a, const Function& b) {
            return a.parameters.size() < b.parameters.size();
        });
}

void read_row_functions(Catalogue& catalogue, const Answers& answers) {
    for (const auto& row : answers[Answered::row_functions]) {
        const Name name{text_of(row, 0), text_of(row, 1)};
        const auto origin = catalogue.relations.find(oid_of(row, 2));
        if (origin == catalogue.relations.end()) continue;
        const Relation& table = *origin->second.relation;
        const bool returns_set = flag_of(row, 3);
        if (!returns_set) catalogue.cache.computed_columns[{table.name, name.name}] = text_of(row, 6);
        const auto target = catalogue.relations.find(oid_of(row, 5));
        if (target == catalogue.relations.end() || !catalogue.serves(name.schema)) continue;
        Relationship computed;
        computed.table = table.name;
        computed.foreign = target->second.relation->name;
        computed.cardinality = !returns_set || flag_of(row, 4) ? Cardinality::many_to_one : Cardinality::one_to_many;
        computed.is_self = computed.table == computed.foreign;
        computed.table_is_view = table.is_view;
        computed.foreign_is_view = target->second.relation->is_view;
        computed.function = name;
        // It takes the place of those that were found by the same name.
        auto& found = catalogue.cache.relationships[table.name];
        found.erase(std::remove_if(found.begin(), found.end(),
                                   [&](const Relationship& other) {
                                       return other.function ? *other.function == name : other.foreign == name;
                                   }),
                    found.end());
        found.push_back(std::move(computed));
    }
}

void read_media(Catalogue& catalogue, const Answers& answers) {
    for (const auto& row : answers[Answered::media_aggregates]) {
        if (!is_media_type(text_of(row, 2))) continue;
        MediaHandler handler;
        handler.media_type = lower(text_of(row, 2));
        handler.function = {text_of(row, 0), text_of(row, 1)};
        if (!text_of(row, 4).empty()) handler.relation = Name{text_of(row, 3), text_of(row, 4)};
        handler.argument_type = text_of(row, 5);
        catalogue.cache.handlers.push_back(std::move(handler));
    }
}

}  // namespace fin::api::schema
