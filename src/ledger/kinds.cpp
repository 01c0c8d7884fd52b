#include "ledger/kinds.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "ledger/fold.hpp"
#include "ledger/kind_words.hpp"
#include "ledger/payee.hpp"

namespace fin::ledger {

namespace {

struct Word {
    std::string_view text;
    bool stem = false;  // matches what begins with it
};

struct Phrase {
    std::vector<Word> words;
    const KindWords* meaning = nullptr;
};

constexpr std::size_t shortest_stem = 4;  // in bytes: two Russian letters, four English ones

// Phrases by their first word, so that a text asks for the few that can begin at each of its words.
class Phrases {
public:
    Phrases() {
        for (const auto& group : kind_words())
            for (std::size_t from = 0; from < group.phrases.size();) {
                const auto comma = std::min(group.phrases.find(',', from), group.phrases.size());
                add(trimmed(group.phrases.substr(from, comma - from)), group);
                from = comma + 1;
            }
    }

    template <class Visit>
    void starting_with(std::string_view word, Visit visit) const {
        const auto offer = [&](const auto& index, std::string_view text) {
            if (const auto found = index.find(text); found != index.end())
                for (const Phrase& phrase : found->second) visit(phrase);
        };
        offer(whole_, word);
        if (word.size() > 3 && word.ends_with("s")) offer(whole_, word.substr(0, word.size() - 1));
        if (word.size() > 4 && word.ends_with("es")) offer(whole_, word.substr(0, word.size() - 2));
        if (word.size() > 4 && word.ends_with("ies")) offer(whole_, std::string(word.substr(0, word.size() - 3)) + "y");
        // No further than stems go: trying every length of a word of a megabyte would take hours.
        const std::size_t most = std::min(word.size(), longest_stem_);
        for (std::size_t length = shortest_stem; length <= most; ++length) offer(stems_, word.substr(0, length));
    }

private:
    void add(std::string_view text, const KindWords& meaning) {
        Phrase phrase{{}, &meaning};
        for (std::size_t from = 0; from < text.size();) {
            const auto space = std::min(text.find(' ', from), text.size());
            auto word = text.substr(from, space - from);
            const bool stem = word.ends_with('*');
            if (stem) word.remove_suffix(1);
            if (!word.empty()) phrase.words.push_back({word, stem});
            from = space + 1;
        }
        if (phrase.words.empty()) return;
        const Word first = phrase.words.front();
        if (first.stem) longest_stem_ = std::max(longest_stem_, first.text.size());
        (first.stem ? stems_ : whole_)[first.text].push_back(std::move(phrase));
    }

    std::unordered_map<std::string_view, std::vector<Phrase>> whole_, stems_;
    std::size_t longest_stem_ = 0;
};

const Phrases& phrases() {
    static const Phrases all;
    return all;
}

bool matches(const Word& word, std::string_view text) {
    if (word.stem) return text.starts_with(word.text);
    if (text == word.text) return true;
    if (text.starts_with(word.text)) {
        const auto ending = text.substr(word.text.size());
        return ending == "s" || ending == "es";
    }
    return text.ends_with("ies") && word.text.ends_with("y") &&
           text.substr(0, text.size() - 3) == word.text.substr(0, word.text.size() - 1);
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0, from = 0; at <= text.size();) {
        const auto sign = at < text.size() ? decode(text.substr(at)) : Decoded{1, Glyph::other};
        if (sign.glyph == Glyph::other) {
            if (at > from) words.push_back(text.substr(from, at - from));
            from = at + sign.bytes;
        }
        at += sign.bytes;
    }
    return words;
}

// How well a kind goes with the side of the books the text itself names.
enum class Side { none, income, expense };

bool fits(Kind kind, Side side) {
    if (side == Side::income) return !is_expense(kind) && kind != Kind::capex;
    if (side == Side::expense) return kind != Kind::revenue;  // a refund to customers may stand among the expenses
    return true;
}

struct Match {
    Kind kind;
    Weight weight;
    std::size_t words, position;
    bool two_sided = false;  // the word means one kind coming in and another going out
    Side side = Side::none;  // what the text itself names
};

std::vector<Match> matches_in(const std::vector<std::string_view>& words, bool inflow) {
    std::vector<Match> found;
    for (std::size_t at = 0; at < words.size(); ++at)
        phrases().starting_with(words[at], [&](const Phrase& phrase) {
            if (at + phrase.words.size() > words.size()) return;
            for (std::size_t i = 1; i < phrase.words.size(); ++i)
                if (!matches(phrase.words[i], words[at + i])) return;
            found.push_back({inflow ? phrase.meaning->in : phrase.meaning->out, phrase.meaning->weight,
                             phrase.words.size(), at, phrase.meaning->in != phrase.meaning->out, Side::none});
        });
    return found;
}

std::optional<Match> decide(std::string_view text, bool inflow) {
    const std::string name = folded(text);
    const auto words = words_of(name);
    Side side = Side::none;
    for (const Match& match : matches_in(words, inflow))
        if (match.weight == Weight::context && side == Side::none)
            side = match.kind == Kind::revenue ? Side::income : Side::expense;
    if (side != Side::none) inflow = side == Side::income;

    std::optional<Match> best;
    const auto rank = [&](const Match& match) {
        // Several words outweigh one unless that one only says which side of the books it is.
        const bool follows = inflow ? is_income(match.kind) : !is_income(match.kind);
        return std::tuple(match.weight != Weight::context, fits(match.kind, side), match.words, match.weight, follows,
                          match.position);
    };
    for (const Match& match : matches_in(words, inflow))
        if (!best || rank(match) > rank(*best)) best = match;
    if (best && !fits(best->kind, side)) best->kind = side == Side::income ? Kind::revenue : Kind::opex;
    if (best) best->side = side;
    return best;
}

struct Habit {
    std::size_t in = 0, out = 0;
    bool steady() const { return 5 * std::max(in, out) >= 4 * (in + out); }  // at least 80 % in one direction
    bool inflow() const { return in > out; }
};

std::vector<Habit> habits(const std::vector<Code>& column, std::size_t codes, const std::vector<Money>& amount) {
    std::vector<Habit> result(codes + 1);  // 0: no code
    for (std::size_t row = 0; row < column.size(); ++row) {
        Habit& habit = result[static_cast<std::size_t>(column[row] + 1)];
        if (amount[row].units > 0) ++habit.in;
        if (amount[row].units < 0) ++habit.out;
    }
    return result;
}

std::optional<Kind> rule_for(const std::map<std::string, Kind, std::less<>>& rules, std::string_view text) {
    if (rules.empty() || text.empty()) return std::nullopt;
    const auto found = rules.find(payee_key(text));
    return found == rules.end() ? std::nullopt : std::optional(found->second);
}

// What the words of a category's name say, unless they contradict its habit and name no side of the books: money only
// goes out of a department's "Sales" and only comes in under a consultant's "Consulting fees".
std::optional<Kind> category_kind(std::string_view text, bool inflow, const Habit& habit) {
    const auto match = decide(text, inflow);
    if (!match) return std::nullopt;
    const bool only_spends = habit.steady() && !habit.inflow();
    if (only_spends && match->kind == Kind::revenue && match->side != Side::income) return std::nullopt;
    const bool only_earns = habit.steady() && habit.in >= 3;  // one or two may be reversals without their expense
    if (only_earns && is_expense(match->kind) && !match->two_sided && match->side == Side::none) return std::nullopt;
    return match->kind;
}

Kind by_sign(bool inflow) { return inflow ? Kind::revenue : Kind::opex; }

// What the words of each counterparty say, asked once for each direction and only when needed.
class CounterpartyWords {
public:
    CounterpartyWords(const Dictionary& texts, const std::vector<Habit>& habits, const InterruptCheck& check)
        : texts_(texts), habits_(habits), check_(check), known_(texts.size() * 2, 0) {}

    std::optional<Kind> kind(Code code, bool inflow) {
        if (code == no_code) return std::nullopt;
        const auto at = static_cast<std::size_t>(code);
        const Habit& habit = habits_[at + 1];
        if (habit.steady()) inflow = habit.inflow();
        std::uint8_t& known = known_[at * 2 + inflow];
        if (known == 0) {
            check_();  // a text may be long: one at a time
            const auto match = decide(texts_.text(code), inflow);
            const bool told = match && match->weight == Weight::strong && names_a_counterparty(match->kind) &&
                              !(inflow && is_expense(match->kind));
            known = static_cast<std::uint8_t>(told ? 2 + static_cast<int>(match->kind) : 1);
        }
        return known == 1 ? std::nullopt : std::optional(static_cast<Kind>(known - 2));
    }

private:
    const Dictionary& texts_;
    const std::vector<Habit>& habits_;
    const InterruptCheck& check_;
    std::vector<std::uint8_t> known_;  // 0: not asked yet, 1: no word, else the kind + 2
};

}  // namespace

std::optional<Kind> kind_by_words(std::string_view text, bool inflow) {
    const auto match = decide(text, inflow);
    return match ? std::optional(match->kind) : std::nullopt;
}

std::vector<CategoryKind> assign_kinds(Ledger& ledger, const KindRules& rules, const InterruptCheck& check) {
    const auto category_habits = habits(ledger.category, ledger.categories.size(), ledger.amount);
    const auto payee_habits = habits(ledger.counterparty, ledger.counterparties.size(), ledger.amount);

    // What each category's own name says, going in and going out; the habit decides where there is one.
    struct Known {
        std::optional<Kind> in, out;
        bool by_user = false;
    };
    std::vector<Known> categories(ledger.categories.size() + 1);
    std::vector<CategoryKind> result;
    for (std::size_t i = 0; i < ledger.categories.size(); ++i) {
        check();
        const auto text = ledger.categories.text(static_cast<Code>(i));
        const Habit& habit = category_habits[i + 1];
        Known& known = categories[i + 1];
        if (const auto rule = rule_for(rules.by_category, text)) {
            known = {rule, rule, true};
        } else {
            known.in = category_kind(text, true, habit), known.out = category_kind(text, false, habit);
            if (habit.steady()) (habit.inflow() ? known.out : known.in) = habit.inflow() ? known.in : known.out;
        }
        const auto kind = habit.inflow() ? known.in : known.out;
        result.push_back({std::string(text), kind.value_or(by_sign(habit.inflow())),
                          known.by_user ? "user"
                          : kind        ? "words"
                                        : "sign"});
    }

    std::vector<std::optional<Kind>> payee_rules(ledger.counterparties.size() + 1);
    if (!rules.by_counterparty.empty())
        for (std::size_t i = 0; i < ledger.counterparties.size(); ++i) {
            check();
            payee_rules[i + 1] = rule_for(rules.by_counterparty, ledger.counterparties.text(static_cast<Code>(i)));
        }

    CounterpartyWords payee_words(ledger.counterparties, payee_habits, check);
    ledger.kind.resize(ledger.size());
    Pulse pulse(check);
    for (std::size_t row = 0; row < ledger.size(); ++row) {
        pulse();
        const bool inflow = ledger.amount[row].units > 0;
        const auto category = static_cast<std::size_t>(ledger.category[row] + 1);
        const Known& known = categories[category];
        std::optional<Kind> kind = payee_rules[static_cast<std::size_t>(ledger.counterparty[row] + 1)];
        if (!kind) kind = inflow ? known.in : known.out;
        if (!kind) kind = payee_words.kind(ledger.counterparty[row], inflow);
        // Rows without a category share no habit: each follows its own sign.
        const Habit& habit = category_habits[category];
        if (!kind) kind = by_sign(category > 0 && habit.steady() ? habit.inflow() : inflow);
        if (*kind == Kind::revenue && ledger.amount[row].units < 0) kind = Kind::refund;
        ledger.kind[row] = *kind;
    }
    return result;
}

}  // namespace fin::ledger
