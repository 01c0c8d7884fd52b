// Any bytes as what a provider sends: a token, a key set, a configuration, userinfo. Nothing but Error and UnknownKey
// may come out, and nobody is ever known by it: no input here is signed.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "account/base64url.hpp"
#include "account/discovery.hpp"
#include "account/id_token.hpp"
#include "error.hpp"

using namespace fin::account;
using nlohmann::json;

namespace {

const char* const key_set =
    R"({"keys":[{"kty":"EC","crv":"P-256","kid":"e","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

void demand(bool holds) {
    if (!holds) std::abort();
}

void read(std::string_view token, const json& keys) {
    Expected expected;
    expected.issuer = "https://id.example.org";
    expected.client_id = "fin";
    expected.nonce = "n";
    expected.now = 1'800'000'000;
    try {
        read_id_token(token, keys, expected);
        std::abort();
    } catch (const fin::Error&) {
    } catch (const UnknownKey&) {
    }
}

void read_as_configuration(const json& given) {
    try {
        const Endpoints endpoints = read_discovery(given, "https://id.example.org", {});
        std::string token = endpoints.token;
        for (char& c : token) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        demand(token.rfind("https://", 0) == 0 && token.find("id.example.org") != std::string::npos);
    } catch (const fin::Error&) {
    }
    Person person;
    person.token_subject = "42";
    try {
        add_userinfo(person, given);
    } catch (const fin::Error&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    static const json known = json::parse(key_set);
    read(text, known);
    // The text as a header and as a body, so that the fuzzer need not find base64 first.
    const std::size_t cut = text.find('\n');
    if (cut != std::string::npos)
        read(base64url(text.substr(0, cut)) + "." + base64url(text.substr(cut + 1)) + "." +
                 base64url(std::string(64, 'x')),
             known);
    const json given = json::parse(text, nullptr, false);
    if (!given.is_discarded()) {
        read(
            "eyJhbGciOiJFUzI1NiJ9.e30."
            "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg",
            given);
        read_as_configuration(given);
    }
    if (const auto bytes = from_base64url(text)) demand(base64url(*bytes) == text);
    return 0;
}
