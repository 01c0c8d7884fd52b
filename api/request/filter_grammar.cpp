// Filters (not.eq.5, in.(a,b), like(any).{a,b}), boolean trees (and(a.eq.1,not.or(...))) and order.
#include <array>

#include "api/request/grammar.hpp"

namespace fin::api::request {

namespace {

struct Word {
    std::string_view text;
    Operator op;
};
constexpr std::array<Word, 9> quantified = {{{"eq", Operator::eq},
                                             {"gte", Operator::gte},
                                             {"gt", Operator::gt},
                                             {"lte", Operator::lte},
                                             {"lt", Operator::lt},
                                             {"like", Operator::like},
                                             {"ilike", Operator::ilike},
                                             {"match", Operator::match},
                                             {"imatch", Operator::imatch}}};
constexpr std::array<Word, 10> simple = {{{"neq", Operator::neq},
                                          {"cs", Operator::cs},
                                          {"cd", Operator::cd},
                                          {"ov", Operator::ov},
                                          {"sl", Operator::sl},
                                          {"sr", Operator::sr},
                                          {"nxr", Operator::nxr},
                                          {"nxl", Operator::nxl},
                                          {"adj", Operator::adj},
                                          {"isdistinct", Operator::isdistinct}}};
constexpr std::array<Word, 4> searches = {
    {{"fts", Operator::fts}, {"plfts", Operator::plfts}, {"phfts", Operator::phfts}, {"wfts", Operator::wfts}}};
constexpr std::string_view an_operator = "operator (eq, gt, ...)";

// An item of in.(...): quoted where the quotes end at a comma or parenthesis, otherwise all up to one.
std::string list_item(Scanner& in) {
    const std::size_t start = in.position();
    std::string item;
    if (in.quoted(item)) {
        if (in.at_end() || in.sees_char(',') || in.sees_char(')')) return item;
        in.go_to(start);
    }
    const std::string_view rest = in.rest();
    const std::size_t length = std::min(rest.find_first_of(",)"), rest.size());
    in.go_to(in.position() + length);
    return std::string(rest.substr(0, length));
}

void parse_list(Scanner& in, std::vector<std::string>& list) {
    in.skip_spaces();
    in.demand("(", "\"(\"");
    in.skip_spaces();
    do list.push_back(list_item(in));
    while (in.take(","));
    in.demand(")", "\",\" or \")\"");
    in.skip_spaces();
}

void parse_is(Scanner& in, Filter& filter) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> words = {
        {{"not_null", "NOT NULL"}, {"null", "NULL"}, {"true", "TRUE"}, {"false", "FALSE"}, {"unknown", "UNKNOWN"}}};
    for (const auto& [word, sql] : words)
        if (in.take_ignoring_case(word)) {
            filter.value = sql;
            return;
        }
    in.fail("isVal: (null, not_null, true, false, unknown)");
}

// A value inside a boolean tree: quoted, {an array}, or all up to a comma or parenthesis.
std::string inner_value(Scanner& in) {
    const std::size_t start = in.position();
    std::string value;
    if (in.quoted(value)) {
        if (in.at_end() || in.sees_char(',') || in.sees_char(')')) return value;
        in.go_to(start);
    }
    const std::string_view rest = in.rest();
    if (in.sees_char('{')) {
        const std::size_t end = rest.find_first_of("{}", 1);
        if (end != std::string_view::npos && rest[end] == '}') {
            in.go_to(start + end + 1);
            return std::string(rest.substr(0, end + 1));
        }
    }
    const std::size_t length = std::min(rest.find_first_of(",)"), rest.size());
    in.go_to(start + length);
    return std::string(rest.substr(0, length));
}

void parse_value(Scanner& in, Filter& filter, bool inside) {
    if (inside) {
        filter.value = inner_value(in);
    } else {
        filter.value = in.rest();
        in.go_to(in.position() + filter.value.size());
    }
}

bool take_quantified(Scanner& in, Filter& filter) {
    const std::size_t start = in.position();
    for (const auto& [text, op] : quantified) {
        if (!in.take(text)) continue;
        filter.quantifier = in.take("(any)") ? Quantifier::any : in.take("(all)") ? Quantifier::all : Quantifier::none;
        if (in.take(".")) {
            filter.op = op;
            return true;
        }
        filter.quantifier = Quantifier::none;
        in.go_to(start);
    }
    return false;
}

bool take_search(Scanner& in, Filter& filter) {
    const std::size_t start = in.position();
    for (const auto& [text, op] : searches) {
        if (!in.take(text)) continue;
        filter.language.reset();
        if (in.take("(")) {
            const std::size_t end = std::min(in.rest().find(')'), in.rest().size());
            if (end > 0 && end < in.rest().size()) {
                filter.language = in.rest().substr(0, end);
                in.go_to(in.position() + end + 1);
            }
        }
        if (in.take(".")) {
            filter.op = op;
            return true;
        }
        in.go_to(start);
    }
    return false;
}

Logic parse_node(Scanner& in);

// not.and(...), or(...): false where something else begins here, which then is a filter.
bool take_branch(Scanner& in, Logic& node) {
    const std::size_t start = in.position();
    node.negated = in.take("not.");
    const bool all = in.take("and");
    if (all || in.take("or")) {
        in.skip_spaces();
        if (in.take("(")) {
            node.kind = all ? Logic::Kind::all : Logic::Kind::any;
            return true;
        }
    }
    node.negated = false;
    in.go_to(start);
    return false;
}

Logic parse_node(Scanner& in) {
    Logic node;
    in.skip_spaces();
    if (!take_branch(in, node)) {
        if (in.at_end() || in.sees_char(')') || in.sees_char('('))
            in.fail("field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)");
        node.term.field = parse_field(in);
        in.demand(".", "\"->>\", \"->\" or delimiter (.)");
        parse_operation(in, node.term, true, false);
        return node;
    }
    if (++in.depth > max_depth) in.fail("fewer nested operators");
    do {
        node.items.push_back(parse_node(in));
        in.skip_spaces();
    } while (in.take(","));
    --in.depth;
    in.demand(")", "\",\" or \")\"");
    in.skip_spaces();
    return node;
}

OrderTerm parse_order_term(Scanner& in) {
    OrderTerm term;
    in.skip_spaces();
    term.field.name = in.name();
    if (in.take("(")) {
        term.relation = std::move(term.field.name);
        term.field = parse_field(in);
        in.demand(")", "\"->>\", \"->\" or \")\"");
    } else {
        term.field.path = parse_json_path(in);
    }
    in.skip_spaces();
    std::string_view expected = "\"asc\", \"desc\", \"nullsfirst\" or \"nullslast\"";
    for (int step = 0; step < 2 && in.take("."); ++step) {
        if (step == 0 && in.take("asc"))
            term.direction = Direction::asc;
        else if (step == 0 && in.take("desc"))
            term.direction = Direction::desc;
        else if (in.take("nullsfirst"))
            term.nulls = Nulls::first;
        else if (in.take("nullslast"))
            term.nulls = Nulls::last;
        else
            in.fail(expected);
        expected = "\"nullsfirst\" or \"nullslast\"";
        if (term.nulls != Nulls::unset) break;
    }
    in.skip_spaces();
    if (!in.at_end() && !in.sees_char(','))
        in.fail(term.nulls != Nulls::unset ? "\",\" or end of input" : "delimiter (.), \",\" or end of input");
    return term;
}

}  // namespace

bool parse_operation(Scanner& in, Filter& filter, bool inside, bool lenient) {
    const std::size_t start = in.position();
    filter.negated = in.take("not.");
    if (in.take("in.")) {
        filter.op = Operator::in;
        parse_list(in, filter.list);
    } else if (in.take("is.")) {
        filter.op = Operator::is;
        parse_is(in, filter);
    } else if (take_quantified(in, filter) || take_search(in, filter)) {
        parse_value(in, filter, inside);
    } else {
        const std::size_t operation = in.position();
        bool found = false;
        for (const auto& [text, op] : simple) {
            if (in.take(text) && in.take(".")) {
                filter.op = op;
                found = true;
                break;
            }
            in.go_to(operation);
        }
        if (!found && lenient) {
            in.go_to(start);
            return false;
        }
        if (!found) in.fail(filter.negated ? an_operator : "\"not\" or operator (eq, gt, ...)");
        parse_value(in, filter, inside);
    }
    return true;
}

// What follows the last closing parenthesis is ignored, as PostgREST does.
Logic parse_logic(Scanner& in) { return parse_node(in); }

std::vector<OrderTerm> parse_order(Scanner& in) {
    std::vector<OrderTerm> terms;
    do terms.push_back(parse_order_term(in));
    while (in.take(","));
    return terms;
}

}  // namespace fin::api::request
