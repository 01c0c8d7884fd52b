// One libcurl handle from its options to its result.
#pragma once
#include <curl/curl.h>

#include <memory>

#include "http/request.hpp"
#include "http/target.hpp"
#include "scheduler.hpp"

namespace fin::workers {

// What all transfers of a client share.
struct Traffic {
    CURLM* multi = nullptr;
    CURLSH* sessions = nullptr;  // of TLS: the next handshake with a host is a short one
    std::size_t received = 0;    // bytes of answers that are not handed over yet
};

class Transfer {
public:
    Transfer(Scheduler& scheduler, Traffic& traffic, const Policy& policy, const Target& target);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    // Also in the middle of the transfer: its connection is closed.
    ~Transfer();

    void prepare(const Request& request);
    void prepare(const Letter& letter);
    // Connects to one of these and to nothing else.
    void pin(const std::vector<std::string>& addresses);
    void start();
    void ended(CURLcode result);
    // After `done`. Throws TransportError or Refused.
    Response take();
    bool is_mail() const { return upload_ != nullptr; }

    Wait done;

private:
    struct FreeList {
        void operator()(curl_slist* list) const;
    };
    using List = std::unique_ptr<curl_slist, FreeList>;
    static void append(List& list, const std::string& line);

    template <class Value>
    void set(CURLoption option, Value value);
    void set_times(double connect, double total);
    bool room_for(std::size_t bytes);
    std::string timings() const;

    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_upload(char* data, std::size_t, std::size_t size, void* self);
    static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address);

    Traffic& traffic_;
    const Target& target_;
    bool allow_private_;
    std::size_t max_body_, max_memory_;
    CURL* easy_;
    bool added_ = false;
    CURLcode result_ = CURLE_OK;
    char words_[CURL_ERROR_SIZE] = "";
    std::string refusal_, excess_;
    List headers_, addresses_, recipients_;
    Response response_;
    std::size_t header_bytes_ = 0, held_ = 0;
    const std::string* upload_ = nullptr;
    std::size_t uploaded_ = 0;
};

}  // namespace fin::workers
