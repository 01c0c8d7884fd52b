#include "handlers/connection.hpp"

#include "handlers/payload.hpp"
#include "secret.hpp"
#include "spi.hpp"

extern "C" {
#include "catalog/pg_type.h"
}
#include "datum.hpp"

namespace fin::workers {

namespace {

Connection load(const Context& context, const std::optional<std::string>& name,
                const std::optional<std::string>& kind) {
    Connection connection;
    std::string sealed, place;
    bool found = false;
    const std::string& workspace = context.job().workspace_id;
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT c.connection_id::text, c.provider, c.base_url, c.settings::text, c.secret FROM "
            "fin.connection_for($1::uuid, $2, $3) c",
            {pg::text_param(workspace), pg::optional_text_param(name), pg::optional_text_param(kind)});
        found = !rows.empty();
        if (!found) return;
        const std::string id = rows.text(0, 1);
        connection.provider = rows.text(0, 2);
        connection.base_url = rows.text(0, 3);
        connection.settings = rows.text(0, 4);
        if (const auto secret = rows.cell(0, 5)) sealed = pg::bytes_of(*secret);
        place = id.empty() ? secret::place_of({"provider", connection.provider, connection.base_url})
                           : secret::place_of({"connection", workspace, id, connection.provider});
    });
    if (!found)
        throw BadPayload(name ? "the workspace has no connection " + *name
                              : "no provider of kind " + *kind + " is set up");
    if (!sealed.empty()) connection.secret = pg::installation_keys().open(sealed, place);
    return connection;
}

}  // namespace

Connection load_connection(const Context& context, const std::string& name) { return load(context, name, "http"); }
Connection load_connection_of_kind(const Context& context, const std::string& kind) { return load(context, {}, kind); }

}  // namespace fin::workers
