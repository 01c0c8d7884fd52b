#include "handlers/mail_source.hpp"

#include "handlers/payload.hpp"
#include "identity.hpp"
#include "spi.hpp"

#include "datum.hpp"

namespace fin::workers {

namespace {

constexpr std::size_t largest_attachments = std::size_t{20} << 20;  // what common mail servers take, less base64

}  // namespace

StoredMessage load_message(const Context& context, const std::string& id) {
    StoredMessage message;
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT m.address, m.recipient, m.language, m.workspace, m.severity, m.title, m.body, "
            "array_to_string(m.files, ' '), "
            "extract(epoch FROM m.created_at)::float8, (m.mailed_at IS NOT NULL)::text FROM "
            "fin.notification_for_mail($1::uuid, $2::uuid) m",
            {pg::text_param(context.job().workspace_id), pg::text_param(id)});
        if (rows.empty()) return;
        message.address = rows.text(0, 1);
        message.recipient = rows.text(0, 2);
        message.language = rows.text(0, 3);
        message.workspace = rows.text(0, 4);
        message.severity = rows.text(0, 5);
        message.title = rows.text(0, 6);
        message.body = rows.text(0, 7);
        const std::string files = rows.text(0, 8);
        for (std::size_t at = 0; at < files.size(); at += 37) message.files.push_back(files.substr(at, 36));
        message.created_at = static_cast<std::int64_t>(rows.number(0, 9).value_or(0));
        message.mailed = rows.text(0, 10) == "true";
    });
    return message;
}

std::vector<mail::Attachment> load_attachments(const Context& context, const std::vector<std::string>& files) {
    std::vector<mail::Attachment> attachments;
    std::size_t size = 0;
    for (const std::string& file : files) {
        mail::Attachment attachment;
        bool here = true;
        context.sql([&](pg::Session& session) {
            // One that lies in a bucket is fetched by a job of its own; the mail is tried again meanwhile.
            here = session.run("SELECT fin.is_here($1::uuid)::text", {pg::text_param(file)}).text(0, 1) == "true";
            if (here) return;
            session.run("SELECT " + extension_schema() +
                            ".fin_file_fetch(f.id) FROM fin.files f WHERE f.id = $1::uuid "
                            "AND f.storage IS NOT NULL",
                        {pg::text_param(file)});
        });
        if (!here) throw std::runtime_error("file " + file + " of the message is not here yet");
        context.sql([&](pg::Session& session) {
            const auto rows = session.run(
                "SELECT f.filename, f.media_type, fin.file_get(f.id) FROM fin.files f WHERE f.id = $1::uuid",
                {pg::text_param(file)});
            if (rows.empty()) return;
            attachment.filename = rows.text(0, 1);
            attachment.media_type = rows.text(0, 2);
            attachment.content = pg::bytes_of(*rows.cell(0, 3));
        });
        if (attachment.filename.empty()) throw BadPayload("file " + file + " of the message is gone");
        size += attachment.content.size();
        if (size > largest_attachments) throw BadPayload("the files of the message have more than 20 MB");
        if (attachment.media_type.empty()) attachment.media_type = "application/octet-stream";
        attachments.push_back(std::move(attachment));
    }
    return attachments;
}

void note_mailed(const Context& context, const std::string& id) {
    context.worker_sql([&](pg::Session& session) {
        session.run("SELECT fin.notification_mailed($1::uuid, $2::uuid)",
                    {pg::text_param(context.job().workspace_id), pg::text_param(id)});
    });
}

}  // namespace fin::workers
