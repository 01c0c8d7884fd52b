// JSON text becomes jsonb as jsonb_in does it, but a cancel is heard on the way: a document of 10 MB takes 200 ms.
#include "datum.hpp"

extern "C" {
#include "common/jsonapi.h"
#include "mb/pg_wchar.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonfuncs.h"
}

namespace fin::pg {

namespace {

// The parser's callbacks run below guard() and own nothing.
struct Tree {
    JsonbParseState* open;
    JsonbValue* root;
};

Tree& tree(void* state) { return *static_cast<Tree*>(state); }

void push(void* state, JsonbIteratorToken token, JsonbValue* value = nullptr) {
    CHECK_FOR_INTERRUPTS();
    tree(state).root = pushJsonbValue(&tree(state).open, token, value);
}

JsonbValue string_of(char* text) {
    const std::size_t length = strlen(text);
    if (length > JENTRY_OFFLENMASK)
        ereport(ERROR,
                (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("string too long to represent as jsonb string")));
    JsonbValue value;
    value.type = jbvString;
    value.val.string.len = static_cast<int>(length);
    value.val.string.val = text;
    return value;
}

void key(void* state, char* name, bool) {
    JsonbValue value = string_of(name);
    push(state, WJB_KEY, &value);
}

void scalar(void* state, char* token, JsonTokenType type) {
    JsonbValue value;
    switch (type) {
        case JSON_TOKEN_STRING: value = string_of(token); break;
        case JSON_TOKEN_NUMBER:
            value.type = jbvNumeric;
            value.val.numeric = DatumGetNumeric(DirectFunctionCall3(numeric_in, CStringGetDatum(token),
                                                                    ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
            break;
        case JSON_TOKEN_TRUE:
        case JSON_TOKEN_FALSE:
            value.type = jbvBool;
            value.val.boolean = type == JSON_TOKEN_TRUE;
            break;
        default: value.type = jbvNull; break;
    }
    if (!tree(state).open) elog(ERROR, "a JSON object or array was expected");
    push(state, tree(state).open->contVal.type == jbvArray ? WJB_ELEM : WJB_VALUE, &value);
}

}  // namespace

Datum jsonb_of(std::string_view json) {
    return guard([&]() -> Datum {
        // What the parser makes is of no use afterwards and several times as large as the result.
        MemoryContext caller = CurrentMemoryContext;
        MemoryContext scratch = AllocSetContextCreate(caller, "pg_fin json", ALLOCSET_DEFAULT_SIZES);
        MemoryContextSwitchTo(scratch);
        // The lexer wants an end mark that a view does not have.
        char* text = pnstrdup(json.data(), json.size());
        char* server = pg_any_to_server(text, static_cast<int>(json.size()), PG_UTF8);
        Tree state = {nullptr, nullptr};
        JsonSemAction actions;
        memset(&actions, 0, sizeof actions);
        actions.semstate = &state;
        actions.object_start = [](void* to) { push(to, WJB_BEGIN_OBJECT); };
        actions.object_end = [](void* to) { push(to, WJB_END_OBJECT); };
        actions.array_start = [](void* to) { push(to, WJB_BEGIN_ARRAY); };
        actions.array_end = [](void* to) { push(to, WJB_END_ARRAY); };
        actions.object_field_start = key;
        actions.scalar = scalar;
        pg_parse_json_or_ereport(
            makeJsonLexContextCstringLen(server, static_cast<int>(strlen(server)), GetDatabaseEncoding(), true),
            &actions);
        CHECK_FOR_INTERRUPTS();
        MemoryContextSwitchTo(caller);
        const Datum result = JsonbPGetDatum(JsonbValueToJsonb(state.root));
        MemoryContextDelete(scratch);
        return result;
    });
}

}  // namespace fin::pg
