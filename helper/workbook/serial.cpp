#include "workbook/serial.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "ledger/calendar.hpp"

namespace fin::helper {

namespace {

constexpr double last_serial = 2'958'465;  // 9999-12-31

void append_time(std::string& out, int seconds) {
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    out += text;
}

}  // namespace

Shown shown_by_builtin(unsigned id) {
    if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47) || (id >= 32 && id <= 35)) return Shown::time;
    if ((id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return Shown::date;
    return Shown::number;
}

Shown shown_by(std::string_view code) {
    bool day = false, month = false, time = false;
    for (std::size_t at = 0; at < code.size(); ++at) {
        switch (code[at]) {
            case '"': at = std::min(code.find('"', at + 1), code.size()); break;
            case '\\':
            case '_':
            case '*': ++at; break;
            case '[': {
                const std::size_t close = std::min(code.find(']', at), code.size());
                const std::string_view inside = code.substr(at + 1, close - at - 1);
                // [h], [mm], [ss] count time on; all else in brackets is colour, currency, condition.
                if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos) time = true;
                at = close;
                break;
            }
            case ';': at = code.size(); break;  // what is behind is for negative numbers, zero and text
            case 'y':
            case 'Y':
            case 'd':
            case 'D': day = true; break;
            case 'm':
            case 'M': month = true; break;
            case 'h':
            case 'H':
            case 's':
            case 'S': time = true; break;
            case 'G':
            case 'g': at += code.substr(at + 1).starts_with("eneral") ? 6 : 0; break;
            default: break;
        }
    }
    return day || (month && !time) ? Shown::date : time ? Shown::time : Shown::number;
}

void append_number(std::string& out, double value, char decimal) {
    char text[32];
    if (value == 0 || !std::isfinite(value) || std::fabs(value) < 1e-9) {
        out += '0';
        return;
    }
    // d.dddddddddddddde±xx: 15 digits, which is what sheets keep.
    const auto end = std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific, 14).ptr;
    int exponent = 0;
    const char* mark = end;
    while (*--mark != 'e') continue;
    std::from_chars(mark[1] == '+' ? mark + 2 : mark + 1, end, exponent);
    char digits[16] = {text[0]};
    int count = 1;
    for (const char* c = text + 2; c < mark; ++c) digits[count++] = *c;
    while (count > 1 && digits[count - 1] == '0') --count;
    if (value < 0) out += '-';
    if (exponent < 0) out += '0';
    for (int i = 0; i <= exponent; ++i) out += i < count ? digits[i] : '0';
    const int first = exponent + 1, decimals = count - first;
    if (decimals <= 0) return;
    out += decimal;
    for (int i = first; i < 0; ++i) out += '0';
    out.append(digits + std::max(first, 0), static_cast<std::size_t>(count - std::max(first, 0)));
    if (decimals == 3) out += '0';
}

bool append_date(std::string& out, double serial, bool since_1904, Shown shown) {
    if (!(serial >= 0 && serial <= last_serial)) return false;
    auto day = static_cast<int>(serial);
    int seconds = static_cast<int>(std::lround((serial - day) * 86'400));
    if (seconds == 86'400) ++day, seconds = 0;
    if (day == 0 && shown == Shown::time) {
        append_time(out, seconds);
        return true;
    }
    if (!since_1904 && day == 60) {
        out += "1900-02-29";  // a day that sheets have and the calendar has not
    } else {
        // Serial 1 is 1900-01-01; from 61 on the day too many is taken off. In the other system serial 0 is 1904-01-01.
        const ledger::Day base = since_1904 ? ledger::day_of(1904, 1, 1)
                                 : day < 60 ? ledger::day_of(1899, 12, 31)
                                            : ledger::day_of(1899, 12, 30);
        out += ledger::date_text(base + day);
    }
    if (seconds != 0) {
        out += ' ';
        append_time(out, seconds);
    }
    return true;
}

}  // namespace fin::helper
