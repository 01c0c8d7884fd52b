// The installation's keys, read when they are needed and wiped afterwards.
#pragma once
#include "secret/seal.hpp"

namespace fin::pg {

void define_secret_settings();
// From pg_fin.secret_key_file or pg_fin.secret_key_command. Throws Error where neither gives a key.
secret::Keyring installation_keys();

}  // namespace fin::pg
