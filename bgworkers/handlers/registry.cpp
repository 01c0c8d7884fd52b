// Which handler is called how. job_kinds.handler names one of these.
#include "handlers.hpp"

namespace fin::workers {

Handler find_handler(const std::string& name) {
    struct Entry {
        const char* name;
        Handler handler;
    };
    static constexpr Entry entries[] = {
        {"noop", handle_noop},
        {"analyze_report", handle_analyze_report},
        {"generate_forecast", handle_generate_forecast},
        {"export_pdf", handle_export_pdf},
        {"export_xlsx", handle_export_xlsx},
        {"retention", handle_retention},
        {"send_notification", handle_send_notification},
        {"ai_review", handle_ai_review},
        {"ai_categories", handle_ai_categories},
        {"prompt_compare", handle_prompt_compare},
        {"http_request", handle_http_request},
        {"oidc_discovery", handle_oidc_discovery},
        {"oidc_sign_in", handle_oidc_sign_in},
        {"store_file", handle_store_file},
        {"fetch_file", handle_fetch_file},
        {"sweep_files", handle_sweep_files},
        {"scan_files", handle_scan_files},
    };
    for (const Entry& entry : entries)
        if (name == entry.name) return entry.handler;
    return nullptr;
}

}  // namespace fin::workers
