#include "error.hpp"
#include "handlers.hpp"
#include "handlers/oidc_provider.hpp"
#include "handlers/payload.hpp"

namespace fin::workers {

Task<Outcome> handle_oidc_discovery(Context& context) {
    if (!context.job().workspace_id.empty()) co_return Outcome::dead("members do not queue this kind of job");
    try {
        const Payload payload(context.job());
        OidcProvider provider = load_oidc_provider(context, payload.text("provider"));
        Task<account::Endpoints> finding = find_endpoints(context, provider);
        const account::Endpoints endpoints = co_await finding;
        bool read = true;
        if (provider.keys_are_old) {
            Task<bool> reading = read_keys(context, provider, endpoints);
            read = co_await reading;
        }
        co_return read ? Outcome::succeeded() : Outcome::failed("the provider's keys were asked for and did not come");
    } catch (const BadPayload& error) {
        co_return Outcome::dead(error.what());
    } catch (const SqlError& error) {
        co_return outcome_of(error);
    } catch (const std::runtime_error& error) {
        co_return Outcome::failed(error.what());
    }
}

}  // namespace fin::workers
