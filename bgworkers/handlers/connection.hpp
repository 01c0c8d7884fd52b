// A connection of the job's workspace with its secret opened. Lives in a worker's memory only.
#pragma once
#include <string>

#include "handler.hpp"
#include "secret/seal.hpp"

namespace fin::workers {

struct Connection {
    std::string provider;
    std::string base_url;  // of the provider, which operators alone define
    std::string settings;  // JSON: the provider's, overruled by the connection's
    secret::Text secret;   // empty where none is stored
};

// Throws BadPayload where the workspace has no such connection, Error where its secret cannot be opened.
Connection load_connection(const Context& context, const std::string& name);
// The connection of this kind that the workspace has, else the operator's own of the installation.
Connection load_connection_of_kind(const Context& context, const std::string& kind);

}  // namespace fin::workers
