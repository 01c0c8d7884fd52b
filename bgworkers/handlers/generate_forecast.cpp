#include "handlers.hpp"
#include "identity.hpp"
#include "payload.hpp"

namespace fin::workers {

Task<Outcome> handle_generate_forecast(Context& context) {
    try {
        const Payload payload(context.job());
        const std::string report = payload.text("report_id");
        const int horizon = payload.number("horizon", 6);
        const std::string options = payload.object("options");
        std::string result;
        bool known = false;
        context.sql([&](pg::Session& session) {
            const std::string function = extension_schema() + ".fin_forecast";
            known = !session
                         .run("SELECT 1 WHERE to_regprocedure($1) IS NOT NULL",
                              {pg::text_param(function + "(uuid,integer,jsonb)")})
                         .empty();
            if (!known) return;
            result = session
                         .run(
                             "SELECT jsonb_build_object('report_id', $1, 'horizon', $2, 'forecast', "
                             "jsonb_agg(to_jsonb(f)))::text FROM " +
                                 function + "($1::uuid, $2, $3) f",
                             {pg::text_param(report), pg::int_param(horizon), pg::jsonb_param(options)})
                         .text(0, 1);
        });
        if (!known) co_return Outcome::dead("this pg_fin has no fin_forecast");
        co_return Outcome::succeeded(result);
    } catch (const BadPayload& error) {
        co_return Outcome::dead(error.what());
    } catch (const SqlError& error) {
        co_return outcome_of(error);
    }
}

}  // namespace fin::workers
