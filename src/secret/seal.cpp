#include "secret/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "error.hpp"

namespace fin::secret {

namespace {

constexpr std::string_view magic("FS\1", 3);
constexpr std::size_t id_size = 4, nonce_size = 12, tag_size = 16;
constexpr std::size_t head_size = 3 + id_size + nonce_size;

using Bytes = std::array<unsigned char, 32>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Cipher cipher() {
    Cipher made(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    if (!made) throw std::bad_alloc();
    return made;
}

[[noreturn]] void broken() {
    throw Error(ErrorCode::bad_data, "the stored secret cannot be opened",
                "Its key is not among the installation's, it was changed, or it was stored for something else.",
                "Store it again with fin_connection_set(), or put the key it was sealed with back.");
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() != 64) return std::nullopt;
    Bytes bytes{};
    for (std::size_t i = 0; i < 64; ++i) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return std::nullopt;
        bytes[i / 2] = static_cast<unsigned char>(bytes[i / 2] << 4 | digit);
    }
    return bytes;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() != 44 || text.find('=') != 43) return std::nullopt;
    std::array<unsigned char, 33> decoded{};
    if (EVP_DecodeBlock(decoded.data(), bytes_of(text), 44) != 33) return std::nullopt;
    Bytes bytes{};
    std::copy_n(decoded.begin(), bytes.size(), bytes.begin());
    OPENSSL_cleanse(decoded.data(), decoded.size());
    return bytes;
}

}  // namespace

void Text::wipe() noexcept {
    // All that the string has room for: a short text that was moved away leaves its bytes behind.
    text_.resize(text_.capacity());
    OPENSSL_cleanse(text_.data(), text_.size());
    text_.clear();
}

Text& Text::operator=(Text&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
    return *this;
}

Keyring::~Keyring() {
    for (Key& key : keys_) OPENSSL_cleanse(key.bytes.data(), key.bytes.size());
}

Keyring Keyring::parse(std::string_view text) {
    Keyring ring;
    ring.keys_.reserve(16);  // no copy of a key stays behind in a vector that grew
    for (int number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
            line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        std::optional<Bytes> bytes = from_hex(line);
        if (!bytes) bytes = from_base64(line);
        if (!bytes)
            throw Error(ErrorCode::bad_data, "line " + std::to_string(number) + " of the secret keys is no key", {},
                        "A key is 32 random bytes in base64: openssl rand -base64 32");
        if (ring.keys_.size() == 16) throw Error(ErrorCode::limit_exceeded, "there are more than 16 secret keys");
        Bytes digest{};
        SHA256(bytes->data(), bytes->size(), digest.data());
        Key key{};
        std::memcpy(key.id.data(), digest.data(), key.id.size());
        key.bytes = *bytes;
        ring.keys_.push_back(key);
        OPENSSL_cleanse(bytes->data(), bytes->size());
        OPENSSL_cleanse(key.bytes.data(), key.bytes.size());
    }
    if (ring.keys_.empty())
        throw Error(ErrorCode::bad_data, "there is no secret key", {}, "Make one: openssl rand -base64 32");
    return ring;
}

std::string Keyring::seal(std::string_view plain, std::string_view place) const {
    const Key& key = keys_.front();
    std::string sealed(head_size + plain.size() + tag_size, '\0');
    std::copy(magic.begin(), magic.end(), sealed.begin());
    std::copy(key.id.begin(), key.id.end(), sealed.begin() + 3);
    auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
    unsigned char* const nonce = out + 3 + id_size;
    unsigned char* const body = out + head_size;
    const Cipher context = cipher();
    int done = 0;
    const bool good =
        RAND_bytes(nonce, static_cast<int>(nonce_size)) == 1 &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes.data(), nonce) == 1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &done, out, static_cast<int>(3 + id_size)) == 1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &done, bytes_of(place), static_cast<int>(place.size())) == 1 &&
        EVP_EncryptUpdate(context.get(), body, &done, bytes_of(plain), static_cast<int>(plain.size())) == 1 &&
        EVP_EncryptFinal_ex(context.get(), body + done, &done) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_size), body + plain.size()) == 1;
    if (!good) throw std::runtime_error("OpenSSL does not seal");
    return sealed;
}

Text Keyring::open(std::string_view sealed, std::string_view place) const {
    if (sealed.size() < head_size + tag_size || sealed.substr(0, 3) != magic) broken();
    const std::string_view id = sealed.substr(3, id_size);
    const std::string_view body = sealed.substr(head_size, sealed.size() - head_size - tag_size);
    std::string tag(sealed.substr(sealed.size() - tag_size));
    for (const Key& key : keys_) {
        if (id != std::string_view(key.id.data(), key.id.size())) continue;
        const Cipher context = cipher();
        std::string plain(body.size(), '\0');
        auto* const out = reinterpret_cast<unsigned char*>(plain.data());
        int done = 0;
        const bool good =
            EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.bytes.data(),
                               bytes_of(sealed.substr(3 + id_size))) == 1 &&
            EVP_DecryptUpdate(context.get(), nullptr, &done, bytes_of(sealed), static_cast<int>(3 + id_size)) == 1 &&
            EVP_DecryptUpdate(context.get(), nullptr, &done, bytes_of(place), static_cast<int>(place.size())) == 1 &&
            EVP_DecryptUpdate(context.get(), out, &done, bytes_of(body), static_cast<int>(body.size())) == 1 &&
            EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_size), tag.data()) == 1 &&
            EVP_DecryptFinal_ex(context.get(), out + done, &done) == 1;
        Text opened(std::move(plain));
        if (good) return opened;
    }
    broken();
}

bool Keyring::is_old(std::string_view sealed) const {
    const Id& id = keys_.front().id;
    return sealed.size() < head_size || sealed.substr(3, id_size) != std::string_view(id.data(), id.size());
}

std::string place_and(std::string place, std::string_view part) {
    return std::move(place) + ":" + std::to_string(part.size()) + ":" + std::string(part);
}

std::string place_of(std::initializer_list<std::string_view> parts) {
    std::string place = "pg_fin";
    for (const std::string_view part : parts) place = place_and(std::move(place), part);
    return place;
}

}  // namespace fin::secret
