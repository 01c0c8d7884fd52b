// select=alias:column->path::cast.sum()::cast,relation!hint!inner(...),...spread(...)  and the fields in it.
#include "api/request/grammar.hpp"

namespace fin::api::request {

namespace {

constexpr std::string_view after_field =
    "letter, digit, \"-\", \"->>\", \"->\", \"::\", \".\", \")\", \",\" or end of input";

bool ends_index(const Scanner& in) {
    return in.at_end() || in.sees("->") || in.sees("::") || in.sees_char('.') || in.sees_char(',') || in.sees_char(')');
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string json_key(Scanner& in) {
    std::string key;
    if (in.sees_char('"')) {
        if (!in.quoted(key)) in.fail("\"\\\"\"");
        return key;
    }
    while (true) {
        const std::size_t start = in.position();
        std::string word;
        while (!in.at_end() && std::string_view("(-:.,>)").find(in.peek()) == std::string_view::npos)
            word.push_back(in.next());
        if (in.position() == start) in.fail("\"-\", digit or any non reserved character different from: .,>()");
        key.append(trimmed(word));
        if (!in.sees_char('-') || in.sees("->")) return key;
        key.push_back(in.next());
    }
}

JsonStep json_operand(Scanner& in) {
    JsonStep step;
    const std::size_t start = in.position();
    const bool negative = in.take("-");
    if (negative && !is_digit(in.peek())) in.fail("digit");
    step.operand = negative ? "-" : "+";
    while (is_digit(in.peek())) step.operand.push_back(in.next());
    if (step.operand.size() > 1 && ends_index(in)) {
        step.is_index = true;
        return step;
    }
    if (negative) in.fail("digit, \"->\", \"::\", \".\", \",\" or end of input");
    in.go_to(start);
    step.operand = json_key(in);
    return step;
}

bool take_aggregate(Scanner& in, SelectItem& item) {
    static constexpr Aggregate all[] = {Aggregate::sum, Aggregate::avg, Aggregate::count, Aggregate::max,
                                        Aggregate::min};
    const std::size_t start = in.position();
    if (!in.take(".")) return false;
    for (const Aggregate aggregate : all) {
        if (in.take(aggregate_name(aggregate)) && in.take("()")) {
            item.aggregate = aggregate;
            return true;
        }
        in.go_to(start + 1);
    }
    in.go_to(start);
    return false;
}

std::string type_name(Scanner& in) {
    const std::size_t start = in.position();
    std::string name = in.identifier();
    // Words that begin with a letter or underscore: a "$" in front would open a dollar-quoted text.
    bool word_starts = true;
    for (const char c : name) {
        if (word_starts && (is_digit(c) || c == '$')) {
            in.go_to(start);
            in.fail("the name of a type");
        }
        word_starts = c == ' ';
    }
    return name;
}

void demand_end(Scanner& in) {
    in.skip_spaces();
    if (!in.at_end() && !in.sees_char(')') && !in.sees_char(',')) in.fail(after_field);
}

void parse_relation_tail(Scanner& in, SelectItem& item) {
    for (int i = 0; i < 2 && in.take("!"); ++i) {
        const std::size_t start = in.position();
        const std::string word = in.name();
        if (word.empty()) in.go_to(start), in.fail("field name (* or [a..z0..9_$])");
        if (word == "inner" && item.join == Join::unset)
            item.join = Join::inner;
        else if (word == "left" && item.join == Join::unset)
            item.join = Join::left;
        else if (!item.hint)
            item.hint = word;
    }
    in.demand("(", "\"!\" or \"(\"");
    if (++in.depth > max_depth) in.fail("fewer nested resources");
    item.items = parse_select(in);
    --in.depth;
    in.demand(")", "\",\" or \")\"");
    in.skip_spaces();
}

void parse_field_tail(Scanner& in, SelectItem& item) {
    item.field.path = parse_json_path(in);
    if (in.take("::")) item.cast = type_name(in);
    if (take_aggregate(in, item) && in.take("::")) item.aggregate_cast = type_name(in);
    demand_end(in);
}

SelectItem parse_item(Scanner& in) {
    SelectItem item;
    in.skip_spaces();
    if (in.take("...")) {
        item.kind = SelectItem::Kind::spread;
        item.field.name = in.name();
        parse_relation_tail(in, item);
        return item;
    }
    if (in.take("*")) {
        item.field.name = "*";
        in.skip_spaces();
        if (!in.at_end() && !in.sees_char(')') && !in.sees_char(',')) in.fail("\")\", \",\" or end of input");
        return item;
    }
    item.field.name = in.name();
    if (in.sees_char(':') && !in.sees("::")) {
        in.take(":");
        item.alias = std::move(item.field.name);
        item.has_alias = true;
        item.field.name = in.name();
    }
    if (item.field.name == "count" && in.take("()")) {
        item.field.name = "*";
        item.aggregate = Aggregate::count;
        if (in.take("::")) item.aggregate_cast = type_name(in);
        demand_end(in);
        return item;
    }
    if (in.sees_char('!') || in.sees_char('(')) {
        if (item.field.name == "count" && in.sees_char('(')) in.fail("\"count()\"");
        item.kind = SelectItem::Kind::relation;
        parse_relation_tail(in, item);
        return item;
    }
    parse_field_tail(in, item);
    return item;
}

}  // namespace

std::string_view aggregate_name(Aggregate aggregate) {
    switch (aggregate) {
        case Aggregate::sum: return "sum";
        case Aggregate::avg: return "avg";
        case Aggregate::count: return "count";
        case Aggregate::max: return "max";
        case Aggregate::min: return "min";
        case Aggregate::none: break;
    }
    return "";
}

std::vector<JsonStep> parse_json_path(Scanner& in) {
    std::vector<JsonStep> path;
    while (in.sees("->")) {
        const bool as_text = in.take("->>");
        if (!as_text) in.take("->");
        path.push_back(json_operand(in));
        path.back().as_text = as_text;
    }
    return path;
}

Field parse_field(Scanner& in) {
    Field field;
    in.skip_spaces();
    field.name = in.name();
    field.path = parse_json_path(in);
    in.skip_spaces();
    return field;
}

std::vector<SelectItem> parse_select(Scanner& in) {
    std::vector<SelectItem> items;
    in.skip_spaces();
    if (in.at_end() || in.sees_char(')')) return items;
    do items.push_back(parse_item(in));
    while (in.take(","));
    return items;
}

std::vector<std::string> parse_columns(Scanner& in) {
    std::vector<std::string> names;
    do {
        in.skip_spaces();
        names.push_back(in.name());
        in.skip_spaces();
    } while (in.take(","));
    if (!in.at_end()) in.fail("letter, digit, \"-\", \",\" or end of input");
    return names;
}

}  // namespace fin::api::request
