#include "hash/sha256.hpp"

#include <openssl/evp.h>

#include <new>

namespace fin::hash {

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    if (!state_->context || !EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr)) throw std::bad_alloc();
}

Sha256::~Sha256() = default;

Sha256& Sha256::add(std::string_view bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
    return *this;
}

std::string Sha256::hex() {
    static constexpr char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_DigestFinal_ex(state_->context, digest, &size);
    std::string text;
    for (unsigned int i = 0; i < size; ++i) (text += digits[digest[i] >> 4]) += digits[digest[i] & 15];
    return text;
}

std::string sha256(std::string_view bytes) { return Sha256().add(bytes).hex(); }

}  // namespace fin::hash
