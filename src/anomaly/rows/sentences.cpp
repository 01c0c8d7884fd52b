#include "anomaly/rows/sentences.hpp"

#include <cmath>

namespace fin::anomaly {

namespace {

// Shortens what a bank may have written over half a page.
std::string shortened(std::string_view text) {
    constexpr std::size_t most = 120;
    if (text.size() <= most) return std::string(text);
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
    return std::string(text.substr(0, end)) + "…";
}

// The parts that sentences are made of.
struct Parts {
    const History& history;
    const Suspect& suspect;
    Language language;

    bool ru() const { return language == Language::ru; }
    std::string money(double size) const { return money_text(size, history.ledger.currency, language); }
    std::string found() const { return money(history.size(suspect.row)); }
    std::string day(Index row) const { return day_text(history.day(row), language); }
    std::string quoted(std::string_view text) const {
        return ru() ? "«" + shortened(text) + "»" : "“" + shortened(text) + "”";
    }
    std::string category(ledger::Code code) const {
        if (code == ledger::no_code) return ru() ? "строках без категории" : "rows without category";
        return quoted(history.ledger.categories.text(code));
    }
    std::string category() const { return category(history.ledger.category[suspect.row]); }
    // Whose habit was asked: the counterparty's, or the category's where it has none.
    std::string measured_by() const {
        if (!suspect.by_category && history.ledger.counterparty[suspect.row] != ledger::no_code) return party();
        if (ru()) return "в " + category();
        return history.ledger.category[suspect.row] == ledger::no_code ? "the rows without category"
                                                                       : "the category " + category();
    }
    std::string party() const {
        const auto code = history.ledger.counterparty[suspect.row];
        if (code == ledger::no_code) return ru() ? "без контрагента" : "no counterparty";
        return quoted(history.ledger.counterparties.text(code));
    }
    bool inflow() const { return history.inflow(suspect.row); }
    std::string count() const { return std::to_string(suspect.count); }
    // "по 1 другой строке", "по 42 другим строкам".
    std::string by_others_ru(int number) const {
        return "по " + std::to_string(number) + " " +
               std::string(form_ru(number, "другой строке", "другим строкам", "другим строкам"));
    }
};

std::string duplicate(const Parts& parts) {
    const std::string first = parts.day(*parts.suspect.other), second = parts.day(parts.suspect.row);
    if (parts.ru())
        return "Ожидалась одна сумма " + parts.found() + " (" + parts.party() + ", " + first + "), но " + second +
               " проведена ещё одна такая же: равных сумм в пределах 4 дней у этого контрагента обычно нет.";
    return "One amount of " + parts.found() + " (" + parts.party() + ", " + first + ") was expected, but on " + second +
           " the same was booked again: this counterparty has no habit of equal amounts within 4 days.";
}

std::string amount_outlier(const Parts& parts) {
    const long long factor = std::llround(parts.history.size(parts.suspect.row) / parts.suspect.level);
    const std::string times = std::to_string(factor);
    const std::string where = parts.measured_by();
    if (parts.ru())
        return "Обычная сумма (" + where + ") — около " + parts.money(parts.suspect.level) + ", " +
               parts.by_others_ru(parts.suspect.count) + "; проведено " + parts.found() + ", в " + times + " " +
               std::string(form_ru(static_cast<int>(factor % 100), "раз", "раза", "раз")) + " больше.";
    return "About " + parts.money(parts.suspect.level) + " is usual for " + where + " (" + parts.count() +
           " other rows); " + parts.found() + " was booked, " + times + " times as much.";
}

std::string sign_error(const Parts& parts) {
    const std::string where = parts.measured_by();
    if (parts.ru())
        return std::string("Ожидалось ") + (parts.inflow() ? "списание" : "поступление") + ": так проведены " +
               parts.count() + " из " + std::to_string(parts.suspect.of) + " других строк (" + where + "); найдено " +
               (parts.inflow() ? "поступление " : "списание ") + parts.found() +
               ", и равного обратного платежа за 90 дней нет.";
    return std::string("Money ") + (parts.inflow() ? "out" : "in") + " was expected, as in " + parts.count() + " of " +
           std::to_string(parts.suspect.of) + " other rows of " + where + "; " + parts.found() + " came " +
           (parts.inflow() ? "in" : "out") + ", and it is no refund: nothing equal and opposite within 90 days.";
}

std::string split_payment(const Parts& parts) {
    const std::string first = parts.day(*parts.suspect.other), limit = parts.money(parts.suspect.level);
    if (parts.ru()) {
        const std::string payments(form_ru(parts.suspect.count, "платёж", "платежа", "платежей"));
        return "Ожидался один платёж на " + parts.money(parts.suspect.at_stake) + " (" + parts.party() + "); с " +
               first + " в пределах 4 дней проведено " + parts.count() + " " + payments + ", каждый чуть ниже порога " +
               limit + ", чего у этого контрагента больше не бывает.";
    }
    return "One payment of " + parts.money(parts.suspect.at_stake) + " to " + parts.party() +
           " would have been usual; from " + first + " on, " + parts.count() +
           " were made within 4 days, each just under " + limit + ", as at no other time.";
}

std::string new_counterparty(const Parts& parts) {
    const double share = parts.history.size(parts.suspect.row) / parts.history.month * 100;
    const std::string percent = std::to_string(std::llround(share)) + "\u00a0%";
    const bool known = parts.suspect.level > 0;
    if (parts.ru())
        return "Первый платёж контрагенту " + parts.party() + ", и больше таких не было: " + parts.found() + ", это " +
               percent + " расходов обычного месяца" +
               (known ? "; обычная сумма в " + parts.category() + " — около " + parts.money(parts.suspect.level) : "") +
               ".";
    return "A first payment to " + parts.party() + ", and none of its size since: " + parts.found() + ", " + percent +
           " of a usual month's expenses" +
           (known ? "; about " + parts.money(parts.suspect.level) + " is usual in " + parts.category() : "") + ".";
}

std::string miscategorized(const Parts& parts) {
    const std::string home = parts.category(parts.suspect.home);
    if (parts.ru())
        return "Ожидалась категория " + home + ", как в " + parts.count() + " из " + std::to_string(parts.suspect.of) +
               " других строк (" + parts.party() + "); сумма " + parts.found() + " проведена в " + parts.category() +
               ", где этого контрагента обычно нет.";
    return "The category " + home + " was expected, as in " + parts.count() + " of " +
           std::to_string(parts.suspect.of) + " other rows of " + parts.party() + "; " + parts.found() +
           " was booked under " + parts.category() + ", which is not usual for it.";
}

std::string round_amount(const Parts& parts) {
    if (parts.ru())
        return "Круглая сумма " + parts.found() + " (" + parts.party() + "): в этой книге таких лишь " + parts.count() +
               " из " + std::to_string(parts.suspect.of) + " других, ожидалась сумма с точностью до копеек.";
    return "A round sum of " + parts.found() + " (" + parts.party() + "): only " + parts.count() + " of " +
           std::to_string(parts.suspect.of) + " other rows of this ledger are round; an exact amount was expected.";
}

std::string off_calendar(const Parts& parts) {
    const std::string on(weekday_text(parts.history.day(parts.suspect.row), parts.language));
    if (parts.ru())
        return "Сумма " + parts.found() + " (" + parts.party() + ") проведена в " + on + "; ожидался будний день: в " +
               parts.category() + " на выходные приходится " + parts.count() + " из " +
               std::to_string(parts.suspect.of) + " других строк.";
    return parts.found() + " (" + parts.party() + ") was booked on a " + on +
           "; a weekday was expected: " + parts.count() + " of " + std::to_string(parts.suspect.of) +
           " other rows of " + parts.category() + " fall on a weekend.";
}

}  // namespace

std::string sentence(const History& history, const Suspect& suspect, Language language) {
    const Parts parts{history, suspect, language};
    switch (suspect.kind) {
        case Kind::duplicate: return duplicate(parts);
        case Kind::amount_outlier: return amount_outlier(parts);
        case Kind::sign_error: return sign_error(parts);
        case Kind::split_payment: return split_payment(parts);
        case Kind::new_counterparty: return new_counterparty(parts);
        case Kind::miscategorized: return miscategorized(parts);
        case Kind::round_amount: return round_amount(parts);
        case Kind::off_calendar: return off_calendar(parts);
        default: return {};
    }
}

}  // namespace fin::anomaly
