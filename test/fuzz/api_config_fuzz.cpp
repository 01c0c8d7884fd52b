// Any text as a configuration file, as settings of the database and as what catalogues say. Nothing but ConfigError and
// invalid_argument may come out; a dump reads back as itself.
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "api/config/config.hpp"
#include "api/config/options.hpp"
#include "api/config/uri.hpp"
#include "api/schema/text_array.hpp"
#include "api/schema/view_rule.hpp"

using namespace fin::api;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

void read_settings(std::string_view text) {
    try {
        const Config config = Config::load(text, {{"HOME", "/home"}});
        const std::string dump = config.dump();
        if (dump.find("***") != std::string::npos) return;  // without its secrets it is another configuration
        demand(Config::load(dump, {}).dump() == dump);
    } catch (const ConfigError&) {
    }
}

void read_one(std::string_view text) {
    const auto& all = options();
    const Option& option = all[static_cast<unsigned char>(text[0]) % all.size()];
    std::string name = option.name;
    for (char& c : name)
        if (c == '-') c = '_';
    try {
        Config().with_database_settings({{name, std::string(text.substr(1))}}).dump();
    } catch (const ConfigError&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // Files of this machine are not for the fuzzer.
    if (text.find('@') == std::string_view::npos) {
        read_settings(text);
        read_one(text);
    }
    is_uri(text);
    read_http_uri(text);
    without_password(text);
    schema::view_origins(text);
    try {
        const auto items = schema::read_array(text);
        demand(schema::read_array(schema::write_array(items)) == items);
    } catch (const std::invalid_argument&) {
    }
    return 0;
}
