#include "api/config/database_settings.hpp"

#include "api/config/options.hpp"

namespace fin::api {

namespace {

std::string quoted(const std::string& name) {
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + "\"";
}

std::string qualified(const std::string& name) {
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) return quoted(name);
    return quoted(name.substr(0, dot)) + "." + quoted(name.substr(dot + 1));
}

std::string setting_name(const Option& option) {
    std::string name = option.name;
    for (char& c : name)
        if (c == '-') c = '_';
    return name;
}

}  // namespace

std::string database_settings_query(const std::string& pre_config) {
    std::string names;
    for (const auto& option : options())
        if (option.in_database) names += (names.empty() ? "('" : ", ('") + setting_name(option) + "')";
    // The function comes first in a materialized step, so that what it sets is there when it is read.
    const std::string function =
        pre_config.empty() ? "" : "called as materialized (select from " + qualified(pre_config) + "()), ";
    const std::string from_function =
        pre_config.empty()
            ? ""
            : " union all select k.name, pg_catalog.current_setting('pgrst.' || k.name, true), 0"
              " from (select pg_catalog.count(*) as calls from called) c cross join known k where c.calls >= 0";
    return "with " + function + "known(name) as (values " + names +
           "), given(name, value, rank) as ("
           "select pg_catalog.substr(pg_catalog.split_part(g.setting, '=', 1), 7),"
           " pg_catalog.substr(g.setting, pg_catalog.strpos(g.setting, '=') + 1),"
           " case when d.setdatabase = 0 then 1 else 2 end"
           " from pg_catalog.pg_db_role_setting d join pg_catalog.pg_roles r on r.oid = d.setrole"
           " cross join lateral pg_catalog.unnest(d.setconfig) as g(setting)"
           " where r.rolname = current_user and g.setting like 'pgrst.%' and (d.setdatabase = 0 or d.setdatabase ="
           " (select b.oid from pg_catalog.pg_database b where b.datname = pg_catalog.current_database()))" +
           from_function +
           ") select distinct on (name) name, value from given join known using (name)"
           " where value is not null order by name, rank desc";
}

std::map<std::string, std::string> read_database_settings(const schema::Rows& rows) {
    std::map<std::string, std::string> settings;
    for (const auto& row : rows)
        if (row.size() >= 2 && row[0] && row[1]) settings[*row[0]] = *row[1];
    return settings;
}

}  // namespace fin::api
