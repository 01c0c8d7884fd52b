#include "review/topics.hpp"

#include <algorithm>
#include <array>

#include "ledger/fold.hpp"

namespace fin::review {

namespace {

// A word (folded) that begins with the stem; "=" at the end: exactly this word.
struct Sign {
    std::string_view stem;
    std::string_view means;
};

constexpr std::array topics = {Sign{"revenue", "revenue"},
                               Sign{"income", "revenue"},
                               Sign{"sales", "revenue"},
                               Sign{"turnover", "revenue"},
                               Sign{"выручк", "revenue"},
                               Sign{"доход", "revenue"},
                               Sign{"продаж", "revenue"},
                               Sign{"поступлени", "revenue"},
                               Sign{"оборот", "revenue"},
                               Sign{"expense", "expenses"},
                               Sign{"cost", "expenses"},
                               Sign{"spending", "expenses"},
                               Sign{"расход", "expenses"},
                               Sign{"затрат", "expenses"},
                               Sign{"издерж", "expenses"},
                               Sign{"трат=", "expenses"},
                               Sign{"profit", "profit"},
                               Sign{"loss=", "profit"},
                               Sign{"losses=", "profit"},
                               Sign{"earnings", "profit"},
                               Sign{"margin", "margin"},
                               Sign{"прибыл", "profit"},
                               Sign{"убыт", "profit"},
                               Sign{"маржа", "margin"},
                               Sign{"маржи", "margin"},
                               Sign{"маржу", "margin"},
                               Sign{"рентабельност", "margin"},
                               Sign{"cash=", "cash"},
                               Sign{"balance", "cash"},
                               Sign{"liquidity", "cash"},
                               Sign{"деньг", "cash"},
                               Sign{"денег=", "cash"},
                               Sign{"остат", "cash"},
                               Sign{"ликвидност", "cash"},
                               Sign{"runway", "runway"},
                               Sign{"запас", "runway"},
                               Sign{"хватит", "runway"},
                               Sign{"burn", "burn"},
                               Sign{"сжигани", "burn"},
                               Sign{"payroll", "payroll"},
                               Sign{"salar", "payroll"},
                               Sign{"wage", "payroll"},
                               Sign{"зарплат", "payroll"},
                               Sign{"оплата труда", "payroll"},
                               Sign{"tax=", "tax"},
                               Sign{"taxes=", "tax"},
                               Sign{"налог", "tax"},
                               Sign{"customer", "customers"},
                               Sign{"client", "customers"},
                               Sign{"payer", "customers"},
                               Sign{"клиент", "customers"},
                               Sign{"покупател", "customers"},
                               Sign{"плательщик", "customers"},
                               Sign{"supplier", "suppliers"},
                               Sign{"vendor", "suppliers"},
                               Sign{"поставщик", "suppliers"},
                               Sign{"duplicate", "anomaly"},
                               Sign{"дубл", "anomaly"},
                               Sign{"anomal", "anomaly"},
                               Sign{"аномал", "anomaly"},
                               Sign{"debt", "debt"},
                               Sign{"loan", "debt"},
                               Sign{"долг", "debt"},
                               Sign{"кредит", "debt"},
                               Sign{"interest=", "debt"}};

constexpr std::array up = {
    Sign{"rose=", ""},   Sign{"rise", ""},   Sign{"rising=", ""}, Sign{"grew=", ""},   Sign{"grow", ""},
    Sign{"increas", ""}, Sign{"climb", ""},  Sign{"gain", ""},    Sign{"higher=", ""}, Sign{"surg", ""},
    Sign{"jump", ""},    Sign{"expand", ""}, Sign{"widen", ""},   Sign{"upward", ""},  Sign{"up=", ""},
    Sign{"soar", ""},    Sign{"вырос", ""},  Sign{"возрос", ""},  Sign{"раст", ""},    Sign{"рост=", ""},
    Sign{"роста=", ""},  Sign{"росту=", ""}, Sign{"ростом=", ""}, Sign{"увелич", ""},  Sign{"повыс", ""},
    Sign{"повыш", ""},   Sign{"подня", ""},  Sign{"прирос", ""},  Sign{"выше=", ""},   Sign{"скач", ""},
    Sign{"расшир", ""},  Sign{"нараст", ""}, Sign{"прибав", ""},  Sign{"more=", ""},   Sign{"больше=", ""}};
constexpr std::array down = {
    Sign{"fell=", ""},   Sign{"fall", ""},      Sign{"declin", ""},      Sign{"decreas", ""},  Sign{"drop", ""},
    Sign{"shrank=", ""}, Sign{"shrink", ""},    Sign{"shrunk", ""},      Sign{"reduc", ""},    Sign{"lower", ""},
    Sign{"narrow", ""},  Sign{"contract=", ""}, Sign{"contracted=", ""}, Sign{"downward", ""}, Sign{"down=", ""},
    Sign{"plung", ""},   Sign{"slip", ""},      Sign{"slid", ""},        Sign{"dip", ""},      Sign{"less=", ""},
    Sign{"упал", ""},    Sign{"падени", ""},    Sign{"пада", ""},        Sign{"сниз", ""},     Sign{"сниж", ""},
    Sign{"сократ", ""},  Sign{"сокращ", ""},    Sign{"уменьш", ""},      Sign{"спад", ""},     Sign{"ниже=", ""},
    Sign{"сузи", ""},    Sign{"просел", ""},    Sign{"меньше=", ""},     Sign{"опустил", ""}};
constexpr std::array steady = {Sign{"unchanged", ""}, Sign{"stable", ""},   Sign{"flat=", ""}, Sign{"steady", ""},
                               Sign{"неизменн", ""},  Sign{"стабильн", ""}, Sign{"прежн", ""}, Sign{"ровно=", ""}};
constexpr std::array denial = {Sign{"not=", ""}, Sign{"never=", ""},  Sign{"without=", ""}, Sign{"neither=", ""},
                               Sign{"nor=", ""}, Sign{"hardly=", ""}, Sign{"не=", ""},      Sign{"ни=", ""},
                               Sign{"без=", ""}, Sign{"никогда=", ""}};
constexpr std::array loss = {Sign{"loss=", ""}, Sign{"losses=", ""}, Sign{"deficit", ""}, Sign{"убыт", ""},
                             Sign{"дефицит", ""}};
constexpr std::array causes = {
    Sign{"because=", ""}, Sign{"due=", ""},       Sign{"caused=", ""}, Sign{"thanks=", ""}, Sign{"owing=", ""},
    Sign{"driven=", ""},  Sign{"therefore=", ""}, Sign{"explain", ""}, Sign{"потому=", ""}, Sign{"благодаря=", ""},
    Sign{"вызван", ""},   Sign{"поэтому=", ""},   Sign{"объясня", ""}, Sign{"причин", ""},  Sign{"обусловл", ""}};
constexpr std::array outside = {
    Sign{"market", ""}, Sign{"competit", ""}, Sign{"econom", ""}, Sign{"inflation", ""}, Sign{"weather", ""},
    Sign{"pandemic", ""}, Sign{"satisf", ""}, Sign{"morale", ""}, Sign{"unhappy", ""}, Sign{"happy", ""},
    // Orders, and talk about the review itself: something that was smuggled in.
    Sign{"ignor", ""}, Sign{"disregard", ""}, Sign{"forget", ""}, Sign{"obey", ""}, Sign{"password", ""},
    Sign{"prompt=", ""}, Sign{"instruct", ""}, Sign{"assistant", ""}, Sign{"severity", ""}, Sign{"auditor", ""},
    Sign{"workspace", ""}, Sign{"игнорир", ""}, Sign{"забудь", ""}, Sign{"парол", ""}, Sign{"промпт", ""},
    Sign{"инструкц", ""}, Sign{"ассистент", ""}, Sign{"тяжест", ""}, Sign{"аудитор", ""}, Sign{"правил=", ""},
    Sign{"правила=", ""}, Sign{"reputation", ""}, Sign{"lawsuit", ""}, Sign{"fraudster", ""}, Sign{"criminal", ""},
    Sign{"bankrupt", ""}, Sign{"strike=", ""}, Sign{"regulat", ""}, Sign{"election", ""}, Sign{"рынк", ""},
    Sign{"рыноч", ""}, Sign{"рынок", ""}, Sign{"конкурент", ""}, Sign{"экономик", ""}, Sign{"инфляц", ""},
    Sign{"погод", ""}, Sign{"пандеми", ""}, Sign{"доволь", ""}, Sign{"недовол", ""}, Sign{"репутац", ""},
    Sign{"суд=", ""}, Sign{"мошенник", ""}, Sign{"преступ", ""}, Sign{"банкрот", ""}, Sign{"забастов", ""},
    Sign{"выбор", ""}, Sign{"санкци", ""}};

struct Time {
    std::string_view stem;
    Span span;
};
constexpr std::array times = {
    Time{"month=", Span::month},    Time{"месяц", Span::month},        Time{"quarter", Span::quarter},
    Time{"квартал", Span::quarter}, Time{"semester", Span::half_year}, Time{"полугоди", Span::half_year},
    Time{"year=", Span::year},      Time{"years=", Span::year},        Time{"annual", Span::year},
    Time{"год=", Span::year},       Time{"году=", Span::year},         Time{"года=", Span::year},
    Time{"годом=", Span::year},     Time{"годов", Span::year},         Time{"forecast", Span::ahead},
    Time{"ahead=", Span::ahead},    Time{"expected=", Span::ahead},    Time{"upcoming=", Span::ahead},
    Time{"прогноз", Span::ahead},   Time{"ожида", Span::ahead},        Time{"предстоя", Span::ahead}};

constexpr std::array relatives = {Sign{"last=", ""},    Sign{"previous", ""}, Sign{"prior=", ""},  Sign{"past=", ""},
                                  Sign{"current=", ""}, Sign{"this=", ""},    Sign{"next=", ""},   Sign{"coming=", ""},
                                  Sign{"прошл", ""},    Sign{"предыдущ", ""}, Sign{"последн", ""}, Sign{"минувш", ""},
                                  Sign{"текущ", ""},    Sign{"следующ", ""},  Sign{"этот=", ""},   Sign{"этом=", ""},
                                  Sign{"этого=", ""},   Sign{"будущ", ""}};

bool begins(std::string_view word, std::string_view stem) {
    if (stem.back() == '=') return word == stem.substr(0, stem.size() - 1);
    return word.substr(0, stem.size()) == stem;
}
template <class Table>
bool any(const Table& table, std::string_view word) {
    return std::any_of(table.begin(), table.end(), [&](const auto& sign) { return begins(word, sign.stem); });
}

std::vector<std::string> folded_words(std::string_view text) {
    const std::string whole = ledger::folded(text);
    std::vector<std::string> words;
    std::string word;
    for (std::string_view rest = whole; !rest.empty();) {
        const auto glyph = ledger::decode(rest);
        if (glyph.glyph == ledger::Glyph::other) {
            if (!word.empty()) words.push_back(std::move(word));
            word.clear();
        } else {
            word += rest.substr(0, glyph.bytes);
        }
        rest.remove_prefix(glyph.bytes);
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

template <class T>
void add_once(std::vector<T>& list, T value) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

}  // namespace

Mentions mentions_of(std::string_view sentence) {
    Mentions found;
    const auto words = folded_words(sentence);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        const std::string_view before = i > 0 ? std::string_view(words[i - 1]) : std::string_view();
        for (const auto& [stem, topic] : topics)
            if (begins(word, stem)) add_once(found.topics, topic);
        for (const auto& [stem, span] : times) {
            if (!begins(word, stem)) continue;
            // "a month", "per month": a pace, not a time.
            const bool pace =
                before == "a" || before == "per" || before == "each" || before == "every" || before == "в";
            if (span == Span::month && pace) continue;
            add_once(found.spans, span);
            if (span != Span::ahead && any(relatives, before)) found.relative = true;
        }
        found.up = found.up || any(up, word);
        found.down = found.down || any(down, word);
        found.steady = found.steady || any(steady, word);
        found.denied = found.denied || any(denial, word) || (word.size() > 2 && word == "t" && i > 0);
        found.loss = found.loss || any(loss, word);
        found.cause =
            found.cause || any(causes, word) || (word == "из" && i + 1 < words.size() && words[i + 1] == "за");
        found.outside = found.outside || any(outside, word);
    }
    return found;
}

std::string_view topic_of(std::string_view metric) {
    struct Named {
        std::string_view part, topic;
    };
    // In this order: the first part that the code contains.
    static constexpr std::array parts = {Named{"payroll", "payroll expenses"},
                                         Named{"tax", "tax expenses"},
                                         Named{"margin", "margin profit"},
                                         Named{"runway", "runway cash burn"},
                                         Named{"burn", "burn cash"},
                                         Named{"liquidity", "runway cash burn"},
                                         Named{"cash", "cash"},
                                         Named{"balance", "cash"},
                                         Named{"profit", "profit"},
                                         Named{"unprofitable", "profit"},
                                         Named{"expense", "expenses"},
                                         Named{"category", "expenses"},
                                         Named{"vendor", "suppliers expenses"},
                                         Named{"supplier", "suppliers expenses"},
                                         Named{"customer", "customers revenue"},
                                         Named{"payer", "customers revenue"},
                                         Named{"top1_share", "customers revenue"},
                                         Named{"revenue", "revenue"},
                                         Named{"growth", "revenue"},
                                         Named{"trend_slope", "revenue"},
                                         Named{"recurring", "revenue"},
                                         Named{"mrr", "revenue"},
                                         Named{"ticket", "revenue customers"},
                                         Named{"top3_share", "customers revenue"},
                                         Named{"fixed_cost", "expenses"},
                                         Named{"drawdown", "cash"},
                                         Named{"seasonal", "revenue"},
                                         Named{"debt", "debt"},
                                         Named{"anomaly", "anomaly"},
                                         Named{"duplicate", "anomaly expenses"},
                                         Named{"suspicious", "anomaly expenses"}};
    for (const auto& [part, topic] : parts)
        if (metric.find(part) != std::string_view::npos) return topic;
    return {};
}

}  // namespace fin::review
