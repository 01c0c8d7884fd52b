#include "importer/words.hpp"

#include <algorithm>
#include <utility>

#include "importer/number.hpp"
#include "importer/unicode.hpp"

namespace fin::importer {

namespace {

struct HeaderWord {
    Role role;
    int score;
    std::string_view text;  // folded
    bool whole = false;     // the header is exactly this; otherwise it contains it as whole words
};

// Transaction dates are preferred over booking dates, these over value dates; amounts in the account's currency and
// net of fees over others.
constexpr HeaderWord header_words[] = {
    {Role::date, 95, "transaction date"},
    {Role::date, 95, "trans date"},
    {Role::date, 95, "transactiedatum"},
    {Role::date, 95, "дата операции"},
    {Role::date, 95, "дата совершения операции"},
    {Role::date, 95, "дата транзакции"},
    {Role::date, 95, "operation date"},
    {Role::date, 94, "started date"},
    {Role::date, 92, "creation date"},
    {Role::date, 92, "run date"},
    {Role::date, 92, "date", true},
    {Role::date, 92, "datum", true},
    {Role::date, 92, "дата", true},
    {Role::date, 90, "datetime", true},
    {Role::date, 90, "date time"},
    {Role::date, 90, "booked on"},
    {Role::date, 86, "buchungstag"},
    {Role::date, 86, "buchungsdatum"},
    {Role::date, 86, "created utc"},
    {Role::date, 86, "date paid"},
    {Role::date, 84, "payment date"},
    {Role::date, 84, "дата проводки"},
    {Role::date, 84, "дата документа"},
    {Role::date, 82, "дата платежа"},
    {Role::date, 80, "invoice date"},
    {Role::date, 78, "clearing date"},
    {Role::date, 76, "posting date"},
    {Role::date, 76, "posted"},
    {Role::date, 74, "booking date"},
    {Role::date, 74, "boekdatum"},
    {Role::date, 72, "дата обработки"},
    {Role::date, 70, "date"},
    {Role::date, 70, "datum"},
    {Role::date, 70, "дата"},
    {Role::date, 66, "completed date"},
    {Role::date, 60, "value date"},
    {Role::date, 60, "valutadatum"},
    {Role::date, 60, "wertstellung"},
    {Role::date, 60, "valuta", true},
    {Role::date, 60, "created"},
    {Role::date, 55, "settlement date"},
    {Role::date, 50, "available on utc"},
    {Role::date, 50, "timestamp"},
    {Role::date, 40, "day", true},
    {Role::date, 40, "день", true},

    {Role::amount, 98, "сумма пересчитанная в валюту счета"},
    {Role::amount, 98, "сумма в валюте счета"},
    {Role::amount, 97, "amount in account currency"},
    {Role::amount, 96, "сумма платежа"},
    {Role::amount, 95, "net", true},
    {Role::amount, 94, "net amount"},
    {Role::amount, 94, "nett amount"},
    {Role::amount, 92, "сумма в рублях"},
    {Role::amount, 91, "amount total"},
    {Role::amount, 90, "amount", true},
    {Role::amount, 90, "сумма", true},
    {Role::amount, 90, "betrag", true},
    {Role::amount, 90, "bedrag", true},
    {Role::amount, 88, "spend", true},
    {Role::amount, 86, "transaction amount"},
    {Role::amount, 86, "сумма операции"},
    {Role::amount, 84, "umsatz"},
    {Role::amount, 80, "gross amt"},
    {Role::amount, 80, "amount"},
    {Role::amount, 80, "betrag"},
    {Role::amount, 80, "bedrag"},
    {Role::amount, 78, "сумма"},
    {Role::amount, 75, "amt"},
    {Role::amount, 70, "gross", true},
    {Role::amount, 65, "spend"},
    {Role::amount, 60, "value", true},
    {Role::amount, 50, "sum"},
    {Role::amount, 45, "total", true},

    {Role::debit, 95, "net debit"},
    {Role::debit, 95, "net debit nc"},
    {Role::debit, 92, "debit", true},
    {Role::debit, 92, "расход", true},
    {Role::debit, 92, "дебет", true},
    {Role::debit, 92, "soll", true},
    {Role::debit, 92, "af", true},
    {Role::debit, 90, "debit amount"},
    {Role::debit, 90, "списание"},
    {Role::debit, 90, "списания"},
    {Role::debit, 90, "расходы", true},
    {Role::debit, 90, "withdrawal", true},
    {Role::debit, 90, "withdrawals"},
    {Role::debit, 90, "paid out"},
    {Role::debit, 90, "money out"},
    {Role::debit, 90, "ausgaben"},
    {Role::debit, 90, "uitgaven"},
    {Role::debit, 88, "lastschrift", true},
    {Role::debit, 86, "сумма списания"},
    {Role::debit, 86, "по дебету"},
    {Role::debit, 80, "gross debit"},
    {Role::debit, 70, "withdrawal amount"},
    {Role::debit, 60, "дебет"},
    {Role::debit, 60, "расход"},

    {Role::credit, 95, "net credit"},
    {Role::credit, 92, "credit", true},
    {Role::credit, 92, "приход", true},
    {Role::credit, 92, "кредит", true},
    {Role::credit, 92, "haben", true},
    {Role::credit, 92, "bij", true},
    {Role::credit, 90, "credit amount"},
    {Role::credit, 90, "поступление"},
    {Role::credit, 90, "поступления"},
    {Role::credit, 90, "зачисление"},
    {Role::credit, 90, "доходы", true},
    {Role::credit, 90, "доход", true},
    {Role::credit, 90, "deposit", true},
    {Role::credit, 90, "deposits"},
    {Role::credit, 90, "paid in"},
    {Role::credit, 90, "money in"},
    {Role::credit, 90, "einnahmen"},
    {Role::credit, 90, "inkomsten"},
    {Role::credit, 88, "gutschrift", true},
    {Role::credit, 86, "сумма зачисления"},
    {Role::credit, 86, "по кредиту"},
    {Role::credit, 80, "gross credit"},
    {Role::credit, 70, "deposit amount"},
    {Role::credit, 60, "кредит"},
    {Role::credit, 60, "приход"},

    {Role::type, 95, "af bij"},
    {Role::type, 95, "creditdebet"},
    {Role::type, 95, "credit debit"},
    {Role::type, 95, "debit credit"},
    {Role::type, 95, "dr cr"},
    {Role::type, 95, "cr dr"},
    {Role::type, 95, "d c", true},
    {Role::type, 95, "soll haben"},
    {Role::type, 95, "приход расход"},
    {Role::type, 95, "доход расход"},
    {Role::type, 95, "дебет кредит"},
    {Role::type, 90, "direction", true},
    {Role::type, 90, "направление", true},
    {Role::type, 85, "type", true},
    {Role::type, 85, "тип", true},
    {Role::type, 85, "typ", true},
    {Role::type, 80, "transaction type"},
    {Role::type, 80, "тип операции"},
    {Role::type, 80, "вид операции"},
    {Role::type, 70, "indicator"},
    {Role::type, 60, "type"},

    {Role::category, 95, "category", true},
    {Role::category, 95, "категория"},
    {Role::category, 95, "kategorie"},
    {Role::category, 95, "categorie"},
    {Role::category, 92, "статья"},
    {Role::category, 92, "expenditure account code description"},
    {Role::category, 91, "expense type"},
    {Role::category, 90, "category family"},
    {Role::category, 90, "reporting category"},
    {Role::category, 90, "expenditure category"},
    {Role::category, 88, "category"},
    {Role::category, 86, "trans cac desc 1"},
    {Role::category, 84, "split", true},
    {Role::category, 82, "subj description"},
    {Role::category, 80, "detailed expenditure type"},
    {Role::category, 78, "cost element description"},
    {Role::category, 70, "expense area"},
    {Role::category, 65, "buchungstext"},
    {Role::category, 65, "mutatiesoort"},
    {Role::category, 60, "betaalwijze"},
    {Role::category, 58, "k symbol"},
    {Role::category, 56, "transaction type"},
    {Role::category, 56, "type", true},
    {Role::category, 59, "operation", true},
    {Role::category, 50, "тип операции"},
    {Role::category, 50, "вид операции"},
    {Role::category, 40, "department"},

    {Role::counterparty, 96, "counterparty"},
    {Role::counterparty, 96, "контрагент"},
    {Role::counterparty, 95, "supplier"},
    {Role::counterparty, 95, "supplier name"},
    {Role::counterparty, 95, "vendor name"},
    {Role::counterparty, 95, "merchant name"},
    {Role::counterparty, 95, "payee"},
    {Role::counterparty, 94, "поставщик"},
    {Role::counterparty, 94, "beguenstigter zahlungspflichtiger"},
    {Role::counterparty, 94, "begünstigter zahlungspflichtiger"},
    {Role::counterparty, 92, "tegenrekeninghouder"},
    {Role::counterparty, 92, "auftraggeber"},
    {Role::counterparty, 92, "empfänger"},
    {Role::counterparty, 92, "получатель"},
    {Role::counterparty, 90, "плательщик"},
    {Role::counterparty, 90, "merchant"},
    {Role::counterparty, 90, "vendor"},
    {Role::counterparty, 90, "customer"},
    {Role::counterparty, 90, "beneficiary"},
    {Role::counterparty, 88, "naam omschrijving"},
    {Role::counterparty, 80, "name", true},
    {Role::counterparty, 80, "naam"},
    {Role::counterparty, 60, "vendornum"},
    {Role::counterparty, 60, "to", true},
    {Role::counterparty, 50, "vendor id"},
    {Role::counterparty, 40, "from", true},

    {Role::description, 98, "назначение платежа"},
    {Role::description, 96, "verwendungszweck"},
    {Role::description, 95, "description", true},
    {Role::description, 95, "описание"},
    {Role::description, 95, "memo description"},
    {Role::description, 94, "mededelingen"},
    {Role::description, 94, "omschrijving", true},
    {Role::description, 92, "назначение"},
    {Role::description, 90, "основание"},
    {Role::description, 90, "item description"},
    {Role::description, 88, "memo"},
    {Role::description, 86, "details"},
    {Role::description, 86, "narrative"},
    {Role::description, 86, "комментарий"},
    {Role::description, 85, "note"},
    {Role::description, 84, "subject"},
    {Role::description, 82, "action", true},
    {Role::description, 80, "label"},
    {Role::description, 70, "text", true},
    {Role::description, 60, "description"},
    {Role::description, 50, "reference"},
    {Role::description, 62, "merchant reference"},
    {Role::description, 40, "invnum"},

    {Role::account, 95, "account number"},
    {Role::account, 95, "номер счета"},
    {Role::account, 95, "rekeningnummer"},
    {Role::account, 94, "rekening", true},
    {Role::account, 94, "account id"},
    {Role::account, 92, "account", true},
    {Role::account, 92, "konto"},
    {Role::account, 92, "kontonummer"},
    {Role::account, 92, "счет", true},
    {Role::account, 90, "account name"},
    {Role::account, 88, "номер карты счета договора"},
    {Role::account, 85, "company account"},
    {Role::account, 80, "iban", true},
    {Role::account, 75, "auftragskonto"},
    {Role::account, 70, "merchant account"},
    {Role::account, 66, "номер карты"},
    {Role::account, 66, "card number"},

    {Role::currency, 98, "валюта счета"},
    {Role::currency, 97, "валюта платежа"},
    {Role::currency, 96, "net currency"},
    {Role::currency, 95, "currency", true},
    {Role::currency, 95, "валюта", true},
    {Role::currency, 95, "valutacode"},
    {Role::currency, 95, "währung"},
    {Role::currency, 95, "waehrung"},
    {Role::currency, 95, "munt", true},
    {Role::currency, 92, "ccy"},
    {Role::currency, 90, "transaction currency"},
    {Role::currency, 85, "original cur"},
    {Role::currency, 80, "валюта операции"},
    {Role::currency, 80, "currency"},
    {Role::currency, 78, "валюта"},
    {Role::currency, 70, "gross currency"},

    {Role::balance, 96, "running balance"},
    {Role::balance, 95, "balance", true},
    {Role::balance, 95, "current balance"},
    {Role::balance, 95, "остаток"},
    {Role::balance, 95, "баланс", true},
    {Role::balance, 95, "saldo"},
    {Role::balance, 95, "сальдо"},
    {Role::balance, 95, "kontostand"},
    {Role::balance, 80, "balance"},

    {Role::status, 95, "status"},
    {Role::status, 95, "статус"},
    {Role::status, 95, "state"},
    {Role::status, 95, "состояние"},

    {Role::fee, 90, "fee", true},
    {Role::fee, 90, "комиссия", true},
};

bool contains_words(std::string_view text, std::string_view words) {
    for (std::size_t at = text.find(words); at != std::string_view::npos; at = text.find(words, at + 1)) {
        const std::size_t end = at + words.size();
        if ((at == 0 || text[at - 1] == ' ') && (end == text.size() || text[end] == ' ')) return true;
    }
    return false;
}

template <std::size_t N>
bool has_any(std::string_view text, const std::string_view (&words)[N]) {
    return std::any_of(words, words + N, [&](std::string_view word) { return contains_words(text, word); });
}

template <std::size_t N>
bool begins_with_any(std::string_view text, const std::string_view (&words)[N]) {
    return std::any_of(words, words + N, [&](std::string_view word) {
        return text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
    });
}

}  // namespace

int header_score(std::string_view header, Role role) {
    int best = 0;
    for (const auto& word : header_words) {
        if (word.role != role || word.score <= best) continue;
        if (header == word.text)
            best = word.score;
        else if (!word.whole && contains_words(header, word.text))
            best = std::max(best, word.score - 3);
    }
    if (best > 0 && (role == Role::amount || role == Role::debit || role == Role::credit) && is_side_amount(header))
        return 0;
    static constexpr std::string_view no_names[] = {
        "address",           "merchant account", "merchant reference", "contact",
        "merchant category", "category",         "supplier invoice",   "type"};
    if (role == Role::counterparty && has_any(header, no_names)) return 0;
    // "Credit/Debit", "Приход/Расход" name a direction, not a column of sums.
    if ((role == Role::debit || role == Role::credit) && header_score(header, Role::type) >= 95) return 0;
    return best;
}

bool is_side_amount(std::string_view header) {
    static constexpr std::string_view words[] = {
        "fee", "fees",     "commission",  "tax",        "vat",      "price", "interest", "cashback", "кэшбэк", "бонусы",
        "ндс", "комиссия", "округлением", "округление", "quantity", "rate",  "markup",   "btw",      "mwst"};
    return has_any(header, words);
}

bool names_spending(std::string_view header) {
    static constexpr std::string_view words[] = {
        "supplier", "supplier name", "vendor",   "vendor name", "vendornum", "vendor id", "spend",      "invoice",
        "merchant", "expense",       "expenses", "expenditure", "поставщик", "lieferant", "leverancier"};
    return has_any(header, words) && !contains_words(header, "merchant account") &&
           !contains_words(header, "merchant reference") && !contains_words(header, "invoice number");
}

bool names_sales(std::string_view header) {
    static constexpr std::string_view words[] = {"customer", "customer name", "client", "buyer", "sales",
                                                 "sold",     "покупатель",    "клиент", "kunde", "klant"};
    return has_any(header, words);
}

bool is_not_english(std::string_view header) {
    static constexpr std::string_view words[] = {"datum",       "bedrag",           "betrag",        "omschrijving",
                                                 "buchungstag", "rekening",         "währung",       "valutadatum",
                                                 "boekdatum",   "verwendungszweck", "buchungsdatum", "saldo",
                                                 "libellé",     "montant",          "date opération"};
    return has_any(header, words) ||
           std::any_of(header.begin(), header.end(), [](char c) { return c == '\xD0' || c == '\xD1'; });
}

int direction(std::string_view value) {
    static constexpr std::string_view in[] = {"credit",     "c",          "cr",      "bij",        "income",
                                              "in",         "deposit",    "кредит",  "приход",     "поступление",
                                              "доход",      "h",          "haben",   "gutschrift", "inkomsten",
                                              "зачисление", "пополнение", "revenue", "inflow",     "received"};
    static constexpr std::string_view out[] = {
        "debit",    "d", "dr",   "debet",       "af",       "expense", "out",   "withdrawal", "дебет",   "расход",
        "списание", "s", "soll", "lastschrift", "uitgaven", "outflow", "spent", "expenses",   "расходы", "оплата"};
    if (begins_with_any(value, in)) return 1;
    if (begins_with_any(value, out)) return -1;
    return 0;
}

bool is_void_status(std::string_view value) {
    static constexpr std::string_view words[] = {
        "failed",      "failure",        "pending",      "reverted",   "cancelled",  "canceled",    "declined",
        "rejected",    "denied",         "voided",       "void",       "expired",    "processing",  "in progress",
        "hold",        "on hold",        "held",         "incomplete", "fail",       "в обработке", "отменен",
        "отменена",    "отменено",       "отклонен",     "отклонена",  "отклонено",  "отказ",       "неуспешно",
        "не исполнен", "не исполнено",   "не выполнено", "ожидает",    "ожидание",   "ошибка",      "заблокировано",
        "в ожидании",  "in behandeling", "geannuleerd",  "mislukt",    "vorgemerkt", "ausstehend",  "storniert",
        "abgelehnt"};
    return begins_with_any(value, words);
}

bool is_hold(std::string_view value) {
    static constexpr std::string_view words[] = {"payment hold",
                                                 "payment release",
                                                 "account hold",
                                                 "general hold",
                                                 "general authorization",
                                                 "authorization",
                                                 "hold on available balance",
                                                 "reversal of general account hold",
                                                 "memo"};
    return begins_with_any(value, words);
}

namespace {

// Beginnings as they stand in files; a fold of every text would cost more than the rest of the import.
constexpr std::string_view opening_words[] = {
    "beginning balance", "opening balance",   "balance at start", "balance brought forward",
    "starting balance",  "anfangssaldo",      "beginsaldo",       "входящий остаток",
    "начальный остаток", "остаток на начало", "сальдо на начало"};
constexpr std::string_view total_words[] = {"total",
                                            "grand total",
                                            "totals",
                                            "subtotal",
                                            "sub total",
                                            "sum",
                                            "ending balance",
                                            "closing balance",
                                            "balance at end",
                                            "final balance",
                                            "totaal",
                                            "gesamt",
                                            "gesamtsumme",
                                            "summe",
                                            "endsaldo",
                                            "eindsaldo",
                                            "итого",
                                            "всего",
                                            "итого по",
                                            "всего по",
                                            "исходящий остаток",
                                            "конечный остаток",
                                            "остаток на конец",
                                            "сальдо на конец",
                                            "оборот",
                                            "обороты"};

bool may_begin_total(std::string_view text) {
    if (text.empty()) return false;
    switch (text.front()) {
        case 'T':
        case 't':
        case 'G':
        case 'g':
        case 'S':
        case 's':
        case 'B':
        case 'b':
        case 'O':
        case 'o':
        case 'E':
        case 'e':
        case 'C':
        case 'c':
        case 'F':
        case 'f':
        case 'A':
        case 'a':
        case '\xD0':
        case '\xD1':
        case '*': return true;
        default: return false;
    }
}

template <std::size_t N>
bool whole_or_total_for(std::string_view text, const std::string_view (&words)[N]) {
    for (const std::string_view word : words) {
        if (text == word) return true;
        if (!text.starts_with(word)) continue;
        const std::string_view rest = text.substr(word.size());
        if (rest.starts_with(" for ") || rest.starts_with(" of ") || rest.starts_with(" as of") ||
            rest.starts_with(" за ") || rest.starts_with(" на ") || rest.starts_with(" по ") ||
            rest.starts_with(" amount") || rest.starts_with(" per ") || rest.starts_with(" on "))
            return true;
    }
    return false;
}

}  // namespace

// Most texts differ in their first letters already, and folding every text of a file would be felt.
static bool begins_like_total(std::string_view text) {
    if (text.size() < 3 || static_cast<unsigned char>(text.front()) >= 0x80 || text.front() == '*') return true;
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    const char begin[3] = {lower(text[0]), lower(text[1]), lower(text[2])};
    static constexpr std::string_view begins = "tot gra sub sum end clo bal fin ges ein beg ope sta anf";
    return begins.find(std::string_view(begin, 3)) != std::string_view::npos;
}

bool is_opening(std::string_view text) {
    text = trimmed(text);
    if (text.size() > 120 || !may_begin_total(text) || !begins_like_total(text)) return false;
    return whole_or_total_for(folded(text), opening_words);
}

bool is_total(std::string_view text) {
    text = trimmed(text);
    if (text.size() > 120 || !may_begin_total(text) || !begins_like_total(text)) return false;
    const std::string low = folded(text);
    return whole_or_total_for(low, total_words) || whole_or_total_for(low, opening_words);
}

std::string currency_code(std::string_view text) {
    text = trimmed(text);
    if (text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        return text == "RUR" ? "RUB" : std::string(text);
    if (text.empty()) return {};
    if (text == "643" || text == "810") return "RUB";  // ISO 4217 and the ruble's code in account numbers
    if (text == "840") return "USD";
    if (text == "978") return "EUR";
    // The signs amounts may carry are the signs a currency column may carry.
    if (const auto amount = parse_amount(std::string("1 ") += text, {'.', {}}); amount && !amount->currency.empty())
        return std::string(amount->currency);
    std::string upper;
    for (const char c : cleaned(text)) upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return upper == "RUR" ? "RUB" : clipped(upper, 16);
}

std::string header_currency(std::string_view header) {
    std::string word;
    for (std::size_t at = 0; at <= header.size(); ++at) {
        const char c = at < header.size() ? header[at] : ' ';
        if (c != ' ' && c != '(' && c != ')' && c != ',' && c != '[' && c != ']' && c != '/') {
            word += c;
            continue;
        }
        if (!word.empty() && word.size() <= 8)
            if (const auto amount = parse_amount("1 " + word, {'.', {}}); amount && !amount->currency.empty())
                return std::string(amount->currency);
        word.clear();
    }
    return {};
}

std::string_view role_name(Role role) {
    static constexpr std::string_view names[] = {"none",     "date",     "amount",       "debit",       "credit",
                                                 "type",     "category", "counterparty", "description", "account",
                                                 "currency", "balance",  "status",       "fee",         "group"};
    return names[static_cast<std::size_t>(role)];
}

}  // namespace fin::importer
