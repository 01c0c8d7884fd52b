// The installation's keys, read when they are needed and wiped afterwards.
#pragma once
#include "secret/seal.hpp"

namespace fin::pg {

void define_secret_settings();
// From pg_fin.secret_key_file or pg_fin.secret_key_command. Throws Error where neither gives a key.
secret::Keyring installation_keys();

// A file with keys that must be closed to others. Throws Error that names the setting and never the content.
std::string read_key_file(const std::string& path, const std::string& setting, const char* help);

}  // namespace fin::pg
