#include "mail/notification.hpp"

namespace fin::mail {

namespace {

struct Words {
    const char *greeting, *greeting_nobody, *workspace, *severity, *closing;
    const char *low, *medium, *high, *critical;
};
constexpr Words english = {"Hello, ",
                           "Hello,",
                           "Workspace",
                           "Severity",
                           "You get this message as a member of the workspace. pg_fin sent it; replies are not read.",
                           "Low",
                           "Medium",
                           "High",
                           "Critical"};
constexpr Words russian = {
    "Здравствуйте, ",
    "Здравствуйте!",
    "Рабочее пространство",
    "Важность",
    "Вы получили это письмо как участник рабочего пространства. Его отправил pg_fin; ответы не читаются.",
    "низкая",
    "средняя",
    "высокая",
    "критическая"};

std::string escaped(std::string_view text, bool lines) {
    std::string result;
    for (const char c : text) {
        switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            case '\'': result += "&#39;"; break;
            case '\r': break;
            case '\n': result += lines ? "<br>\n" : " "; break;
            default: result += c;
        }
    }
    return result;
}

std::string one_line(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool blank = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        if (!blank)
            result += c;
        else if (!result.empty() && result.back() != ' ')
            result += ' ';
    }
    return result;
}

const char* word_of(const Words& words, std::string_view severity) {
    if (severity == "critical") return words.critical;
    if (severity == "high") return words.high;
    if (severity == "medium") return words.medium;
    return words.low;
}

}  // namespace

Wording wording_of(const Notification& n) {
    const Words& words = n.language == "ru" ? russian : english;
    const std::string name = one_line(n.recipient);
    const std::string greeting =
        name.empty() ? words.greeting_nobody : words.greeting + name + (n.language == "ru" ? "!" : ",");
    const std::string title = one_line(n.title), workspace = one_line(n.workspace);
    const std::string severity = word_of(words, n.severity);
    Wording wording;
    wording.subject = title;
    wording.text = greeting + "\n\n" + title + "\n\n" + (n.body.empty() ? "" : n.body + "\n\n") + words.severity +
                   ": " + severity + "\n" + words.workspace + ": " + workspace + "\n\n-- \n" + words.closing + "\n";
    wording.html = std::string("<!DOCTYPE html>\n<html lang=\"") + (n.language == "ru" ? "ru" : "en") +
                   "\"><head><meta charset=\"utf-8\"><title>" + escaped(title, false) + "</title></head>\n" +
                   "<body style=\"font-family: sans-serif; color: #222; max-width: 40em\">\n<p>" +
                   escaped(greeting, false) + "</p>\n<h1 style=\"font-size: 1.3em\">" + escaped(title, false) +
                   "</h1>\n" + (n.body.empty() ? "" : "<p>" + escaped(n.body, true) + "</p>\n") + "<p>" +
                   words.severity + ": <strong>" + severity + "</strong><br>\n" + words.workspace + ": " +
                   escaped(workspace, false) + "</p>\n<p style=\"color: #666; font-size: 0.9em\">" + words.closing +
                   "</p>\n</body></html>\n";
    return wording;
}

}  // namespace fin::mail
