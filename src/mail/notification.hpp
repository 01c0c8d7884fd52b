// What a message of fin.notifications looks like as a mail: subject, text and HTML in English or Russian.
#pragma once
#include <string>
#include <string_view>

namespace fin::mail {

struct Notification {
    std::string language;   // ru; everything else is English
    std::string recipient;  // may be empty
    std::string workspace;
    std::string severity;  // low, medium, high, critical
    std::string title, body;
};

struct Wording {
    std::string subject, text, html;
};

// Title and body are shown as they are: nothing in them is taken for HTML, and a title of several lines becomes one.
Wording wording_of(const Notification& notification);

}  // namespace fin::mail
