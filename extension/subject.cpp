#include "subject.hpp"

#include "datum.hpp"
#include "hash/sha256.hpp"
#include "ledger/content_hash.hpp"
#include "report_kinds.hpp"

namespace fin::pg {

namespace {

risk::Thresholds thresholds_of(Session& session, const Report& report) {
    const auto rows =
        session.run("SELECT code, medium, high, critical FROM fin.thresholds WHERE workspace_id = $1 ORDER BY code",
                    {uuid_param(report.workspace)});
    risk::Thresholds thresholds;
    for (std::uint64_t i = 0; i < rows.size(); ++i)
        thresholds[rows.text(i, 1)] = {rows.number(i, 2), rows.number(i, 3), rows.number(i, 4)};
    return thresholds;
}

// Changes with whatever a person has said about the report, so that a stored analysis is not used past it. By ids:
// one thing taken back and another one said leaves the counts as they were.
std::string feedback_state(Session& session, const Report& report) {
    return session
        .run(
            "SELECT COALESCE((SELECT string_agg(id::text, ',' ORDER BY id) FROM fin.feedback"
            " WHERE workspace_id = $1 AND report_id = $2), '') || '/' ||"
            " COALESCE((SELECT string_agg(id::text, ',' ORDER BY id) FROM fin.dismissals"
            " WHERE workspace_id = $1 AND report_id = $2), '')",
            {uuid_param(report.workspace), uuid_param(report.id)})
        .text(0, 1);
}

}  // namespace

analysis::Subject& Made::load(Session& session) {
    if (loaded_) return subject;
    const bool hash_unknown = subject.content_hash.empty();
    ledger::ContentHash hash;
    // The options speak for this analysis, the report for what its file said.
    ledger::Builder builder(options_.currency, options_.rates,
                            options_.opening_balance ? options_.opening_balance : report_->opening);
    std::size_t rows = 0;
    subject.without_date_or_amount =
        each_row(session, *report_, hash_unknown ? Columns::all : Columns::for_analysis, [&](const ledger::Row& row) {
            builder.add(row);
            if (hash_unknown) hash.add(row);
            ++rows;
        });
    if (hash_unknown) subject.content_hash = hash.hex();
    subject.rows = rows;
    subject.built = builder.build(check_interrupts);
    loaded_ = true;
    return subject;
}

Made subject_of(Session& session, const Report& report, const analysis::Options& options) {
    Made made;
    made.report_ = &report;
    made.options_ = options;
    auto& subject = made.subject;
    subject.report_id = report.id_text;
    subject.engine = FIN_VERSION;
    subject.content_hash = report.content_hash;
    subject.language = options.language.value_or(report.language.empty() ? "en" : report.language);
    subject.skipped = static_cast<std::size_t>(report.skipped);
    subject.rules = kind_rules(session, report);
    subject.thresholds = thresholds_of(session, report);
    if (report.attached) subject.content_hash.clear();
    if (subject.content_hash.empty()) made.load(session);

    hash::Sha256 hash;
    const auto add = [&](std::string_view part) { hash.add(std::to_string(part.size())).add(":").add(part); };
    for (const auto part :
         {std::string_view(subject.content_hash), std::string_view(subject.engine), std::string_view(subject.language)})
        add(part);
    add(options.canonical());
    for (const auto* rules : {&subject.rules.by_category, &subject.rules.by_counterparty}) {
        add("rules");
        for (const auto& [text, kind] : *rules) add(text), add(name(kind));
    }
    for (const auto& [code, lines] : subject.thresholds) {
        add(code);
        for (const auto& line : {lines.medium, lines.high, lines.critical})
            add(line ? std::to_string(*line) : "default");
    }
    add(feedback_state(session, report));
    made.input_hash = hash.hex();
    return made;
}

}  // namespace fin::pg
