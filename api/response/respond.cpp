// The database's answer as a response: status, headers, body.
#include <algorithm>

#include "api/openapi/openapi.hpp"
#include "api/request/text.hpp"
#include "api/response/errors.hpp"
#include "api/response/understand.hpp"

namespace fin::api {

namespace {

using nlohmann::json;
using request::MediaType;

std::string content_range(std::int64_t first, std::int64_t last, const std::optional<std::int64_t>& total) {
    std::string out = (total && *total == 0) || first > last ? "*" : std::to_string(first) + "-" + std::to_string(last);
    return out + "/" + (total ? std::to_string(*total) : "*");
}

// Rows the planner expects: [{"Plan": {"Plan Rows": n}}].
std::optional<std::int64_t> planned_rows(const std::optional<std::string>& explain) {
    if (!explain) return std::nullopt;
    const json plan = json::parse(*explain, nullptr, false);
    if (!plan.is_array() || plan.empty() || !plan[0].is_object() || !plan[0].contains("Plan")) return std::nullopt;
    const json& rows = plan[0]["Plan"].value("Plan Rows", json());
    return rows.is_number() ? std::optional(static_cast<std::int64_t>(rows.get<double>())) : std::nullopt;
}

class Responder {
public:
    Responder(const Understood& asked, const Context& context, const Answer& answer)
        : asked_(asked), context_(context), answer_(answer) {}

    Response respond() {
        switch (asked_.action) {
            case Action::info: info(); break;
            case Action::inspect: inspect(); break;
            default:
                if (asked_.transaction->shape == Shape::plan)
                    plan();
                else
                    rows();
        }
        if (!has_header("vary")) add("Vary", "Accept, Prefer, Range");
        if (!asked_.warning.empty()) add("Warning", asked_.warning);
        if (asked_.headers_only || response_.status == 204 || response_.status == 304) {
            response_.has_body = false;
            response_.body.clear();
        }
        response_.headers = safe_headers(response_.headers);
        return std::move(response_);
    }

private:
    void add(std::string name, std::string value) { response_.headers.emplace_back(std::move(name), std::move(value)); }
    bool has_header(std::string_view name) const {
        return std::any_of(response_.headers.begin(), response_.headers.end(),
                           [&](const auto& header) { return request::equal_ignoring_case(header.first, name); });
    }

    void add_content_type() {
        add("Content-Type", asked_.handler.media_type.content_type());
        if (asked_.show_profile) add("Content-Profile", asked_.schema);
    }

    void info() { add("Allow", asked_.allow); }

    void inspect() {
        add("Content-Type", "application/openapi+json; charset=utf-8");
        if (asked_.show_profile) add("Content-Profile", asked_.schema);
        if (!asked_.headers_only) response_.body = openapi::document(context_, asked_.schema, answer_);
    }

    void plan() {
        add_content_type();
        response_.body = answer_.body.value_or("");
    }

    void rows() {
        check();
        switch (asked_.action) {
            case Action::read: read(); break;
            case Action::call: call(); break;
            case Action::insert: insert(); break;
            case Action::put: put(); break;
            default: change();
        }
        apply_settings();
    }

    // What rolls the transaction back.
    void check() const {
        if (asked_.action == Action::put && answer_.page_total != 1)
            throw ApiError(400, "PGRST115", "Payload values do not match URL in primary key column(s)");
        if (asked_.action != Action::put && asked_.handler.media_type.kind == MediaType::Kind::object &&
            answer_.page_total != 1)
            throw ApiError(406, "PGRST116", "Cannot coerce the result to a single JSON object",
                           "The result contains " + std::to_string(answer_.page_total) + " rows");
        const bool limited =
            asked_.action == Action::update || asked_.action == Action::remove || asked_.action == Action::call;
        if (limited && asked_.preferences.strict() && asked_.preferences.max_affected &&
            answer_.page_total > *asked_.preferences.max_affected)
            throw ApiError(400, "PGRST124", "Query result exceeds max-affected preference constraint",
                           "The query affects " + std::to_string(answer_.page_total) + " rows");
    }

    std::optional<std::int64_t> total() const {
        const auto count = asked_.preferences.count;
        if (asked_.action != Action::read || !count || *count == request::Count::exact) return answer_.total;
        const auto planned = planned_rows(answer_.explain);
        if (*count == request::Count::planned) return planned;
        const auto most = context_.config.db_max_rows;
        if (answer_.total && *answer_.total > most.value_or(-1)) return std::max(*answer_.total, planned.value_or(0));
        return answer_.total;
    }

    // Status and Content-Range of rows that were read. False: the offset is beyond them, the body is an error.
    bool set_range() {
        const auto all = total();
        const std::int64_t first = asked_.range.first, last = first + answer_.page_total - 1;
        const std::string range = content_range(first, last, all);
        if (all && first > *all) {
            ApiError error(416, "PGRST103", "Requested range not satisfiable",
                           "An offset of " + std::to_string(first) + " was requested, but there are only " +
                               std::to_string(*all) + " rows.");
            error.headers.emplace_back("Content-Range", range);
            if (asked_.transaction->shape == Shape::stream) throw error;
            response_.status = 416;
            response_.body = error_body(error, context_.config);
            add("Content-Range", range);
            return false;
        }
        if (all && answer_.page_total < *all) response_.status = 206;
        add("Content-Range", range);
        return true;
    }

    void add_preferences(const request::Preferences& applied) {
        const std::string text = applied.applied();
        if (!text.empty()) add("Preference-Applied", text);
    }

    // Those of the request that have an effect on what it asks for.
    request::Preferences effective() const {
        request::Preferences out = asked_.preferences;
        const Action action = asked_.action;
        const bool writes = action != Action::read && action != Action::call;
        if (action != Action::insert || !asked_.preferences_have_conflict) out.resolution.reset();
        if (!writes) out.returned.reset();
        if (action != Action::insert && action != Action::update) out.missing.reset();
        if (action != Action::update && action != Action::remove && action != Action::call) out.max_affected.reset();
        return out;
    }

    void read() {
        const bool satisfied = set_range();
        add("Content-Location",
            "/" + request::percent_encoded(asked_.relation) + (asked_.canonical.empty() ? "" : "?" + asked_.canonical));
        if (satisfied) {
            response_.body = answer_.body.value_or("");
            add_content_type();
        } else {
            add("Content-Type", "application/json; charset=utf-8");
        }
        add_preferences(effective());
    }

    void call() {
        const bool satisfied = set_range();
        add_preferences(effective());
        if (asked_.returns_void) {
            response_.status = 204;
            response_.body.clear();
            return;
        }
        if (satisfied) {
            response_.body = answer_.body.value_or("");
            add_content_type();
        } else {
            add("Content-Type", "application/json; charset=utf-8");
        }
    }

    bool counted() const {
        const auto count = asked_.preferences.count;
        return count == request::Count::exact || count == request::Count::estimated;
    }
    std::optional<std::int64_t> counted_rows() const {
        return counted() ? std::optional(answer_.page_total) : std::nullopt;
    }
    bool represents() const { return asked_.preferences.returned == request::Return::representation; }

    void insert() {
        const bool merged =
            asked_.preferences.resolution == request::Resolution::merge_duplicates && answer_.inserted.value_or(0) <= 0;
        response_.status = merged ? 200 : 201;
        add_location();
        add("Content-Range", content_range(1, 0, counted_rows()));
        add_preferences(effective());
        if (represents()) {
            add_content_type();
            response_.body = answer_.body.value_or("");
        }
    }

    // /relation?key=eq.value of the one row that was inserted.
    void add_location() {
        if (!answer_.location) return;
        const json values = json::parse(*answer_.location, nullptr, false);
        if (!values.is_array() || values.size() != asked_.primary_key.size()) return;
        std::string location = "/" + request::percent_encoded(asked_.relation);
        for (std::size_t i = 0; i < values.size(); ++i) {
            location.push_back(i == 0 ? '?' : '&');
            request::append_percent_encoded(location, asked_.primary_key[i]);
            location.push_back('=');
            request::append_percent_encoded(location,
                                            values[i].is_string() ? "eq." + values[i].get<std::string>() : "is.null");
        }
        add("Location", std::move(location));
    }

    void put() {
        add_preferences(effective());
        if (represents()) {
            response_.status = answer_.inserted.value_or(0) > 0 ? 201 : 200;
            add_content_type();
            response_.body = answer_.body.value_or("");
        } else {
            response_.status = 204;
        }
    }

    void change() {
        if (asked_.action == Action::update)
            add("Content-Range", content_range(0, answer_.page_total - 1, counted_rows()));
        else
            add("Content-Range", content_range(1, 0, counted_rows()));
        add_preferences(effective());
        if (represents()) {
            add_content_type();
            response_.body = answer_.body.value_or("");
        } else {
            response_.status = 204;
        }
    }

    // response.headers and response.status, set by a function in the transaction.
    void apply_settings() {
        if (answer_.response_headers) {
            const json given = json::parse(*answer_.response_headers, nullptr, false);
            Headers headers;
            bool readable = given.is_array();
            if (readable)
                for (const json& item : given) {
                    readable = readable && item.is_object() && item.size() == 1 && item.begin()->is_string();
                    if (!readable) break;
                    headers.emplace_back(item.begin().key(), item.begin()->get<std::string>());
                }
            if (!readable)
                throw ApiError(500, "PGRST111",
                               "response.headers guc must be a JSON array composed of objects with a single key and a "
                               "string value");
            for (const auto& [name, value] : headers) remove(name);
            response_.headers.insert(response_.headers.end(), headers.begin(), headers.end());
        }
        if (answer_.response_status) {
            int status = 0;
            std::size_t digits = 0;
            for (const char c : *answer_.response_status) {
                if (c < '0' || c > '9' || digits == 4) break;
                status = status * 10 + c - '0';
                ++digits;
            }
            if (digits == 0 || status < 100 || status > 999)
                throw ApiError(500, "PGRST112", "response.status guc must be a valid status code");
            response_.status = status;
        }
    }
    void remove(const std::string& name) {
        auto& headers = response_.headers;
        headers.erase(
            std::remove_if(headers.begin(), headers.end(),
                           [&](const auto& header) { return request::equal_ignoring_case(header.first, name); }),
            headers.end());
    }

    const Understood& asked_;
    const Context& context_;
    const Answer& answer_;
    Response response_;
};

}  // namespace

Response respond_to(const Understood& understood, const Context& context, const Answer& answer) {
    return Responder(understood, context, answer).respond();
}

}  // namespace fin::api
