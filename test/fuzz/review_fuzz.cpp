// Any bytes as a provider's answer and as a text of a model: no crash, and what may be stored holds no digit outside
// slots.
#include <cstdlib>
#include <string>
#include <string_view>

#include "error.hpp"
#include "review/conceal.hpp"
#include "review/draft.hpp"
#include "review/provider.hpp"

using namespace fin::review;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

FactPack pack() {
    FactPack made;
    for (int id = 1; id <= 3; ++id) {
        Fact fact;
        fact.id = id;
        fact.metric = fact.topic = id == 1 ? "revenue" : "cash";
        fact.value = "12 EUR";
        fact.period = "May";
        fact.name = "name {{n:abcdefgh}}";
        fact.direction = id == 2 ? Direction::down : Direction::up;
        made.facts.push_back(fact);
    }
    made.items = {{"r:liquidity", "liquidity", "high", {1}}};
    made.names["abcdefgh"] = "Acme";
    return made;
}

void try_text(std::string_view text, const FactPack& facts) {
    if (!problems_of(text, facts).empty()) return;
    std::string plain;
    const auto pieces = pieces_of(text);
    demand(pieces.has_value());
    for (const auto& piece : *pieces)
        if (piece.plain()) plain += piece.text;
    demand(plain.find_first_of("0123456789%$<>{}") == std::string::npos);
    filled(text, facts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 1) return 0;
    const FactPack facts = pack();
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    try_text(bytes, facts);
    Concealer concealer("key");
    concealer.name(bytes.substr(0, bytes.size() / 2));
    demand(concealer.free_text(bytes).size() <= 80 * 14 + 4);
    concealer.category(bytes);
    Model model;
    model.dialect = static_cast<Dialect>(data[0] & 3);
    const Reply reply = reply_of(model, bytes);
    error_words(bytes);
    const nlohmann::json answer = reply.content ? *reply.content : nlohmann::json::parse(bytes, nullptr, false);
    try {
        const Draft draft = read_draft(answer, facts);
        for (const auto& complaint : complaints(draft, facts)) demand(complaint.statement <= draft.statements.size());
    } catch (const fin::Error&) {
    }
    try {
        read_check(answer, facts, 2);
    } catch (const fin::Error&) {
    }
    return 0;
}
