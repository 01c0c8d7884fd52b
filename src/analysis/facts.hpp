// What every section of the document reads.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/analysis.hpp"
#include "analysis/wording.hpp"
#include "forecast/ledger_forecast.hpp"
#include "json/writer.hpp"
#include "metrics/metrics.hpp"
#include "recommendation/recommendation.hpp"

namespace fin::analysis {

struct Findings {
    const Subject& subject;
    const metrics::Facts& facts;
    Language language;
    const std::vector<ledger::CategoryKind>& kinds;
    const std::vector<metrics::Metric>& metrics;
    const std::vector<risk::Risk>& risks;
    const std::vector<recommendation::Recommendation>& recommendations;
    const InterruptCheck& check;

    // The metric of a period, or nullptr.
    const metrics::Metric* metric(std::string_view name, std::string_view period) const;
};

// The last up to 3 complete months against as many before them; n = 0 where there are not two spans.
struct Comparison {
    ledger::Span current, previous;
};
Comparison latest_comparison(const ledger::Monthly& monthly);

// Each writes one value of the document.
void write_metrics(json::Writer& out, const Findings& findings);
void write_monthly(json::Writer& out, const Findings& findings);
void write_categories(json::Writer& out, const Findings& findings);
void write_anomalies(json::Writer& out, const Findings& findings);
void write_risks(json::Writer& out, const Findings& findings, std::size_t at_most);
void write_recommendations(json::Writer& out, const Findings& findings);
void write_recurring(json::Writer& out, const Findings& findings);
void write_forecast(json::Writer& out, const Findings& findings);
void write_comparison(json::Writer& out, const Findings& findings);
void write_dashboard(json::Writer& out, const Findings& findings);
void write_quality(json::Writer& out, const Findings& findings);

std::string summary(const Findings& findings);
// 0..1, how far the figures can be relied on: 0.4 for a year of complete months, 0.3 for categorised money, 0.2 for
// cash that is known and reconciles (0.1 where it is only relative), 0.1 for months without gaps. Two decimals.
double confidence(const Findings& findings);

}  // namespace fin::analysis
