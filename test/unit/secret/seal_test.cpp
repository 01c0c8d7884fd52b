#include "secret/seal.hpp"

#include <gtest/gtest.h>

#include "error.hpp"

using namespace fin::secret;

namespace {

const std::string first(64, '1'), second(64, '2');

TEST(Seal, OpensWhatItSealedAndDoesNotShowIt) {
    const Keyring keys = Keyring::parse(first);
    for (const std::string& plain :
         {std::string(), std::string("sesame"), std::string(5000, 'x') + '\0' + "\xd0\x9f"}) {
        const std::string sealed = keys.seal(plain, "here");
        EXPECT_EQ(keys.open(sealed, "here").text(), plain);
        EXPECT_EQ(sealed.find("sesame"), std::string::npos);
    }
    EXPECT_NE(keys.seal("sesame", "here"), keys.seal("sesame", "here"));
}

TEST(Seal, OpensNowhereElseAndNothingThatWasChanged) {
    const Keyring keys = Keyring::parse(first);
    const std::string sealed = keys.seal("sesame", "here");
    EXPECT_THROW((void)keys.open(sealed, "there"), fin::Error);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_THROW((void)keys.open(changed, "here"), fin::Error) << i;
        EXPECT_THROW((void)keys.open(sealed.substr(0, i), "here"), fin::Error) << i;
    }
    EXPECT_THROW((void)Keyring::parse(second).open(sealed, "here"), fin::Error);
}

// Sealed by another implementation, test/reference/seal.py.
TEST(Seal, OpensWhatAnotherImplementationSealed) {
    const unsigned char sealed[] = {
#include "secret/sealed_by_reference.inc"
    };
    const std::string_view bytes(reinterpret_cast<const char*>(sealed), sizeof sealed);
    EXPECT_EQ(Keyring::parse(first).open(bytes, place_of({"connection", "w", "c", "bank"})).text(), "sesame");
}

TEST(Seal, TurnsOverToANewKey) {
    const std::string old = Keyring::parse(first).seal("sesame", "here");
    const Keyring both = Keyring::parse(second + "\n# the old one\n\n" + first + "\r\n");
    EXPECT_EQ(both.open(old, "here").text(), "sesame");
    EXPECT_TRUE(both.is_old(old));
    const std::string fresh = both.seal("sesame", "here");
    EXPECT_FALSE(both.is_old(fresh));
    EXPECT_EQ(Keyring::parse(second).open(fresh, "here").text(), "sesame");
}

TEST(Seal, ReadsKeysInBase64AndHexadecimal) {
    // 32 bytes of 0x11 both times.
    const Keyring base64 = Keyring::parse("ERERERERERERERERERERERERERERERERERERERERERE=\n");
    EXPECT_EQ(base64.open(Keyring::parse(first).seal("x", "p"), "p").text(), "x");
    for (const char* text :
         {"", "# nothing", "short", "11111111111111111111111111111111111111111111111111111111111111112",
          "ERERERERERERERERERERERERERERERERERERERERER==", "ERERERERERERERERERERERERERERERERERERERER*RE="})
        EXPECT_THROW((void)Keyring::parse(text), fin::Error) << text;
    try {
        (void)Keyring::parse("not a key");
        FAIL();
    } catch (const fin::Error& error) {
        EXPECT_EQ(std::string(error.what()).find("not a key"), std::string::npos);
    }
}

TEST(Seal, TellsPlacesApart) {
    EXPECT_NE(place_of({"a", "b"}), place_of({"ab"}));
    EXPECT_NE(place_of({"a:1", "b"}), place_of({"a", "1:b"}));
    EXPECT_NE(place_of({"a", ""}), place_of({"a"}));
}

TEST(Text, LeavesNothingBehind) {
    Text text("sesame");
    const char* bytes = text.text().data();
    Text moved(std::move(text));
    EXPECT_EQ(moved.text(), "sesame");
    EXPECT_EQ(std::string(bytes, 6), std::string(6, '\0'));  // short texts live in the object itself
}

}  // namespace
