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

std::optional<Severity> severity_named(const std::string& word) {
    for (const auto severity : {Severity::low, Severity::medium, Severity::high, Severity::critical})
        if (name(severity) == word) return severity;
    return std::nullopt;
}

// A payment that was dismissed in another report of the workspace, or in this one where its table may have changed.
// Findings of a ledger as a whole (no category, no counterparty) are of their own report alone.
constexpr const char* dismissals_that_hold =
    "SELECT d.id::text, d.subject, d.code, CASE WHEN d.report_id = $2 AND NOT $3 THEN d.row_no END, d.key, d.severity,"
    " d.booked_on, d.amount, d.counterparty, d.occurrence"
    " FROM fin.dismissals d WHERE d.workspace_id = $1 AND (d.until IS NULL OR d.until >= current_date)"
    " AND (d.report_id = $2 OR d.subject = 'anomaly' AND (d.booked_on IS NOT NULL AND d.row_no IS NOT NULL"
    " OR d.row_no IS NULL AND d.key NOT LIKE ' |  | %'))"
    " ORDER BY d.id";

// What a person has put aside, as the analysis reads it. Returns what identifies it.
std::string read_dismissals(Session& session, const Report& report, analysis::Subject& subject) {
    const auto rows =
        session.run(dismissals_that_hold,
                    {uuid_param(report.workspace), uuid_param(report.id), {BOOLOID, BoolGetDatum(report.attached)}});
    std::string state;
    const auto optional_text = [&](std::uint64_t row, int column) -> std::optional<std::string> {
        if (!rows.cell(row, column)) return std::nullopt;
        return rows.text(row, column);
    };
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
        state += rows.text(i, 1) + ",";
        const std::string about = rows.text(i, 2), code = rows.text(i, 3);
        if (about != "anomaly") {
            using What = analysis::PutAside::What;
            subject.put_aside.push_back({about == "risk" ? What::risk : What::recommendation, code, optional_text(i, 5),
                                         severity_named(rows.text(i, 6))});
            continue;
        }
        anomaly::Dismissal dismissal;
        if (const auto kind = anomaly::kind_named(code))
            dismissal.kind = *kind;
        else
            continue;
        if (const auto row_no = rows.cell(i, 4)) dismissal.row_no = DatumGetInt32(*row_no);
        dismissal.key = optional_text(i, 5);
        const auto day = rows.cell(i, 7), amount = rows.cell(i, 8);
        if (day && amount && !dismissal.key) {
            anomaly::Payment payment{day_of(*day), money_of(*amount), rows.text(i, 9), std::nullopt};
            if (const auto occurrence = rows.cell(i, 10)) payment.occurrence = DatumGetInt32(*occurrence);
            dismissal.payment = std::move(payment);
        }
        subject.dismissed.push_back(std::move(dismissal));
    }
    return state;
}

std::string read_strictness(Session& session, const Report& report, analysis::Subject& subject) {
    const auto rows = session.run(
        "SELECT subject, code, strictness FROM fin.strictness WHERE workspace_id = $1 ORDER BY subject, code",
        {uuid_param(report.workspace)});
    std::string state;
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
        const std::string code = rows.text(i, 2);
        const double strict = rows.number(i, 3).value_or(1);
        state += rows.text(i, 1) + ":" + code + ":" + std::to_string(strict) + ",";
        if (rows.text(i, 1) == "risk")
            subject.risk_strictness[code] = strict;
        else if (const auto kind = anomaly::kind_named(code))
            subject.strictness[*kind] = strict;
    }
    return state;
}

// Changes with whatever a person has said about the report, so that a stored analysis is not used past it. By ids:
// one thing taken back and another one said leaves the counts as they were.
std::string feedback_state(Session& session, const Report& report) {
    return session
        .run(
            "SELECT COALESCE((SELECT string_agg(id::text, ',' ORDER BY id) FROM fin.feedback"
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
    add(read_dismissals(session, report, subject));
    add(read_strictness(session, report, subject));
    made.input_hash = hash.hex();
    return made;
}

}  // namespace fin::pg
