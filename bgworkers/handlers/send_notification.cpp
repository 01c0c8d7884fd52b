#include <nlohmann/json.hpp>

#include "error.hpp"
#include "handlers.hpp"
#include "handlers/connection.hpp"
#include "handlers/mail_source.hpp"
#include "handlers/payload.hpp"
#include "http/client.hpp"
#include "http/outcome.hpp"
#include "http/settings.hpp"
#include "mail/mime.hpp"
#include "mail/notification.hpp"

namespace fin::workers {

namespace {

// settings of the connection or its provider: {"from": "reports@example.com", "from_name": "...", "username": "..."}
std::string setting(const nlohmann::json& settings, const char* key) {
    const auto found = settings.find(key);
    return found != settings.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void address(Letter& letter, const Connection& connection, mail::Message& message) {
    const nlohmann::json settings = nlohmann::json::parse(connection.settings);
    message.from = {setting(settings, "from_name"), setting(settings, "from")};
    if (message.from.address.empty()) throw BadPayload("provider " + connection.provider + " has no setting from");
    letter.url = connection.base_url;
    letter.from = message.from.address;
    letter.username = setting(settings, "username");
    letter.password = connection.secret.text();
    if (letter.username.empty() != letter.password.empty())
        throw BadPayload("provider " + connection.provider + " needs a username and a secret, or neither");
}

void write(mail::Message& message, const StoredMessage& stored, const std::string& id) {
    const mail::Wording wording = mail::wording_of(
        {stored.language, stored.recipient, stored.workspace, stored.severity, stored.title, stored.body});
    message.to.push_back({stored.recipient, stored.address});
    message.subject = wording.subject;
    message.text = wording.text;
    message.html = wording.html;
    message.language = stored.language;
    message.date = stored.created_at;
    // The same in every attempt: a mail program that gets it twice shows it once.
    message.message_id = id + message.from.address.substr(message.from.address.find('@'));
}

}  // namespace

Task<Outcome> handle_send_notification(Context& context) {
    Letter letter;
    try {
        const Payload payload(context.job());
        const std::string id = payload.text("notification_id");
        const StoredMessage stored = load_message(context, id);
        if (stored.address.empty()) co_return Outcome::dead("the message is gone, or its member has no e-mail address");
        if (stored.mailed) co_return Outcome::succeeded(R"({"mailed": "before"})");
        const Connection connection = load_connection_of_kind(context, "smtp");
        mail::Message message;
        address(letter, connection, message);
        write(message, stored, id);
        message.attachments = load_attachments(context, stored.files);
        letter.to.push_back(stored.address);
        letter.content = mail::compose(message);
        message.attachments.clear();
        Task<Response> sending = client().send(letter);
        const Response response = co_await sending;
        if (!is_success(response)) co_return outcome_of(response, target_of(letter.url, true).origin);
        note_mailed(context, id);
        co_return Outcome::succeeded(R"({"mailed": "now"})");
    } catch (const BadPayload& error) {
        co_return Outcome::dead(error.what());
    } catch (const SqlError& error) {
        co_return outcome_of(error);
    } catch (const Error& error) {
        co_return error.code == ErrorCode::invalid_argument ? Outcome::dead(error.what())
                                                            : Outcome::failed(error.what());
    } catch (const std::runtime_error&) {
        co_return outcome_of_exception();
    }
}

}  // namespace fin::workers
