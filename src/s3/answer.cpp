#include "s3/answer.hpp"

#include <charconv>

#include "error.hpp"
#include "s3/xml.hpp"

namespace fin::s3 {

namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::bad_data, why); }

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Keys come encoded where they were asked for so: a key may hold what XML cannot.
std::string decoded(std::string_view text, bool is_url) {
    if (!is_url) return std::string(text);
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 && digit_of(text[i + 2]) >= 0) {
            plain += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return plain;
}

Element document_called(std::string_view body, const char* name) {
    Element root = parse_xml(body);
    if (root.name == "Error") refuse("S3 answered with " + std::string(root.text_of("Code")));
    if (root.name != name) refuse(std::string("S3 answered with no ") + name);
    return root;
}

bool is_true(std::string_view text) { return text == "true"; }

}  // namespace

std::optional<Refusal> refusal_in(std::string_view body) {
    if (body.find("<Error") == std::string_view::npos) return std::nullopt;
    try {
        const Element root = parse_xml(body);
        if (root.name != "Error") return std::nullopt;
        return Refusal{std::string(root.text_of("Code").substr(0, 100)),
                       std::string(root.text_of("Message").substr(0, 500))};
    } catch (const Error&) {
        return std::nullopt;
    }
}

bool passes_by_itself(std::string_view code) {
    for (const char* const known :
         {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted", "BadDigest",
          "RequestTimeTooSkewed", "Busy", "ThrottlingException", "Throttling"})
        if (code == known) return true;
    return false;
}

ObjectPage parse_objects(std::string_view body) {
    const Element root = document_called(body, "ListBucketResult");
    const bool is_url = root.text_of("EncodingType") == "url";
    ObjectPage page;
    for (const Element& one : root.children) {
        if (one.name != "Contents") continue;
        Object object;
        object.key = decoded(one.text_of("Key"), is_url);
        object.modified = one.text_of("LastModified");
        const std::string_view size = one.text_of("Size");
        const auto read = std::from_chars(size.data(), size.data() + size.size(), object.size);
        if (object.key.empty() || read.ec != std::errc() || object.size < 0)
            refuse("S3 listed an object without key or size");
        // What is missing is found by the gaps: a list out of order would show gaps that are none.
        if (!page.objects.empty() && object.key <= page.objects.back().key) refuse("S3 listed objects out of order");
        page.objects.push_back(std::move(object));
    }
    if (is_true(root.text_of("IsTruncated"))) {
        page.next = root.text_of("NextContinuationToken");
        if (page.next.empty()) refuse("S3 broke a list off without saying where it goes on");
    }
    return page;
}

UploadPage parse_uploads(std::string_view body) {
    const Element root = document_called(body, "ListMultipartUploadsResult");
    const bool is_url = root.text_of("EncodingType") == "url";
    UploadPage page;
    for (const Element& one : root.children) {
        if (one.name != "Upload") continue;
        Upload upload{decoded(one.text_of("Key"), is_url), std::string(one.text_of("UploadId")),
                      std::string(one.text_of("Initiated"))};
        if (upload.key.empty() || upload.id.empty()) refuse("S3 listed an upload without key or id");
        page.uploads.push_back(std::move(upload));
    }
    if (is_true(root.text_of("IsTruncated"))) {
        page.next_key = decoded(root.text_of("NextKeyMarker"), is_url);
        page.next_id = root.text_of("NextUploadIdMarker");
        if (page.next_key.empty()) refuse("S3 broke a list off without saying where it goes on");
    }
    return page;
}

std::string parse_upload_id(std::string_view body) {
    const Element root = document_called(body, "InitiateMultipartUploadResult");
    std::string id(root.text_of("UploadId"));
    if (id.empty() || id.size() > 1024) refuse("S3 began an upload without an id");
    return id;
}

std::string completion_of(const std::vector<Part>& parts) {
    std::string body = R"(<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)";
    for (const Part& part : parts) {
        body.append("<Part><PartNumber>").append(std::to_string(part.number)).append("</PartNumber><ETag>");
        body.append(xml_escape(part.etag)).append("</ETag><ChecksumSHA256>").append(xml_escape(part.checksum));
        body.append("</ChecksumSHA256></Part>");
    }
    return body + "</CompleteMultipartUpload>";
}

std::string lifecycle_of(const std::vector<int>& days, const std::string& prefix, std::string_view present) {
    std::string body = R"(<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)";
    // Putting a configuration replaces all of it: what others have put there is copied as it stands.
    if (!present.empty()) {
        (void)document_called(present, "LifecycleConfiguration");
        for (std::size_t at = 0; (at = present.find("<Rule>", at)) != std::string_view::npos;) {
            const auto end = present.find("</Rule>", at);
            if (end == std::string_view::npos) refuse("S3 answered with a rule that breaks off");
            const std::string_view rule = present.substr(at, end + 7 - at);
            if (rule.find("<ID>pg_fin-") == std::string_view::npos) body += rule;
            at = end + 7;
        }
    }
    for (const int one : days) {
        const std::string number = std::to_string(one);
        body.append("<Rule><ID>pg_fin-")
            .append(number)
            .append("-days</ID><Filter><And><Prefix>")
            .append(xml_escape(prefix));
        body.append("</Prefix><Tag><Key>fin_days</Key><Value>").append(number);
        body.append("</Value></Tag></And></Filter><Status>Enabled</Status><Expiration><Days>").append(number);
        body.append("</Days></Expiration></Rule>");
    }
    body += "<Rule><ID>pg_fin-unfinished</ID><Filter><Prefix>" + xml_escape(prefix) +
            "</Prefix></Filter><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1"
            "</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>";
    return body + "</LifecycleConfiguration>";
}

}  // namespace fin::s3
