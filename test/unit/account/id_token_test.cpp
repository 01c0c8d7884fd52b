// ID tokens of OpenID Connect: good and forged ones, made by another implementation (test/reference/id_tokens.py).
#include "account/id_token.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "account/base64url.hpp"
#include "error.hpp"

using namespace fin::account;
using nlohmann::json;

namespace {

json sample() {
    std::ifstream file(FIN_TEST_DATA "/account/id_tokens.json");
    return json::parse(file);
}

Expected expected_of(const json& all, const json& one) {
    Expected expected;
    expected.issuer = one.value("issuer", all["issuer"].get<std::string>());
    expected.client_id = all["client"];
    expected.nonce = all["nonce"];
    expected.now = all["now"];
    expected.tenants = one.value("tenants", std::vector<std::string>());
    return expected;
}

// The words of the refusal; empty: none.
std::string refusal_of(const json& all, const json& one, Person* person = nullptr) {
    try {
        const Person read = read_id_token(one["token"].get<std::string>(), all["keys"], expected_of(all, one));
        if (person) *person = read;
    } catch (const UnknownKey& error) {
        return error.what();
    } catch (const fin::Error& error) {
        return error.what();
    }
    return {};
}

json case_named(const json& all, const std::string& name) {
    for (const json& one : all["cases"])
        if (one["name"] == name) return one;
    throw std::runtime_error("no case " + name);
}

TEST(IdToken, IsTakenOrRefusedAsTheReferenceSays) {
    const json all = sample();
    ASSERT_GT(all["cases"].size(), 60U);
    for (const json& one : all["cases"]) {
        SCOPED_TRACE(one["name"].get<std::string>());
        Person person;
        const std::string words = refusal_of(all, one, &person);
        const std::string wanted = one["refused"];
        if (!wanted.empty()) {
            EXPECT_NE(words.find(wanted), std::string::npos) << words;
            continue;
        }
        EXPECT_EQ(words, "");
        if (one.contains("email")) {
            const json& email = one["email"];
            EXPECT_EQ(person.email, email.is_null() ? std::nullopt : std::optional(email.get<std::string>()));
        }
        EXPECT_EQ(person.subject, one.value("subject", "42"));
        EXPECT_EQ(person.name, one.value("person", "Ann"));
    }
}

TEST(IdToken, AnySingleChangedCharacterIsNoticed) {
    const json all = sample();
    for (const char* name : {"RS256", "ES256"}) {
        json one = case_named(all, name);
        const std::string token = one["token"];
        for (std::size_t at = 0; at < token.size(); at += 7) {
            if (token[at] == '.') continue;
            std::string changed = token;
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            one["token"] = changed;
            EXPECT_NE(refusal_of(all, one), "") << name << " at " << at;
        }
    }
}

TEST(IdToken, NeedsTheNonceOfItsSignIn) {
    const json all = sample(), one = case_named(all, "no nonce");
    Expected expected = expected_of(all, one);
    expected.nonce.clear();  // not even then
    EXPECT_THROW(read_id_token(one["token"].get<std::string>(), all["keys"], expected), fin::Error);
}

TEST(IdToken, KeysThatAreNoneLeaveItUnknown) {
    const json all = sample(), one = case_named(all, "RS256");
    const std::string token = one["token"];
    for (const json& keys : {json(), json::object(), json{{"keys", 1}}, json{{"keys", json::array()}}, json::array()})
        EXPECT_THROW(read_id_token(token, keys, expected_of(all, one)), UnknownKey);
}

TEST(IdToken, UserinfoAddsWhatItSaysOfTheSamePerson) {
    Person person;
    person.issuer = "https://id.example.org";
    person.token_subject = "42";
    EXPECT_THROW(add_userinfo(person, {{"sub", "43"}, {"email", "a@b.c"}, {"email_verified", true}}), fin::Error);
    EXPECT_THROW(add_userinfo(person, {{"email", "a@b.c"}, {"email_verified", true}}), fin::Error);
    EXPECT_THROW(add_userinfo(person, json::array()), fin::Error);
    add_userinfo(person, {{"sub", "42"}, {"email", "a@b.c"}, {"email_verified", false}, {"name", "A"}});
    EXPECT_EQ(person.email, std::nullopt);
    EXPECT_EQ(person.name, "A");
    add_userinfo(person, {{"sub", "42"}, {"email", "a@b.c"}, {"email_verified", true}});
    EXPECT_EQ(person.email, "a@b.c");
}

TEST(Base64Url, OneTextForSomeBytes) {
    EXPECT_EQ(from_base64url(""), "");
    EXPECT_EQ(from_base64url("Zg"), "f");
    EXPECT_EQ(from_base64url("Zm9vYmFy"), "foobar");
    EXPECT_EQ(from_base64url("-_-_"), "\xfb\xff\xbf");
    for (const char* text : {"Zh", "Z", "Zg==", "Zg=", "Z g", "+/+/", "Zm9vYmF\n"})
        EXPECT_EQ(from_base64url(text), std::nullopt) << text;
}

}  // namespace
