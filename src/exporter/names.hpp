// Names of codes for people: metrics, kinds of anomalies, risks, what evidence is called and measured in.
#pragma once
#include <string>

#include "exporter/format.hpp"
#include "exporter/report.hpp"

namespace fin::exporter {

std::string metric_title(std::string_view code, Language language);
std::string anomaly_title(std::string_view kind, Language language);
std::string risk_title(std::string_view code, Language language);
std::string period_title(std::string_view period, const Format& format);
// "share of the payer: 45.0 %"; empty for what tells a reader nothing.
std::string evidence_words(const Evidence& evidence, const RiskRow& risk, const Format& format);
// "Expenses › Operating › Rent" of a path with colons.
std::string category_title(std::string_view name, Language language);

}  // namespace fin::exporter
