#include "http/transfer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>

#include "outbound/address.hpp"

namespace fin::workers {

namespace {

constexpr std::size_t max_headers = 64 << 10;

bool has_line_break(const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}
bool is_token(const std::string& text) {
    static const std::string others = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string::npos;
    });
}

// Trying again may help: the network, a host that is down or overloaded.
bool is_worth_another(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_CONNECT:
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_AGAIN: return true;
        default: return false;
    }
}

}  // namespace

void Transfer::FreeList::operator()(curl_slist* list) const {
    for (curl_slist* one = list; one; one = one->next) OPENSSL_cleanse(one->data, std::strlen(one->data));
    curl_slist_free_all(list);
}

void Transfer::append(List& list, const std::string& line) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    (void)list.release();
    list.reset(longer);
}

template <class Value>
void Transfer::set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_, option, value);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    if (code != CURLE_OK) throw Refused(std::string("libcurl does not take an option: ") + curl_easy_strerror(code));
}

Transfer::Transfer(Scheduler& scheduler, Traffic& traffic, const Policy& policy, const Target& target)
    : done(scheduler),
      traffic_(traffic),
      target_(target),
      allow_private_(policy.allow_private),
      max_body_(policy.max_body),
      max_memory_(policy.max_memory),
      easy_(curl_easy_init()) {
    if (!easy_) throw std::bad_alloc();
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_SHARE, traffic.sessions);
    set(CURLOPT_ERRORBUFFER, words_);
    // Nothing of the server's environment counts: no proxy, no .netrc, no redirect.
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_OPENSOCKETFUNCTION, on_open);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_WRITEFUNCTION, on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_BUFFERSIZE, 4096L);  // a thousand of them are in flight
    set(CURLOPT_MAXAGE_CONN, 60L);  // an idle connection is not used after changes of the settings for longer than this
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    // With a folder of authorities libcurl reads them all again for every connection.
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    if (!policy.ca_file.empty()) set(CURLOPT_CAINFO, policy.ca_file.c_str());
}

Transfer::~Transfer() {
    if (added_) curl_multi_remove_handle(traffic_.multi, easy_);
    curl_easy_cleanup(easy_);
    traffic_.received -= held_;
}

void Transfer::set_times(double connect, double total) {
    set(CURLOPT_CONNECTTIMEOUT_MS, std::max(1L, static_cast<long>(std::min(connect, total) * 1000)));
    set(CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(total * 1000)));
}

void Transfer::prepare(const Request& request) {
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);  // a path that is part of a signature is sent as it was signed
    set_times(request.connect_timeout, request.timeout);
    max_body_ = std::min(max_body_, request.max_body);
    if (!is_token(request.method)) throw Refused("the method of a request is no word");
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (request.method == "HEAD")
        set(CURLOPT_NOBODY, 1L);
    else if (request.method == "GET" && request.body.empty())
        set(CURLOPT_HTTPGET, 1L);
    else {
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_POSTFIELDS, request.body.data());
        append(headers_, "Expect:");
        const bool typed = std::any_of(request.headers.begin(), request.headers.end(), [](const auto& entry) {
            return outbound::normal_host(entry.first) == "content-type";
        });
        if (!typed) append(headers_, "Content-Type:");  // libcurl would call it a form
    }
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || has_line_break(value)) throw Refused("a header of the request is not one line");
        std::string line = name;  // libcurl's way to say that a header is empty is a semicolon
        line += value.empty() ? ";" : ": ";
        line += value;
        append(headers_, line);
    }
    if (!request.idempotency_key.empty() && !reads) {
        if (has_line_break(request.idempotency_key)) throw Refused("the idempotency key is not one line");
        append(headers_, "Idempotency-Key: " + request.idempotency_key);
    }
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_USERAGENT, "pg_fin");
}

void Transfer::prepare(const Letter& letter) {
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_URL, letter.url.c_str());
    set_times(letter.connect_timeout, letter.timeout);
    set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));  // TRY would send in clear where STARTTLS is taken away
    if (!letter.username.empty()) {
        set(CURLOPT_USERNAME, letter.username.c_str());
        set(CURLOPT_PASSWORD, letter.password.c_str());
    }
    if (has_line_break(letter.from)) throw Refused("the sender's address is not one line");
    set(CURLOPT_MAIL_FROM, ("<" + letter.from + ">").c_str());
    for (const std::string& address : letter.to) {
        if (has_line_break(address)) throw Refused("an address is not one line");
        append(recipients_, "<" + address + ">");
    }
    set(CURLOPT_MAIL_RCPT, recipients_.get());
    upload_ = &letter.content;
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, on_upload);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(letter.content.size()));
}

void Transfer::pin(const std::vector<std::string>& addresses) {
    std::string entry = target_.host + ":" + std::to_string(target_.port) + ":";
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const bool six = addresses[i].find(':') != std::string::npos;
        entry += (i ? "," : "") + (six ? "[" + addresses[i] + "]" : addresses[i]);
    }
    append(addresses_, entry);
    set(CURLOPT_RESOLVE, addresses_.get());
}

void Transfer::start() {
    const CURLMcode code = curl_multi_add_handle(traffic_.multi, easy_);
    if (code != CURLM_OK) throw std::runtime_error(std::string("libcurl: ") + curl_multi_strerror(code));
    added_ = true;
}

void Transfer::ended(CURLcode result) {
    result_ = result;
    curl_multi_remove_handle(traffic_.multi, easy_);
    added_ = false;
    done.wake();
}

std::string Transfer::timings() const {
    double name = 0, connected = 0, secured = 0, first = 0, total = 0;
    curl_easy_getinfo(easy_, CURLINFO_NAMELOOKUP_TIME, &name);
    curl_easy_getinfo(easy_, CURLINFO_CONNECT_TIME, &connected);
    curl_easy_getinfo(easy_, CURLINFO_APPCONNECT_TIME, &secured);
    curl_easy_getinfo(easy_, CURLINFO_STARTTRANSFER_TIME, &first);
    curl_easy_getinfo(easy_, CURLINFO_TOTAL_TIME, &total);
    char text[160];
    std::snprintf(text, sizeof text, " (connected %.2f s, TLS %.2f s, first byte %.2f s, ended %.2f s)", connected,
                  secured, first, total);
    return text;
}

Response Transfer::take() {
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &response_.status);
    curl_easy_getinfo(easy_, CURLINFO_TOTAL_TIME, &response_.seconds);
    if (!refusal_.empty()) throw Refused(refusal_);
    if (!excess_.empty()) throw TransportError(target_.origin + ": " + excess_, false, false, response_.status);
    if (result_ != CURLE_OK) {
        const std::string words = words_[0] ? words_ : curl_easy_strerror(result_);
        // 4xx of SMTP is for now, 5xx for good; with an answer of either kind the host is there.
        const bool mail = upload_ != nullptr && response_.status >= 400;
        const bool again = mail ? response_.status < 500 : is_worth_another(result_);
        throw TransportError(target_.origin + ": " + words + timings(), again, !mail, mail ? response_.status : 0);
    }
    return std::move(response_);
}

bool Transfer::room_for(std::size_t bytes) {
    if (response_.body.size() + bytes > max_body_)
        excess_ = "the answer has more than " + std::to_string(max_body_) + " bytes";
    else if (traffic_.received + bytes > max_memory_)
        excess_ = "the answers in flight have more than " + std::to_string(max_memory_) + " bytes together";
    return excess_.empty();
}

// libcurl's callbacks: no exception may cross its frames, and a number other than `size` ends the transfer.
std::size_t Transfer::on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    if (!transfer->room_for(size)) return size == 0 ? 1 : 0;
    try {
        transfer->response_.body.append(data, size);
    } catch (...) {
        return 0;
    }
    transfer->held_ += size;
    transfer->traffic_.received += size;
    return size;
}

std::size_t Transfer::on_header(char* data, std::size_t, std::size_t size, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    transfer->header_bytes_ += size;
    if (transfer->header_bytes_ > max_headers) {
        transfer->excess_ = "its headers have more than " + std::to_string(max_headers) + " bytes";
        return size == 0 ? 1 : 0;
    }
    if (transfer->upload_) return size;
    try {
        const std::string_view line(data, size);
        const auto colon = line.find(':');
        if (line.starts_with("HTTP/")) transfer->response_.headers.clear();
        if (colon == std::string_view::npos) return size;
        const auto first = line.find_first_not_of(" \t", colon + 1);
        const auto last = line.find_last_not_of(" \t\r\n");
        std::string value;
        if (first != std::string_view::npos && last >= first) value = line.substr(first, last - first + 1);
        transfer->response_.headers.emplace_back(outbound::normal_host(line.substr(0, colon)), std::move(value));
    } catch (...) {
        return size == 0 ? 1 : 0;
    }
    return size;
}

std::size_t Transfer::on_upload(char* data, std::size_t, std::size_t size, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    const std::size_t piece = std::min(size, transfer->upload_->size() - transfer->uploaded_);
    std::copy_n(transfer->upload_->data() + transfer->uploaded_, piece, data);
    transfer->uploaded_ += piece;
    return piece;
}

curl_socket_t Transfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
    auto* transfer = static_cast<Transfer*>(self);
    const outbound::AddressClass kind = outbound::class_of(address->addr);
    const bool inet = address->family == AF_INET || address->family == AF_INET6;
    if (!inet || (!outbound::is_public(kind) && !transfer->allow_private_)) {
        try {
            transfer->refusal_ = "the address of " + transfer->target_.host + " is " + outbound::name_of(kind) +
                                 ", which pg_fin.http_allow_private does not allow";
        } catch (...) {
            return CURL_SOCKET_BAD;
        }
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace fin::workers
