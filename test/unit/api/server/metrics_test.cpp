// Numbers of several threads as one text of Prometheus' format. promtool reads the real ones in test/server/api.pl.
#include "api/server/metrics.hpp"

#include <memory>

namespace fin::api {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Metrics, AddsUpTheThreads) {
    const auto one = std::make_unique<Counters>(), two = std::make_unique<Counters>();
    one->request("GET", 200);
    two->request("GET", 200);
    two->request("GET", 404);
    two->request("BREW", 200);
    two->request("PUT", 9999);
    one->duration.observe(std::chrono::microseconds(700));
    two->duration.observe(std::chrono::milliseconds(1));
    two->duration.observe(std::chrono::seconds(20));
    const std::string text = metrics_text({one.get(), two.get()}, {{"pgrst_db_pool_max", "Most", "gauge", 10}});
    EXPECT_TRUE(contains(text, "pgfin_api_requests_total{method=\"GET\",status=\"200\"} 2\n"));
    EXPECT_TRUE(contains(text, "pgfin_api_requests_total{method=\"GET\",status=\"404\"} 1\n"));
    EXPECT_TRUE(contains(text, "pgfin_api_requests_total{method=\"other\",status=\"200\"} 1\n"));
    EXPECT_TRUE(contains(text, "pgfin_api_requests_total{method=\"PUT\",status=\"599\"} 1\n"));
    // Buckets count what is at or below their bound, each with all before it.
    EXPECT_TRUE(contains(text, "pgfin_api_request_duration_seconds_bucket{le=\"0.0005\"} 0\n"));
    EXPECT_TRUE(contains(text, "pgfin_api_request_duration_seconds_bucket{le=\"0.001\"} 2\n"));
    EXPECT_TRUE(contains(text, "pgfin_api_request_duration_seconds_bucket{le=\"10\"} 2\n"));
    EXPECT_TRUE(contains(text, "pgfin_api_request_duration_seconds_bucket{le=\"+Inf\"} 3\n"));
    EXPECT_TRUE(contains(text, "pgfin_api_request_duration_seconds_count 3\n"));
    EXPECT_TRUE(contains(text, "pgfin_api_request_duration_seconds_sum 20.0017\n"));
    EXPECT_TRUE(contains(text, "# TYPE pgrst_db_pool_max gauge\npgrst_db_pool_max 10\n"));
}

}  // namespace
}  // namespace fin::api
