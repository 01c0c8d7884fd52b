// A configuration file in PostgREST's format: lines of key = "text", number or boolean; # begins a comment.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fin::api {

struct FileSetting {
    std::string value;
    int line = 0;
};

// Later lines win. $(NAME) inside quotes becomes the variable of the environment, $$ a dollar sign.
// Throws ConfigError with the line.
std::map<std::string, FileSetting> read_config_file(std::string_view text,
                                                    const std::map<std::string, std::string>& environment);

}  // namespace fin::api
