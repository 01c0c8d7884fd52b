#include "api/server/tls.hpp"

#include <cstring>
#include <stdexcept>

namespace fin::api {

namespace ssl = boost::asio::ssl;

namespace {

// HTTP/1.1 is what is spoken; a client that offers only other protocols is told so in the handshake.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int length, void*) {
    static const unsigned char spoken[] = "\x08http/1.1";
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, size, spoken, sizeof spoken - 1, offered, length) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::shared_ptr<ssl::context> tls_context(const std::string& certificate, const std::string& key) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    boost::system::error_code error;
    context->use_certificate_chain_file(certificate, error);
    if (error) throw std::runtime_error("fin-tls-cert: " + certificate + ": " + error.message());
    context->use_private_key_file(key, ssl::context::pem, error);
    if (error) throw std::runtime_error("fin-tls-key: " + key + ": " + error.message());
    if (SSL_CTX_check_private_key(context->native_handle()) != 1)
        throw std::runtime_error("fin-tls-key: " + key + " does not belong to " + certificate);
    SSL_CTX* raw = context->native_handle();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Idle connections need no buffers of their own.
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
    return context;
}

}  // namespace fin::api
