// Counterparty keys: what a bank adds to a name goes, what makes the name stays.
#include "ledger/payee.hpp"

using fin::ledger::payee_key;

TEST(PayeeKey, TakesOffLegalForms) {
    for (const char* text : {"ACME", "Acme Inc.", "acme, LLC", "ACME Ltd", "Acme GmbH", "Acme Co., Ltd.", "Acme B.V.",
                             "Acme AG", "ACME S.p.A."})
        EXPECT_EQ(payee_key(text), "acme") << text;
    for (const char* text : {"Ромашка", "ООО «Ромашка»", "ромашка ООО", "ПАО \"РОМАШКА\"", "АО Ромашка", "ИП Ромашка",
                             "Общество с ограниченной ответственностью \"Ромашка\""})
        EXPECT_EQ(payee_key(text), "ромашка") << text;
}

TEST(PayeeKey, TakesOffReferencesCardsAndDates) {
    EXPECT_EQ(payee_key("ACME Inc. 003392"), "acme");
    EXPECT_EQ(payee_key("XX1234 TESCO"), "tesco");
    EXPECT_EQ(payee_key("Card **** 1234 LIDL 12.03.2020"), "lidl");
    EXPECT_EQ(payee_key("Lidl 2020-03-12 14:05"), "lidl");
    EXPECT_EQ(payee_key("AMZN Mktp US*AB12C34D5"), "amzn mktp us");
    EXPECT_EQ(payee_key("GITHUB.COM 8kd92"), "github com");
    EXPECT_EQ(payee_key("Salary March 2020"), payee_key("salary 12 April"));
    EXPECT_EQ(payee_key("Оплата по счету №123 от 12.03.2020"), payee_key("оплата по счету № 7715 от 01.04.2020"));
}

TEST(PayeeKey, TakesOffProcessorsBeforeAnAsterisk) {
    EXPECT_EQ(payee_key("PAYPAL *SPOTIFY"), "spotify");
    EXPECT_EQ(payee_key("SQ *BLUE BOTTLE 123456"), "blue bottle");
    EXPECT_EQ(payee_key("PayPal"), "paypal");  // who is paid is the processor
    EXPECT_EQ(payee_key("GOOGLE *ADS"), "google ads");
}

TEST(PayeeKey, KeepsNumbersThatAreNames) {
    EXPECT_EQ(payee_key("7-Eleven"), "7 eleven");
    EXPECT_EQ(payee_key("1C"), "1c");
    EXPECT_EQ(payee_key("Studio 54"), "studio 54");
    EXPECT_EQ(payee_key("24/7 Fitness"), "24 7 fitness");
    EXPECT_NE(payee_key("Unit 3"), payee_key("Unit 4"));
}

TEST(PayeeKey, FoldsCaseOfEveryScript) {
    EXPECT_EQ(payee_key("ЁЛКА"), payee_key("елка"));
    EXPECT_EQ(payee_key("STRASSE"), payee_key("Straße"));
    EXPECT_EQ(payee_key("Caf\u0065\u0301"), payee_key("CAFÉ"));  // composed and decomposed
    EXPECT_EQ(payee_key("Blue\u00A0Bottle"), "blue bottle");     // no-break space
    EXPECT_EQ(payee_key("McDonald's"), payee_key("MCDONALD’S"));
}

TEST(PayeeKey, IsNeverEmptyForSomeText) {
    EXPECT_EQ(payee_key(""), "");
    EXPECT_EQ(payee_key("12345"), "12345");
    EXPECT_EQ(payee_key("***"), "***");
    EXPECT_EQ(payee_key("GmbH"), "gmbh");
    EXPECT_FALSE(payee_key("\u200B").empty());    // a zero-width space
    EXPECT_FALSE(payee_key("\xFF\xFE").empty());  // no UTF-8
    EXPECT_NE(payee_key("12345"), payee_key("54321"));
}
