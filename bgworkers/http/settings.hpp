// The settings pg_fin.http_* and the client of this worker.
#pragma once
#include <string>

#include "http/request.hpp"

namespace fin::workers {

class Client;

void define_http_settings();
// As the settings are now.
const Policy& http_policy();
// Of this worker; its loop owns it.
Client& client();
void set_client(Client* client);

}  // namespace fin::workers
