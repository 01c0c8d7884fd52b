// Which kind each row is of: by what the workspace says, else by words (English, Russian), sign and habit.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interrupt.hpp"
#include "ledger/ledger.hpp"

namespace fin::ledger {

// What a workspace has set: kind by category text or, with a counterparty, by counterparty text. Case does not matter.
struct KindRules {
    std::map<std::string, Kind, std::less<>> by_category;      // keys: folded text (payee_key)
    std::map<std::string, Kind, std::less<>> by_counterparty;  // wins over by_category
};

// Kind that the words of a category or counterparty name; nullopt where no word decides. `inflow` settles words that
// follow the sign of the flow (subscription, rent, interest).
std::optional<Kind> kind_by_words(std::string_view text, bool inflow);

struct CategoryKind {
    std::string category;
    Kind kind;           // of the category's habitual direction
    std::string source;  // "user", "words", "sign"
};

// Fills ledger.kind. Order: rules; words of the category; words of the counterparty; habitual sign of the category
// (rows against the habit are refunds of revenue or reversals of an expense, which keep the category's kind, so a
// reversal reduces expenses); sign of the row. A negative row of a revenue category is a refund.
// Returns the kind of every category, in order of its code, for people to see and to correct.
std::vector<CategoryKind> assign_kinds(Ledger& ledger, const KindRules& rules = {},
                                       const InterruptCheck& check = never_interrupted);

}  // namespace fin::ledger
