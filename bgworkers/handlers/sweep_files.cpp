#include "handlers.hpp"
#include "handlers/payload.hpp"
#include "s3/sweep.hpp"
#include "spi.hpp"

namespace fin::workers {

Task<Outcome> handle_sweep_files(Context& context) {
    try {
        const Payload payload(context.job());
        bool operates = false;
        context.worker_sql([&](pg::Session& session) {
            operates =
                session.run("SELECT fin.is_operator($1)::text", {pg::text_param(context.job().db_role)}).text(0, 1) ==
                "true";
        });
        if (!operates) co_return Outcome::dead("buckets are swept by operators of the installation: fin_storage_sweep");
        Sweep sweep;
        sweep.grace = payload.number("grace", 3600);
        if (sweep.grace < 0 || sweep.grace > 31'536'000)
            throw BadPayload("grace in the payload is no number of seconds");
        sweep.claim = payload.flag("claim");
        Remote remote;
        if (!load_remote(context, {}, remote)) co_return Outcome::succeeded(R"({"swept": "files stay here"})");
        Task<void> sweeping = sweep_bucket(context, remote, sweep);
        co_await sweeping;
        co_return Outcome::succeeded(sweep.result.dump());
    } catch (const std::exception&) {
        co_return outcome_of_storage();
    }
}

}  // namespace fin::workers
