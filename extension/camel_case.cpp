// fin_camel_case: the same document with its keys as the product's API spells them. Values stay as they are.
#include "datum.hpp"

extern "C" {
#include "utils/jsonb.h"
}

namespace {

using namespace fin::pg;

bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// booked_on becomes bookedOn. Any other spelling, such as a name that somebody gave, is nobody's to change.
// Below guard(): owns nothing but PostgreSQL's memory.
void to_camel(JsonbValue& key) {
    const char* from = key.val.string.val;
    const int length = key.val.string.len;
    if (length == 0 || !is_small(from[0])) return;
    for (int i = 0; i < length; ++i) {
        const bool inner = from[i] == '_' && i + 1 < length && (is_small(from[i + 1]) || is_digit(from[i + 1]));
        if (!is_small(from[i]) && !is_digit(from[i]) && !inner) return;
    }
    char* to = static_cast<char*>(palloc(length));
    int size = 0;
    for (int i = 0; i < length; ++i) {
        const bool raised = from[i] == '_';
        if (raised) ++i;
        to[size++] = raised && is_small(from[i]) ? static_cast<char>(from[i] - 'a' + 'A') : from[i];
    }
    key.val.string.val = to;
    key.val.string.len = size;
}

}  // namespace

FIN_FUNCTION(fin_camel_case) {
    return guard([&]() -> Datum {
        Jsonb* document = PG_GETARG_JSONB_P(0);
        if (JB_ROOT_IS_SCALAR(document)) return JsonbPGetDatum(document);
        JsonbIterator* walk = JsonbIteratorInit(&document->root);
        JsonbParseState* open = nullptr;
        JsonbValue* root = nullptr;
        JsonbValue value;
        for (auto token = JsonbIteratorNext(&walk, &value, false); token != WJB_DONE;
             token = JsonbIteratorNext(&walk, &value, false)) {
            CHECK_FOR_INTERRUPTS();
            if (token == WJB_KEY) to_camel(value);
            const bool carries = token == WJB_KEY || token == WJB_VALUE || token == WJB_ELEM;
            root = pushJsonbValue(&open, token, carries ? &value : nullptr);
        }
        return JsonbPGetDatum(JsonbValueToJsonb(root));
    });
}
