#include "mail/mime.hpp"

#include <gtest/gtest.h>

#include "error.hpp"
#include "mail/notification.hpp"

using namespace fin::mail;

namespace {

Message example() {
    Message message;
    message.from = {"Reports", "reports@example.org"};
    message.to = {{"", "anna@example.com"}};
    message.subject = "Runway";
    message.text = "Hello\n";
    message.html = "<p>Hello</p>\n";
    message.language = "en";
    message.date = 880106106;
    message.message_id = "1@example.org";
    return message;
}

// The header block, unfolded.
std::string headers_of(const std::string& mail) {
    std::string head = mail.substr(0, mail.find("\r\n\r\n") + 2);
    for (std::size_t at = 0; (at = head.find("\r\n ", at)) != std::string::npos;) head.replace(at, 3, " ");
    return head;
}

TEST(Mime, ComposesBothFormsOfTheText) {
    const std::string mail = compose(example());
    const std::string head = headers_of(mail);
    EXPECT_NE(head.find("Date: Fri, 21 Nov 1997 09:55:06 +0000\r\n"), std::string::npos);  // RFC 5322, A.1.1, in UTC
    EXPECT_NE(head.find("From: \"Reports\" <reports@example.org>\r\n"), std::string::npos);
    EXPECT_NE(head.find("To: anna@example.com\r\n"), std::string::npos);
    EXPECT_NE(head.find("Message-ID: <1@example.org>\r\n"), std::string::npos);
    EXPECT_NE(head.find("MIME-Version: 1.0\r\n"), std::string::npos);
    EXPECT_NE(head.find("Content-Type: multipart/alternative;"), std::string::npos);
    const auto text = mail.find("Content-Type: text/plain; charset=utf-8"),
               html = mail.find("Content-Type: text/html; charset=utf-8");
    ASSERT_NE(text, std::string::npos);
    ASSERT_NE(html, std::string::npos);
    EXPECT_LT(text, html);  // the best form comes last
    EXPECT_EQ(compose(example()), mail);
}

TEST(Mime, RefusesWhatWouldAddAHeader) {
    for (const std::string& evil : {std::string("x\r\nBcc: all@example.com"), std::string("x\ny"), std::string("x\ry"),
                                    std::string("x\0y", 3), std::string("\xff")}) {
        Message message = example();
        message.subject = evil;
        EXPECT_THROW((void)compose(message), fin::Error);
        message = example();
        message.from.name = evil;
        EXPECT_THROW((void)compose(message), fin::Error);
        message = example();
        message.to[0].name = evil;
        EXPECT_THROW((void)compose(message), fin::Error);
        message = example();
        message.to[0].address = evil + "@example.com";
        EXPECT_THROW((void)compose(message), fin::Error);
        message = example();
        message.message_id = evil;
        EXPECT_THROW((void)compose(message), fin::Error);
        message = example();
        message.attachments.push_back({evil, "text/csv", "x"});
        EXPECT_THROW((void)compose(message), fin::Error);
        message.attachments[0] = {"a.csv", "text/" + evil, "x"};
        EXPECT_THROW((void)compose(message), fin::Error);
    }
}

TEST(Mime, TakesOnlyPlainAddresses) {
    for (const char* good : {"a@b", "anna.b+c@mail.example.com", "o'neil@example.com"})
        EXPECT_NO_THROW(check_address(good)) << good;
    for (const char* bad : {"", "a", "@b", "a@", "a b@c", "a@b@c", "<a@b>", "a@b>", "\"a\"@b", ".a@b", "a..b@c", "a@b.",
                            "\xd0\xb0@b", "a@b c", "a,b@c"})
        EXPECT_THROW(check_address(bad), fin::Error) << bad;
}

// Made with Python: base64.b64encode(text.encode()).
TEST(Mime, EncodesHeadersInWholeCharacters) {
    EXPECT_EQ(encoded_words("plain"), "plain");
    EXPECT_EQ(encoded_words("\u041e\u0442\u0447\u0451\u0442"), "=?UTF-8?B?0J7RgtGH0ZHRgg==?=");
    EXPECT_EQ(encoded_words("=?UTF-8?B?eA==?="), "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=");
    std::string text;
    for (int i = 0; i < 60; ++i) text += "\u20ac";
    const std::string words = encoded_words(text);
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find("\r\n ", at), words.size());
        EXPECT_LE(end - at, 75u);
        // 14 characters of 3 bytes are 56 digits: no word ends inside a character.
        EXPECT_EQ((end - at - 12) % 4, 0u);
        at = end + 3;
    }
    EXPECT_EQ(words.substr(0, 72), "=?UTF-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?=\r\n =");
}

TEST(Mime, QuotesWhatIsNotPrintable) {
    EXPECT_EQ(quoted_printable("a=b\nc \nd\t"), "a=3Db\r\nc=20\r\nd=09");
    EXPECT_EQ(quoted_printable("\u0416\r\n"), "=D0=96\r\n");
    EXPECT_EQ(quoted_printable(std::string("\r\0", 2)), "=0D=00");
    const std::string folded = quoted_printable(std::string(200, 'x'));
    EXPECT_EQ(folded, std::string(75, 'x') + "=\r\n" + std::string(75, 'x') + "=\r\n" + std::string(50, 'x'));
    EXPECT_EQ(quoted_printable(std::string(74, 'x') + "="), std::string(74, 'x') + "=\r\n=3D");
}

// RFC 4648, 10.
TEST(Mime, WritesBase64InLines) {
    EXPECT_EQ(base64_lines(""), "");
    EXPECT_EQ(base64_lines("f"), "Zg==\r\n");
    EXPECT_EQ(base64_lines("fo"), "Zm8=\r\n");
    EXPECT_EQ(base64_lines("foobar"), "Zm9vYmFy\r\n");
    EXPECT_EQ(base64_lines(std::string(58, 'f')).find("\r\n"), 76u);
}

TEST(Mime, AttachesFilesWithNamesInAnyLanguage) {
    Message message = example();
    message.attachments = {{"a \"b\".csv", "text/csv", "x;y\n"},
                           {"\u041e\u0442\u0447\u0451\u0442.pdf", "application/pdf", "%PDF"}};
    const std::string mail = compose(message);
    EXPECT_NE(mail.find("multipart/mixed"), std::string::npos);
    EXPECT_NE(mail.find("filename=\"a \\\"b\\\".csv\""), std::string::npos);
    EXPECT_NE(mail.find("filename*0*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82.pdf"), std::string::npos);
    EXPECT_NE(mail.find("\r\n\r\neDt5Cg==\r\n"), std::string::npos);
    for (std::size_t at = 0; at < mail.size();) {
        const std::size_t end = mail.find("\r\n", at);
        ASSERT_NE(end, std::string::npos);
        EXPECT_LE(end - at, 200u);
        at = end + 2;
    }
    EXPECT_EQ(mail.find('\n', mail.find("\r\n") + 2) == std::string::npos, false);
}

TEST(Notification, SpeaksBothLanguagesAndTrustsNoText) {
    const Wording russian = wording_of({"ru", "\u0410\u043d\u043d\u0430", "W", "high", "T", "B"});
    EXPECT_NE(
        russian.text.find(
            "\u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435, \u0410\u043d\u043d\u0430!"),
        std::string::npos);
    EXPECT_NE(russian.html.find("<html lang=\"ru\">"), std::string::npos);
    const Wording english = wording_of({"en", "", "A & B", "critical", "<script>\r\nX: y", "1 < 2\n\"q\""});
    EXPECT_EQ(english.subject, "<script> X: y");
    EXPECT_EQ(english.html.find("<script>"), std::string::npos);
    EXPECT_NE(english.html.find("1 &lt; 2<br>\n&quot;q&quot;"), std::string::npos);
    EXPECT_NE(english.html.find("A &amp; B"), std::string::npos);
    EXPECT_NE(english.text.find("Severity: Critical"), std::string::npos);
    EXPECT_NE(english.text.find("1 < 2\n\"q\""), std::string::npos);
}

}  // namespace
