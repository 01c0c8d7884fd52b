#include "review/slots.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "ledger/fold.hpp"
#include "review/number_words.hpp"
#include "review/topics.hpp"

namespace fin::review {

namespace {

std::optional<Piece> slot(std::string_view written) {
    std::string_view inside = written.substr(2, written.size() - 4);
    Piece piece;
    piece.text = written;
    if (inside.substr(0, 2) == "n:") {
        piece.token = inside.substr(2);
        const bool letters = piece.token.size() == 8 && std::all_of(piece.token.begin(), piece.token.end(),
                                                                    [](char c) { return c >= 'a' && c <= 'z'; });
        return letters ? std::optional(piece) : std::nullopt;
    }
    if (inside.substr(0, 2) != "f:") return std::nullopt;
    inside.remove_prefix(2);
    const auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), piece.fact);
    if (error != std::errc() || piece.fact < 1) return std::nullopt;
    inside.remove_prefix(static_cast<std::size_t>(end - inside.data()));
    static constexpr std::array<std::pair<std::string_view, Part>, 5> parts = {{{"", Part::value},
                                                                                {".value", Part::value},
                                                                                {".change", Part::change},
                                                                                {".period", Part::period},
                                                                                {".name", Part::name}}};
    for (const auto& [word, part] : parts)
        if (inside == word) {
            piece.part = part;
            return piece;
        }
    return std::nullopt;
}

std::string_view of_fact(const Fact& fact, Part part) {
    switch (part) {
        case Part::value: return fact.value;
        case Part::change: return fact.change;
        case Part::period: return fact.period;
        case Part::name: return fact.name;
    }
    return {};
}

// Characters that a reader does not see or that change how the rest reads, and letters of two scripts in one word.
std::optional<Problem> hidden_in(std::string_view text) {
    std::int32_t at = 0, word = 0;
    std::size_t length = 0;
    UScriptCode script = USCRIPT_COMMON;
    const auto size = static_cast<std::int32_t>(text.size());
    while (at < size) {
        const std::int32_t from = at;
        UChar32 c = 0;
        U8_NEXT(text.data(), at, size, c);
        const auto piece = [&](std::int32_t begin) {
            return std::string(text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin)));
        };
        if (c < 0) return Problem{"control", "bytes that are no UTF-8"};
        const auto type = u_charType(c);
        if ((u_iscntrl(c) && c != '\n') || type == U_FORMAT_CHAR || type == U_PRIVATE_USE_CHAR ||
            type == U_UNASSIGNED || c == 0x2028 || c == 0x2029)
            return Problem{"control", "a character that cannot be seen"};
        if (++length > most_text) return Problem{"length", "more than " + std::to_string(most_text) + " characters"};
        if (!u_isalpha(c)) {
            static constexpr std::u32string_view marks =
                U" .,;:!?()'\"/&+-{}\n\u00A0\u00AB\u00BB\u2010\u2011\u2013\u2014\u2018\u2019\u201C\u201D\u201E\u2026";
            // Digits, signs of money and links have rules of their own.
            const bool counted = u_getNumericValue(c) != U_NO_NUMERIC_VALUE || type == U_CURRENCY_SYMBOL || c == 0x2030;
            if (c > 0x7F && !counted && marks.find(static_cast<char32_t>(c)) == std::u32string_view::npos)
                return Problem{"markup", piece(from)};
            script = USCRIPT_COMMON;
            word = at;
            continue;
        }
        // English and Russian alone: fin.is_grounded lets no other letter through.
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0x410 && c <= 0x44F) || c == 0x401 ||
              c == 0x451))
            return Problem{"script", piece(from)};
        UErrorCode failed = U_ZERO_ERROR;
        const UScriptCode of = uscript_getScript(c, &failed);
        if (of == USCRIPT_COMMON || of == USCRIPT_INHERITED) continue;
        if (of != USCRIPT_LATIN && of != USCRIPT_CYRILLIC) return Problem{"script", piece(from)};
        if (script != USCRIPT_COMMON && script != of) return Problem{"script", piece(word)};
        script = of;
    }
    return std::nullopt;
}

std::optional<Problem> link_in(std::string_view text) {
    const std::string folded = ledger::folded(text);
    for (const std::string_view sign : {"://", "www.", "http", "mailto:", "javascript:", "](", "@"})
        if (folded.find(sign) != std::string::npos) return Problem{"link", std::string(sign)};
    // A name with a point inside it, as hosts and files have.
    for (std::size_t i = 1; i + 1 < folded.size(); ++i) {
        const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; };
        if (folded[i] == '.' && is_letter(folded[i - 1]) && is_letter(folded[i + 1]))
            return Problem{"link", std::string(text.substr(i - 1, 3))};
    }
    if (const auto at = folded.find_first_of("<>`{}\\|~^[]*_="); at != std::string::npos)
        return Problem{"markup", folded.substr(at, 1)};
    return std::nullopt;
}

using Clause = std::vector<Piece>;

bool has_fact(const Clause& clause) {
    return std::any_of(clause.begin(), clause.end(), [](const Piece& piece) { return piece.fact > 0; });
}
std::string words_of(const Clause& clause) {
    std::string words;
    for (const Piece& piece : clause) words += piece.plain() ? std::string(piece.text) : " , ";
    return words;
}

// Sentences, each as the clauses it is made of.
std::vector<std::vector<Clause>> sentences_of(const std::vector<Piece>& pieces) {
    static constexpr std::array<std::string_view, 12> joints = {"and", "but", "while", "whereas", "although", "though",
                                                                "и",   "а",   "но",    "хотя",    "тогда",    "зато"};
    std::vector<std::vector<Clause>> sentences(1, std::vector<Clause>(1));
    const auto add = [&](std::string_view text) {
        if (text.empty()) return;
        Piece piece;
        piece.text = text;
        sentences.back().back().push_back(piece);
    };
    for (const Piece& piece : pieces) {
        if (!piece.plain()) {
            sentences.back().back().push_back(piece);
            continue;
        }
        std::size_t begin = 0, word = 0;
        const std::string_view text = piece.text;
        for (std::size_t i = 0; i <= text.size(); ++i) {
            const char c = i < text.size() ? text[i] : ' ';
            if (c == '.' || c == '!' || c == '?' || c == '\n') {
                add(text.substr(begin, i - begin));
                sentences.emplace_back(1);
                begin = word = i + 1;
            } else if (c == ',' || c == ';' || c == ':' || c == '(' || c == ')') {
                add(text.substr(begin, i - begin));
                sentences.back().emplace_back();
                begin = word = i + 1;
            } else if (c == ' ') {
                const std::string joint = ledger::folded(text.substr(word, i - word));
                if (std::find(joints.begin(), joints.end(), joint) != joints.end()) {
                    add(text.substr(begin, word - begin));
                    sentences.back().emplace_back();
                    begin = i;
                }
                word = i + 1;
            }
        }
        if (begin < text.size()) add(text.substr(begin));
    }
    return sentences;
}

// A clause without a fact speaks of those of the next one, the last of those before it.
std::vector<Clause> joined(const std::vector<Clause>& clauses) {
    std::vector<Clause> made;
    Clause open;
    for (const Clause& clause : clauses) {
        open.insert(open.end(), clause.begin(), clause.end());
        if (!has_fact(clause)) continue;
        made.push_back(std::move(open));
        open.clear();
    }
    if (!open.empty()) {
        if (made.empty()) made.emplace_back();
        made.back().insert(made.back().end(), open.begin(), open.end());
    }
    return made;
}

bool has_words(std::string_view text) {
    for (; !text.empty(); text.remove_prefix(ledger::decode(text).bytes))
        if (ledger::decode(text).glyph != ledger::Glyph::other) return true;
    return false;
}

bool names_topic(const Fact& fact, std::string_view topic) {
    const std::string topics = " " + fact.topic + " ";
    return topics.find(" " + std::string(topic) + " ") != std::string::npos;
}

void check_clause(const Clause& clause, const FactPack& pack, std::vector<Problem>& problems) {
    const std::string words = words_of(clause);
    const Mentions said = mentions_of(words);
    std::vector<const Fact*> facts;
    for (const Piece& piece : clause)
        if (const Fact* const fact = pack.fact(piece.fact)) facts.push_back(fact);
    for (const auto topic : said.topics)
        if (std::none_of(facts.begin(), facts.end(), [&](const Fact* fact) { return names_topic(*fact, topic); }))
            problems.push_back({"topic", std::string(topic)});
    if (!said.up && !said.down && !said.steady) return;
    const int ways = (said.up ? 1 : 0) + (said.down ? 1 : 0) + (said.steady ? 1 : 0);
    if (ways > 1 || said.denied) {
        problems.push_back({"direction", words});
        return;
    }
    const auto agrees = [&](const Fact* fact) {
        Direction way = fact->direction;
        // Of a loss one says that it grew where the figure fell.
        if (said.loss && fact->is_loss)
            way = way == Direction::up ? Direction::down : way == Direction::down ? Direction::up : way;
        return way == (said.up ? Direction::up : said.down ? Direction::down : Direction::steady);
    };
    const auto moved = [](const Fact* fact) { return fact->direction != Direction::unknown; };
    const bool known = std::any_of(facts.begin(), facts.end(), moved);
    if (!known ||
        !std::all_of(facts.begin(), facts.end(), [&](const Fact* fact) { return !moved(fact) || agrees(fact); }))
        problems.push_back({"direction", words});
}

void check_sentence(const std::vector<Clause>& clauses, const FactPack& pack, std::vector<Problem>& problems) {
    Clause whole;
    for (const Clause& clause : clauses) whole.insert(whole.end(), clause.begin(), clause.end());
    const std::string words = words_of(whole);
    const bool speaks = has_words(words);
    if (!has_fact(whole)) {
        if (speaks) problems.push_back({"no_fact", words});
        return;
    }
    const Mentions said = mentions_of(words);
    if (said.outside) problems.push_back({"outside", words});
    std::vector<int> ids;
    std::vector<Span> spans;
    for (const Piece& piece : whole)
        if (const Fact* const fact = pack.fact(piece.fact)) {
            if (std::find(ids.begin(), ids.end(), piece.fact) == ids.end()) ids.push_back(piece.fact);
            spans.push_back(fact->span);
        }
    if (said.cause && ids.size() < 2) problems.push_back({"cause", words});
    if (said.relative) problems.push_back({"period", words});
    for (const Span span : said.spans)
        if (std::find(spans.begin(), spans.end(), span) == spans.end()) {
            problems.push_back({"period", words});
            break;
        }
    for (const Clause& clause : joined(clauses)) check_clause(clause, pack, problems);
}

}  // namespace

std::optional<std::vector<Piece>> pieces_of(std::string_view text) {
    std::vector<Piece> pieces;
    while (!text.empty()) {
        const std::size_t open = text.find("{{");
        if (open != 0) {
            Piece piece;
            piece.text = text.substr(0, open);
            pieces.push_back(piece);
            if (open == std::string_view::npos) break;
            text.remove_prefix(open);
        }
        const std::size_t close = text.find("}}");
        if (close == std::string_view::npos) return std::nullopt;
        const auto piece = slot(text.substr(0, close + 2));
        if (!piece) return std::nullopt;
        pieces.push_back(*piece);
        text.remove_prefix(close + 2);
    }
    return pieces;
}

std::vector<Problem> problems_of(std::string_view text, const FactPack& pack) {
    std::vector<Problem> problems;
    if (auto hidden = hidden_in(text)) return {*hidden};
    const auto pieces = pieces_of(text);
    if (!pieces) return {{"slot", "braces that are no slot"}};
    std::string plain;
    for (const Piece& piece : *pieces) {
        if (piece.plain()) {
            plain += piece.text;
            continue;
        }
        plain += ' ';
        const Fact* const fact = pack.fact(piece.fact);
        const bool known = fact ? !of_fact(*fact, piece.part).empty() : pack.names.count(std::string(piece.token)) > 0;
        if (!known) problems.push_back({"slot", std::string(piece.text)});
    }
    if (auto link = link_in(plain)) problems.push_back(*link);
    if (auto number = first_number(plain)) problems.push_back({"number", *number});
    if (!has_words(plain) &&
        std::none_of(pieces->begin(), pieces->end(), [](const Piece& piece) { return piece.fact > 0; }))
        problems.push_back({"no_fact", "nothing is said"});
    for (const auto& sentence : sentences_of(*pieces)) check_sentence(sentence, pack, problems);
    return problems;
}

std::string filled(std::string_view text, const FactPack& pack) {
    const auto pieces = pieces_of(text);
    if (!pieces) return std::string(text);
    std::string out;
    const auto with_names = [&](std::string_view part) {
        // A fact's own name may hold a concealed one.
        std::string made;
        for (std::size_t at = 0; at < part.size();) {
            const std::size_t open = part.find("{{n:", at);
            made += part.substr(at, open - at);
            if (open == std::string_view::npos) break;
            const std::size_t close = part.find("}}", open);
            if (close == std::string_view::npos) break;
            const auto name = pack.names.find(std::string(part.substr(open + 4, close - open - 4)));
            made += name != pack.names.end() ? name->second : std::string(part.substr(open, close + 2 - open));
            at = close + 2;
        }
        return made;
    };
    for (const Piece& piece : *pieces) {
        const Fact* const fact = pack.fact(piece.fact);
        const auto name = pack.names.find(std::string(piece.token));
        if (fact)
            out += with_names(of_fact(*fact, piece.part));
        else if (!piece.token.empty() && name != pack.names.end())
            out += name->second;
        else
            out += piece.text;
    }
    return out;
}

}  // namespace fin::review
