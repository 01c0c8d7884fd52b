// What the models are told to do. The rules are ours; a workspace may have a style of its own beside them.
#pragma once
#include <string>
#include <string_view>

#include "review/draft.hpp"
#include "review/provider.hpp"

namespace fin::review {

// Of the rules below; a change of their words is a new version, so that stored answers of older ones are not used.
inline constexpr std::string_view prompt_version = "review-1";
// The style of an installation's workspaces that have none of their own.
std::string_view default_style();

struct Prompt {
    std::string style;    // at most 8,000 characters; of the workspace or default_style()
    std::string version;  // prompt_version, and the version of the style: "review-1", "review-1/acme-3"
};

// Why a workspace's style may not be used; empty: it may. It must be plain text and speak of wording only: slots,
// braces and words that ask for figures, links or tools would contradict the rules, and every answer would be refused.
std::string style_problem(std::string_view style);

Ask ask_for_draft(const FactPack& pack, const Prompt& prompt);
// After answers that may not be stored: the same question with what was wrong.
Ask ask_again(const FactPack& pack, const Prompt& prompt, std::string_view what_was_wrong);
// draft: nullptr asks for judgments of the items alone.
Ask ask_for_check(const FactPack& pack, const Prompt& prompt, const Draft* draft);

}  // namespace fin::review
