// Makes the file of an export, keeps it and mails it to whom the payload names.
#include "handlers.hpp"
#include "identity.hpp"
#include "payload.hpp"

namespace fin::workers {

namespace {

// {"report_id", "export_id", "branding", "mail"}: without export_id the export is made too, as a schedule wants it.
std::string make(const Context& context, const Payload& payload, const std::string& format) {
    const std::string report = payload.text("report_id"), branding = payload.object("branding");
    const std::optional<std::string> asked =
        payload.has("export_id") ? std::optional(payload.text("export_id")) : std::nullopt;
    std::string made;
    context.sql([&](pg::Session& session) {
        made = session
                   .run("SELECT fin.export_run($1::uuid, $2, $3::uuid, $4)::text",
                        {pg::text_param(report), pg::text_param(format), pg::optional_text_param(asked),
                         pg::jsonb_param(branding)})
                   .text(0, 1);
    });
    return made;
}

// Tells members of the workspace, each in a message of his own that carries the file. Returns how many.
int mail(const Context& context, const Payload& payload, const std::string& made) {
    const std::string wanted = payload.list("mail");
    int told = 0;
    context.sql([&](pg::Session& session) {
        told = std::stoi(
            session.run("SELECT fin.export_mail($1::uuid, $2)::text", {pg::text_param(made), pg::jsonb_param(wanted)})
                .text(0, 1));
    });
    return told;
}

Outcome export_as(Context& context, const std::string& format) {
    try {
        const Payload payload(context.job());
        context.progress(0.1, "drawing");
        const std::string made = make(context, payload, format);
        int told = 0;
        if (payload.has("mail")) {
            context.progress(0.8, "mailing");
            told = mail(context, payload, made);
        }
        const nlohmann::json result = {{"export_id", made}, {"url", "/exports/" + made}, {"mailed", told}};
        return Outcome::succeeded(result.dump());
    } catch (const BadPayload& error) {
        return Outcome::dead(error.what());
    } catch (const SqlError& error) {
        return outcome_of(error);
    }
}

}  // namespace

Task<Outcome> handle_export_pdf(Context& context) { co_return export_as(context, "pdf"); }
Task<Outcome> handle_export_xlsx(Context& context) { co_return export_as(context, "xlsx"); }

}  // namespace fin::workers
