#include "api/response/understand.hpp"

#include <algorithm>

#include "api/openapi/openapi.hpp"
#include "api/plan/call.hpp"
#include "api/request/payload.hpp"
#include "api/request/query.hpp"
#include "api/request/text.hpp"
#include "api/response/settings.hpp"
#include "api/response/shapes.hpp"
#include "api/response/target.hpp"
#include "api/sql/statements.hpp"

namespace fin::api {

namespace {

using plan::Name;
using request::MediaType;
using request::QueryString;

void refuse_unknown_preferences(const request::Preferences& preferences) {
    if (!preferences.strict() || preferences.unknown.empty()) return;
    std::string list;
    for (const std::string& unknown : preferences.unknown) {
        if (!list.empty()) list += ", ";
        list += unknown;
    }
    throw ApiError(400, "PGRST122", "Invalid preferences given with handling=strict", "Invalid preferences: " + list);
}

class Reader {
public:
    Reader(const Request& request, const Context& context)
        : request_(request), context_(context), config_(context.config), cache_(*context.cache) {}

    Understood read() && {
        const Resource resource = resource_of(request_.path, config_);
        out_.schema = schema_of(request_, config_, out_.show_profile);
        out_.action = action_of(resource.place, request_.method);
        out_.headers_only = request_.method == "HEAD";
        out_.relation = resource.name;
        const TxEnd end = config_.db_tx_end;
        const bool may_end = end == TxEnd::commit_allow_override || end == TxEnd::rollback_allow_override;
        out_.preferences = request::Preferences::parse(request_, may_end);
        // A planner's guess is made from the rows of all workspaces, and would tell of those that row-level security
        // hides.
        if (out_.preferences.count && !config_.fin_routes.empty()) out_.preferences.count = request::Count::exact;
        accepted_ = request::parse_accept(request_.header("accept"));
        name_ = Name{out_.schema, resource.name};
        switch (out_.action) {
            case Action::info: info(resource.place); break;
            case Action::inspect: inspect(); break;
            case Action::call: call(); break;
            default: relation();
        }
        return std::move(out_);
    }

private:
    void note_parsed() const {
        if (context_.parsed != nullptr) *context_.parsed = std::chrono::steady_clock::now();
    }

    plan::ReadContext read_context() const {
        plan::ReadContext context{cache_, out_.schema};
        context.aggregates_enabled = config_.db_aggregates_enabled;
        context.legacy_names = config_.url_use_legacy_target_names;
        context.max_rows = config_.db_max_rows;
        return context;
    }

    const schema::Relation& demand_relation() const {
        if (const schema::Relation* found = cache_.relation(name_.schema, name_.name)) return *found;
        const auto near = cache_.nearest_relation(name_.schema, name_.name);
        throw ApiError(404, "PGRST205",
                       "Could not find the table '" + name_.schema + "." + name_.name + "' in the schema cache",
                       nullptr,
                       near ? nlohmann::json("Perhaps you meant the table '" + name_.schema + "." + *near + "'")
                            : nlohmann::json());
    }

    void info(Place place) {
        if (place == Place::root) {
            out_.allow = "OPTIONS,GET,HEAD";
        } else if (place == Place::function) {
            const auto found = cache_.functions.find(name_);
            if (found == cache_.functions.end()) plan::choose_function(cache_, name_, {}, MediaType(), false);
            const bool changes = std::all_of(found->second.begin(), found->second.end(), [](const auto& function) {
                return function.volatility == schema::Volatility::volatile_;
            });
            out_.allow = changes ? "OPTIONS,POST" : "OPTIONS,GET,HEAD,POST";
        } else {
            const schema::Relation& table = demand_relation();
            out_.allow = "OPTIONS,GET,HEAD";
            if (table.insertable) out_.allow += ",POST";
            if (table.insertable && table.updatable && !table.primary_key.empty()) out_.allow += ",PUT";
            if (table.updatable) out_.allow += ",PATCH";
            if (table.deletable) out_.allow += ",DELETE";
        }
    }

    void inspect() {
        using Kind = MediaType::Kind;
        const bool can = std::any_of(accepted_.begin(), accepted_.end(), [](const MediaType& type) {
            return type.kind == Kind::openapi || type.kind == Kind::json || type.kind == Kind::any;
        });
        if (!can) {
            std::string list;
            for (const MediaType& type : accepted_) list += (list.empty() ? "" : ", ") + type.mime();
            throw ApiError(406, "PGRST107", "None of these media types are available: " + list);
        }
        begin(Access::read_only, nullptr);
        out_.transaction->main = openapi::visible_query(context_, out_.schema);
    }

    void begin(Access access, const schema::Function* function) {
        Transaction& transaction = out_.transaction.emplace();
        transaction.access = access;
        transaction.may_use_replica = access == Access::read_only;
        const auto role = cache_.roles.find(context_.identity.role);
        if (role != cache_.roles.end()) transaction.isolation = role->second.isolation;
        if (function && function->isolation) transaction.isolation = *function->isolation;
        transaction.settings =
            transaction_settings(request_, context_, access, out_.schema, out_.preferences, function);
        transaction.pre_request = pre_request(config_);
        const TxEnd end = config_.db_tx_end;
        const bool ends_in_rollback = end == TxEnd::rollback || end == TxEnd::rollback_allow_override;
        transaction.roll_back = out_.preferences.end == request::End::rollback ||
                                (ends_in_rollback && out_.preferences.end != request::End::commit);
        // Deferred constraints have their say although nothing is kept.
        if (transaction.roll_back && out_.action != Action::inspect)
            transaction.after = Query{"SET CONSTRAINTS ALL IMMEDIATE", {}};
    }

    void set_main(sql::Main main) {
        out_.transaction->main = std::move(main.query);
        out_.transaction->shape = main.shape;
    }

    static void legacy_names(const plan::Node& node, std::string& list) {
        if (node.legacy_match) {
            if (!list.empty()) list += ", ";
            list += "`" + node.name + "` to `" + *node.alias + "`";
        }
        for (const plan::Node& child : node.children) legacy_names(child, list);
    }

    plan::Node tree(const QueryString& query, const Name& root, plan::Source source) {
        const auto ranges = ranges_of(request_, query);
        out_.range = ranges.at("limit");
        plan::Node node = plan::read_tree(query, ranges, root, source, read_context());
        std::string list;
        legacy_names(node, list);
        if (!list.empty())
            out_.warning =
                "299 pg_fin_api \"Embedded resource was referenced by relation name even though it has an "
                "alias. This is deprecated and will stop working in a future release. Update " +
                list + " in query string filters, orders or limits.\"";
        return node;
    }

    sql::ReadOptions read_options() const {
        sql::ReadOptions options;
        options.handler = out_.handler;
        options.count = out_.preferences.count;
        options.range = out_.range;
        options.max_rows = config_.db_max_rows;
        // Only what changes nothing may be sent before its transaction has ended.
        options.may_stream = !out_.headers_only && out_.transaction->access == Access::read_only;
        return options;
    }

    void relation() {
        const QueryString query = QueryString::parse(request_.query, false);
        out_.canonical = request::canonical_query(query.pairs);
        const schema::Relation& table = demand_relation();
        const bool reads = out_.action == Action::read;
        std::optional<request::Payload> payload;
        if (!reads && out_.action != Action::remove) payload = body(query, false);
        note_parsed();
        const plan::Node node = tree(query, table.name, reads ? plan::Source::relation : plan::Source::write);
        plan::Wish wish;
        wish.rows = table.name;
        wish.default_select = node.has_default_select();
        wish.plans_enabled = config_.db_plan_enabled;
        if (reads) {
            wish.no_body = out_.headers_only;
            out_.handler = plan::choose_handler(cache_, accepted_, wish);
            refuse_unknown_preferences(out_.preferences);
            begin(Access::read_only, nullptr);
            set_main(sql::read_statement(node, read_options()));
            const auto count = out_.preferences.count;
            if ((count == request::Count::planned || count == request::Count::estimated) &&
                out_.transaction->shape != Shape::plan)
                out_.transaction->count = sql::count_plan(node);
            return;
        }
        write(query, table, node, std::move(payload), wish);
    }

    static plan::Write::Kind write_kind(Action action) {
        switch (action) {
            case Action::insert: return plan::Write::Kind::insert;
            case Action::update: return plan::Write::Kind::update;
            case Action::put: return plan::Write::Kind::put;
            default: return plan::Write::Kind::remove;
        }
    }

    void write(const QueryString& query, const schema::Relation& table, const plan::Node& node,
               std::optional<request::Payload> payload, plan::Wish& wish) {
        plan::Write planned = plan::plan_write(write_kind(out_.action), cache_, table, query, out_.preferences,
                                               payload ? std::move(*payload) : request::Payload(), node);
        refuse_unknown_preferences(out_.preferences);
        const auto returned = out_.preferences.returned;
        const bool with_body = returned == request::Return::representation;
        wish.no_body = !with_body;
        out_.handler = plan::choose_handler(cache_, accepted_, wish);
        out_.preferences_have_conflict = !table.primary_key.empty() || query.on_conflict.has_value();
        out_.primary_key = planned.key;
        begin(Access::read_write, nullptr);
        set_main(sql::write_statement(planned, node, out_.handler, with_body,
                                      out_.action == Action::insert && returned == request::Return::headers_only));
        const bool limited = out_.preferences.strict() && out_.preferences.max_affected &&
                             (out_.action == Action::update || out_.action == Action::remove);
        out_.transaction->respond_before_commit = out_.action == Action::put || is_single() || limited;
    }

    bool is_single() const { return out_.handler.media_type.kind == MediaType::Kind::object; }

    MediaType body_type() const {
        const std::string type = request_.header("content-type");
        return MediaType::parse(type.empty() ? "application/json" : type);
    }

    request::Payload body(const QueryString& query, bool is_function) const {
        const bool takes_columns = out_.action != Action::put;
        return request::parse_payload(request_.body, body_type(), is_function,
                                      takes_columns ? query.columns : std::nullopt);
    }

    void call() {
        const bool is_post = request_.method == "POST";
        const QueryString query = QueryString::parse(request_.query, !is_post);
        out_.canonical = request::canonical_query(query.pairs);
        std::vector<std::string> names;
        request::Payload payload;
        if (is_post) {
            payload = body(query, true);
            names = payload.keys;
        } else {
            for (const auto& [name, value] : query.arguments) names.push_back(name);
            std::sort(names.begin(), names.end());
            names.erase(std::unique(names.begin(), names.end()), names.end());
        }
        note_parsed();
        const schema::Function& function = plan::choose_function(cache_, name_, names, body_type(), is_post);
        out_.returns_void = function.returns_void;
        out_.returns_one = plan::returns_one(function);
        const Name rows = function.return_is_relation ? function.return_type : function.name;
        const plan::Node node = tree(query, rows, plan::Source::call);
        plan::Call planned = !is_post            ? plan::call_with_pairs(function, query.arguments)
                             : payload.from_form ? plan::call_with_pairs(function, payload.arguments)
                                                 : plan::call_with_body(function, std::move(payload));
        plan::Wish wish;
        wish.rows = rows;
        wish.function = &function;
        wish.default_select = node.has_default_select();
        wish.plans_enabled = config_.db_plan_enabled;
        wish.no_body = out_.headers_only || function.returns_void;
        out_.handler = plan::choose_handler(cache_, accepted_, wish);
        refuse_unknown_preferences(out_.preferences);
        if (out_.preferences.strict() && out_.preferences.max_affected && out_.returns_one)
            throw ApiError(400, "PGRST128",
                           "Function must return SETOF or TABLE when max-affected preference is used with "
                           "handling=strict");
        const bool writes = is_post && function.volatility == schema::Volatility::volatile_;
        begin(writes ? Access::read_write : Access::read_only, &function);
        set_main(sql::call_statement(planned, node, read_options()));
        const bool limited = out_.preferences.strict() && out_.preferences.max_affected.has_value();
        out_.transaction->respond_before_commit = writes && (is_single() || limited);
    }

    const Request& request_;
    const Context& context_;
    const Config& config_;
    const schema::Cache& cache_;
    Understood out_;
    std::vector<MediaType> accepted_;
    Name name_;
};

class Dialect : public Handling {
public:
    Dialect(Understood understood, const Context& context) : understood_(std::move(understood)), context_(context) {}
    const Transaction* transaction() const override {
        return understood_.transaction ? &*understood_.transaction : nullptr;
    }
    Response respond(const Answer& answer) const override { return respond_to(understood_, context_, answer); }

private:
    Understood understood_;
    const Context context_;
};

}  // namespace

Understood understand_request(const Request& request, const Context& context) {
    return Reader(request, context).read();
}

std::unique_ptr<Handling> understand(const Request& request, const Context& context) {
    Shapes* const shapes = context.shapes;
    if (shapes == nullptr) return std::make_unique<Dialect>(understand_request(request, context), context);
    const std::optional<Shaped> shaped = shape_of(request, context);
    if (!shaped) return std::make_unique<Dialect>(understand_request(request, context), context);
    if (const Understood* known = shapes->find(shaped->key))
        return std::make_unique<Dialect>(filled(*known, *shaped, request, context), context);
    Understood understood = understand_request(request, context);
    shapes->keep(shaped->key, understood);
    return std::make_unique<Dialect>(std::move(understood), context);
}

}  // namespace fin::api
