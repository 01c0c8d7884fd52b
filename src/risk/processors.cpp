// The list of payment processors, marketplaces and words for takings.
#include "risk/processors.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "ledger/fold.hpp"

namespace fin::risk {

namespace {

// Whole words (or word sequences) anywhere in the name.
constexpr std::array anywhere = {"stripe",
                                 "paypal",
                                 "amazon",
                                 "amzn",
                                 "shopify",
                                 "adyen",
                                 "ebay",
                                 "etsy",
                                 "klarna",
                                 "worldpay",
                                 "sumup",
                                 "mollie",
                                 "braintree",
                                 "gocardless",
                                 "doordash",
                                 "deliveroo",
                                 "uber eats",
                                 "just eat",
                                 "airbnb",
                                 "booking com",
                                 "expedia",
                                 "razorpay",
                                 "payu",
                                 "alipay",
                                 "wechat pay",
                                 "2checkout",
                                 "authorize net",
                                 "fastspring",
                                 "izettle",
                                 "zettle",
                                 "clearpay",
                                 "afterpay",
                                 "payoneer",
                                 "app store",
                                 "google play",
                                 "walmart marketplace",
                                 "zalando",
                                 "allegro",
                                 "юkassa",
                                 "юкасса",
                                 "yookassa",
                                 "яндекс касса",
                                 "яндекс маркет",
                                 "yandex kassa",
                                 "yandex market",
                                 "wildberries",
                                 "вайлдберриз",
                                 "ozon",
                                 "озон",
                                 "robokassa",
                                 "робокасса",
                                 "cloudpayments",
                                 "сбермегамаркет",
                                 "мегамаркет",
                                 "эквайринг",
                                 "acquiring",
                                 "tinkoff kassa",
                                 "тинькофф касса",
                                 "авито",
                                 "avito",
                                 "яндекс еда",
                                 "merchant services",
                                 "card sales",
                                 "card takings",
                                 "cash sales",
                                 "cash takings",
                                 "walk in",
                                 "розничная выручка",
                                 "наличная выручка",
                                 "розничные покупатели",
                                 "retail customers",
                                 "various customers",
                                 "разные покупатели"};

// Words that also begin other names: the whole name, or followed by one of `qualifiers`.
constexpr std::array alone = {"square",  "sq",     "pos",        "toast", "clover",    "paddle",
                              "wise",    "affirm", "касса",      "till",  "customers", "покупатели",
                              "клиенты", "visa",   "mastercard", "sales", "takings"};
constexpr std::array qualifiers = {"inc",      "payments", "payment",  "payout",     "payouts", "deposit",
                                   "deposits", "transfer", "terminal", "settlement", "sales",   "up"};

bool has_words(std::string_view text, std::string_view words) {
    for (std::size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
        const std::size_t end = at + words.size();
        if ((at == 0 || text[at - 1] == ' ') && (end == text.size() || text[end] == ' ')) return true;
    }
    return false;
}

// Folded words with single spaces. Not payee_key: that takes "PAYPAL *" off what follows it.
std::string words_of(std::string_view text) {
    std::string words;
    for (const char c : ledger::folded(text)) {
        const auto byte = static_cast<unsigned char>(c);
        const bool word = byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z');
        if (word)
            words += c;
        else if (!words.empty() && words.back() != ' ')
            words += ' ';
    }
    if (!words.empty() && words.back() == ' ') words.pop_back();
    return words;
}

}  // namespace

bool is_collector(std::string_view counterparty) {
    const std::string key = words_of(counterparty);
    if (std::ranges::any_of(anywhere, [&](std::string_view words) { return has_words(key, words); })) return true;
    if (key.starts_with("sq ") || key.starts_with("zettle ")) return true;  // card terminals put the shop behind
    return std::ranges::any_of(alone, [&](std::string_view word) {
        if (key == word) return true;
        if (!key.starts_with(word) || key.size() <= word.size() || key[word.size()] != ' ') return false;
        const std::string_view rest = std::string_view(key).substr(word.size() + 1);
        const std::string_view next = rest.substr(0, rest.find(' '));
        return std::ranges::find(qualifiers, next) != qualifiers.end();
    });
}

}  // namespace fin::risk
