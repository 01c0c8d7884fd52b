// What a mail is made of, out of the database: the message, its member, files. One short transaction each.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "handler.hpp"
#include "mail/mime.hpp"

namespace fin::workers {

struct StoredMessage {
    std::string address;  // empty: nothing to send
    std::string recipient, language, workspace, severity, title, body;
    std::vector<std::string> files;
    std::int64_t created_at = 0;
    bool mailed = false;
};

StoredMessage load_message(const Context& context, const std::string& id);
// Read as whoever queued the job; at most 20 MB together, more throws BadPayload.
std::vector<mail::Attachment> load_attachments(const Context& context, const std::vector<std::string>& files);
void note_mailed(const Context& context, const std::string& id);

}  // namespace fin::workers
