#include "handlers/voices.hpp"

#include "error.hpp"

namespace fin::workers {

using namespace review;

namespace {

void note(Voices& voices, const ModelPlace& place, const char* role, const Answer& answer, const std::string& status) {
    voices.providers.push_back({{"name", place.name},
                                {"provider", place.provider},
                                {"model", answer.model},
                                {"role", role},
                                {"status", status}});
    voices.cost += answer.cost;
}

}  // namespace

Task<bool> draft_by(Context& context, const ModelPlace& place, const std::string& report, const FactPack& pack,
                    const Prompt& prompt, Voices& voices) {
    Ask ask = ask_for_draft(pack, prompt);
    for (int n = 0; n < 2; ++n) {
        Task<Answer> asking = ask_model(context, place, ask, "draft", prompt, report);
        const Answer answer = co_await asking;
        if (answer.failed()) {
            note(voices, place, "drafter", answer, answer.status);
            co_return false;
        }
        std::string wrong;
        std::optional<Draft> draft;
        try {
            draft = read_draft(*answer.content, pack);
            wrong = in_words(complaints(*draft, pack));
        } catch (const Error& error) {
            wrong = error.what();
        }
        if (wrong.empty()) {
            keep_answer(context, answer, place);
            note(voices, place, "drafter", answer, answer.status);
            voices.draft = std::move(draft);
            voices.drafter = place.name;
            co_return true;
        }
        note(voices, place, "drafter", answer, "refused_text");
        ++voices.refused;
        if (n == 1 && draft) {
            voices.draft = std::move(draft);
            voices.drafter = place.name;
            co_return true;
        }
        ask = ask_again(pack, prompt, wrong);
    }
    co_return false;
}

Task<void> check_by(Context& context, const ModelPlace& place, const std::string& report, const FactPack& pack,
                    const Prompt& prompt, Voices& voices) {
    const Ask ask = ask_for_check(pack, prompt, voices.draft ? &*voices.draft : nullptr);
    Task<Answer> asking = ask_model(context, place, ask, "check", prompt, report);
    const Answer answer = co_await asking;
    std::string status = answer.status;
    if (!answer.failed()) {
        try {
            voices.check = read_check(*answer.content, pack, voices.draft ? voices.draft->statements.size() : 0);
            voices.checker = place.name;
            keep_answer(context, answer, place);
        } catch (const Error&) {
            status = "nonsense";
        }
    }
    if (!voices.check) voices.failed = true;
    note(voices, place, "checker", answer, status);
}

}  // namespace fin::workers
