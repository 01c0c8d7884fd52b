#include "api/plan/handler.hpp"

#include "api/error.hpp"
#include "api/request/text.hpp"

namespace fin::api::plan {

namespace {

using request::MediaType;
using Type = MediaType::Kind;

std::string essence(const MediaType& type) {
    const std::string mime = type.mime();
    return request::lower_case(request::trimmed(std::string_view(mime).substr(0, mime.find(';'))));
}

MediaType resolved(const std::string& name) {
    return MediaType::parse(name == "*/*" ? "application/octet-stream" : name);
}

class Chooser {
public:
    Chooser(const schema::Cache& cache, const Wish& wish) : cache_(cache), wish_(wish) {}

    std::optional<Handler> choose(const MediaType& type) const {
        switch (type.kind) {
            case Type::object:
                return made(type.nulls_stripped ? Handler::Kind::object_stripped : Handler::Kind::object, type);
            case Type::array_stripped: return made(Handler::Kind::json_stripped, type);
            case Type::plan: {
                if (!wish_.plans_enabled) return std::nullopt;
                auto handler = choose(*type.plan_of);
                if (handler) handler->media_type = type;
                return handler;
            }
            default: return overridable(type);
        }
    }

private:
    static Handler made(Handler::Kind kind, const MediaType& type) {
        Handler handler;
        handler.kind = kind;
        handler.media_type = type;
        return handler;
    }

    // A function whose result is of a media type: that type, or */* asked for or given.
    std::optional<Handler> of_function(const std::string& wanted) const {
        if (!wish_.function || wish_.function->media_type.empty() || wish_.function->returns_set) return std::nullopt;
        const std::string& given = wish_.function->media_type;
        if (given != "*/*" && given != wanted) return std::nullopt;
        return made(Handler::Kind::scalar, resolved(given));
    }

    std::optional<Handler> of_aggregate(const std::string& wanted, bool of_relation) const {
        for (const schema::MediaHandler& candidate : cache_.handlers) {
            if (!candidate.is_aggregate || candidate.media_type != wanted) continue;
            if (candidate.relation.has_value() != of_relation) continue;
            if (of_relation && *candidate.relation != wish_.rows) continue;
            Handler handler = made(Handler::Kind::aggregate, resolved(candidate.media_type));
            handler.function = candidate.function;
            handler.relation = candidate.relation;
            return handler;
        }
        return std::nullopt;
    }

    std::optional<Handler> overridable(const MediaType& type) const {
        const std::string wanted = essence(type);
        if (auto handler = of_function(wanted)) return handler;
        if (wish_.default_select && !cache_.handlers.empty()) {
            if (auto handler = of_aggregate("*/*", true)) return handler;
            if (auto handler = of_aggregate(wanted, true)) return handler;
        }
        if (auto handler = of_aggregate(wanted, false)) return handler;
        switch (type.kind) {
            case Type::any: return made(Handler::Kind::json, MediaType::parse("application/json"));
            case Type::json: return made(Handler::Kind::json, type);
            case Type::csv: return made(Handler::Kind::csv, type);
            case Type::geojson: return made(Handler::Kind::geojson, type);
            default: return std::nullopt;
        }
    }

    const schema::Cache& cache_;
    const Wish& wish_;
};

}  // namespace

Handler choose_handler(const schema::Cache& cache, const std::vector<MediaType>& accepted, const Wish& wish) {
    const Chooser chooser(cache, wish);
    for (const MediaType& type : accepted)
        if (auto handler = chooser.choose(type)) {
            if (wish.no_body) handler->kind = Handler::Kind::none;
            return *handler;
        }
    std::string list;
    for (const MediaType& type : accepted) {
        if (!list.empty()) list += ", ";
        list += type.mime();
    }
    throw ApiError(406, "PGRST107", "None of these media types are available: " + list);
}

}  // namespace fin::api::plan
