// The handlers of this library, one file each.
#pragma once
#include "handler.hpp"

namespace fin::workers {

// Does nothing: for measuring.
Task<Outcome> handle_noop(Context& context);
// Imports a stored file (payload file_id, options) or takes a report (report_id), one that waits for its rows too, and
// analyses it.
Task<Outcome> handle_analyze_report(Context& context);
// Computes the forecast of a report (report_id, horizon, options), so that it is there when somebody asks.
Task<Outcome> handle_generate_forecast(Context& context);
// Makes the file of an export (report_id, export_id, branding), keeps it and mails it to members (mail: their ids).
Task<Outcome> handle_export_pdf(Context& context);
Task<Outcome> handle_export_xlsx(Context& context);
// Removes what the workspace's settings say it need not keep.
Task<Outcome> handle_retention(Context& context);
// Mails a message of fin.notifications (notification_id) to its member, text and HTML in the workspace's language.
Task<Outcome> handle_send_notification(Context& context);
// Asks the models for a second opinion on a stored analysis (report_id, analysis_id) and upgrades it.
Task<Outcome> handle_ai_review(Context& context);
// Asks a model for the categories of merchants whose rows have none (report_id) and keeps its words as suggestions.
Task<Outcome> handle_ai_categories(Context& context);
// Compares the workspace's own style of reviews with the default (reports: how many of its latest).
Task<Outcome> handle_prompt_compare(Context& context);
// Moves the bytes of a file (file_id) into the bucket, with what was read from it.
Task<Outcome> handle_store_file(Context& context);
// Brings the bytes of a file (file_id) back from the bucket for an hour.
Task<Outcome> handle_fetch_file(Context& context);
// Compares the bucket with the files and puts both right (grace, claim). For operators.
Task<Outcome> handle_sweep_files(Context& context);
// Shows the workspace's files that are held to the virus scanner; all: those that came before there was one, too.
Task<Outcome> handle_scan_files(Context& context);
// One HTTP request (origin or connection, path, method, headers, body). No kind uses it until an operator adds one.
Task<Outcome> handle_http_request(Context& context);
// Reads the configuration and the keys of a provider of OpenID Connect (provider). Of no workspace.
Task<Outcome> handle_oidc_discovery(Context& context);
// Exchanges the code of a sign-in (sign_in) and says who it is. Of no workspace.
Task<Outcome> handle_oidc_sign_in(Context& context);

}  // namespace fin::workers
