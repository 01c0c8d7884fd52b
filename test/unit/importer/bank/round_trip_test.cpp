// What holds for every file of a bank: random entries written in each format come back as they were, and a file that is
// cut off anywhere is refused or gives whole entries of what stood before the cut.
#include <algorithm>
#include <cstdint>
#include <functional>

#include "importer/imported.hpp"

using namespace fin;
using namespace fin::importer;
using namespace fin::importer::test;

namespace {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed * 2 + 1) {}
    std::uint64_t below(std::uint64_t bound) {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return (state_ >> 33) % bound;
    }
    std::string word() {
        static const char* const words[] = {"Acme", "Müller", "Smith", "Ромашка", "& Co", "GmbH", "Café",
                                            "<i>x", "a=b",    "12",    "\"q\"",   "o'B",  "Łódź", "#7"};
        return words[below(std::size(words))];
    }
    std::string text() {
        std::string result = "N" + std::to_string(below(1000));
        for (std::uint64_t i = below(4); i > 0; --i) result += " " + word();
        return result;
    }

private:
    std::uint64_t state_;
};

struct Made {
    int year, month, day;
    std::int64_t cents;  // in > 0
    std::string name, memo;
};

std::vector<Made> made(Random& random, std::size_t count) {
    std::vector<Made> all;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t cents =
            static_cast<std::int64_t>(random.below(1 + (random.below(2) ? 100000000u : 500u))) + 1;
        all.push_back({2024, 1 + static_cast<int>(i * 12 / count), 1 + static_cast<int>(random.below(28)),
                       random.below(2) ? cents : -cents, random.text(), random.text()});
    }
    // A day above the twelfth tells days from months.
    all.front().day = 13 + static_cast<int>(random.below(10));
    return all;
}

std::string two(std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }
std::string amount(std::int64_t cents, char mark) { return std::to_string(cents / 100) + mark + two(cents % 100); }
std::string signed_amount(std::int64_t cents) { return (cents < 0 ? "-" : "") + amount(std::abs(cents), '.'); }
std::string compact(const Made& m) { return std::to_string(m.year) + two(m.month) + two(m.day); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}
std::string escaped(const std::string& text) {
    return replaced(replaced(replaced(text, "&", "&amp;"), "<", "&lt;"), "\"", "&quot;");
}

std::int64_t total(const std::vector<Made>& all) {
    std::int64_t sum = 0;
    for (const auto& m : all) sum += m.cents;
    return sum;
}
std::string side(std::int64_t cents, const char* in, const char* out) { return cents < 0 ? out : in; }

std::string ofx(const std::vector<Made>& all, bool closed) {
    const auto leaf = [&](const std::string& name, const std::string& text) {
        return "<" + name + ">" + escaped(text) + (closed ? "</" + name + ">" : "\n");
    };
    std::string text = closed ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?OFX OFXHEADER=\"200\"?>\n"
                              : "OFXHEADER:100\nCHARSET:UTF-8\n\n";
    text += "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>" + leaf("CURDEF", "EUR") + "<BANKACCTFROM>" + leaf("ACCTID", "77") +
            "</BANKACCTFROM><BANKTRANLIST>";
    for (const auto& m : all)
        text += "<STMTTRN>" + leaf("TRNTYPE", "OTHER") + leaf("DTPOSTED", compact(m) + "120000[+1:CET]") +
                leaf("TRNAMT", signed_amount(m.cents)) + leaf("NAME", m.name) + leaf("MEMO", m.memo) + "</STMTTRN>";
    return text + "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n";
}

std::string qif(const std::vector<Made>& all) {
    std::string text = "!Account\nN77\n^\n!Type:Bank\n";
    for (const auto& m : all)
        text += "D" + two(m.month) + "/" + two(m.day) + "'" + two(m.year % 100) + "\nT" + signed_amount(m.cents) +
                "\nP" + m.name + "\nM" + m.memo + "\n^\n";
    return text;
}

std::string mt940(const std::vector<Made>& all) {
    std::string text = ":20:X\n:25:77\n:28C:1\n:60F:C231231EUR0,00\n";
    for (const auto& m : all)
        text += ":61:" + compact(m).substr(2) + two(m.month) + two(m.day) + side(m.cents, "C", "D") +
                amount(std::abs(m.cents), ',') + "NTRFNONREF\n:86:166?20" + m.memo + "?32" + m.name + "\n";
    return text + ":62F:" + side(total(all), "C", "D") + "241231EUR" + amount(std::abs(total(all)), ',') + "\n-\n";
}

std::string camt(const std::vector<Made>& all) {
    std::string text =
        "<?xml version=\"1.0\"?><Document "
        "xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>"
        "<Acct><Id><Othr><Id>77</Id></Othr></Id></Acct>";
    for (const auto& m : all) {
        const std::string party = side(m.cents, "Dbtr", "Cdtr");
        text += "<Ntry><Amt Ccy=\"EUR\">" + amount(std::abs(m.cents), '.') + "</Amt><CdtDbtInd>" +
                side(m.cents, "CRDT", "DBIT") + "</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>" +
                std::to_string(m.year) + "-" + two(m.month) + "-" + two(m.day) +
                "</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><" + party + "><Pty><Nm>" + escaped(m.name) +
                "</Nm></Pty></" + party + "></RltdPties><RmtInf><Ustrd>" + escaped(m.memo) +
                "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n";
    }
    return text + "</Stmt></BkToCstmrStmt></Document>\n";
}

std::string client_bank(const std::vector<Made>& all) {
    std::string text = "1CClientBankExchange\nКодировка=Windows\nРасчСчет=77\n";
    for (const auto& m : all) {
        const bool in = m.cents > 0;
        const std::string day = two(m.day) + "." + two(m.month) + "." + std::to_string(m.year);
        text += "СекцияДокумент=Платежное поручение\nДата=" + day + "\nСумма=" + amount(std::abs(m.cents), '.') +
                "\nПлательщикСчет=" + (in ? "99" : "77") + "\nПолучательСчет=" + (in ? "77" : "99") + "\n" +
                (in ? "ДатаПоступило=" : "ДатаСписано=") + day + "\n" + (in ? "Плательщик1=" : "Получатель1=") +
                m.name + "\nНазначениеПлатежа=" + m.memo + "\nКонецДокумента\n";
    }
    return text + "КонецФайла\n";
}

struct Format {
    const char* name;
    std::function<std::string(const std::vector<Made>&)> write;
    bool has_end;  // a cut file can always be told
};

std::vector<Format> formats() {
    return {{"OFX 1", [](const auto& all) { return ofx(all, false); }, true},
            {"OFX 2", [](const auto& all) { return ofx(all, true); }, true},
            {"QIF", qif, false},
            {"MT940", mt940, true},
            {"camt", camt, true},
            {"1C", client_bank, true}};
}

TEST(RoundTrip, RandomEntriesComeBackAsTheyWere) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Random random(seed);
        const auto all = made(random, 1 + random.below(60));
        for (const auto& format : formats()) {
            const Imported read = import(format.write(all), "{}", 1 + random.below(20));
            ASSERT_EQ(read.rows.size(), all.size()) << format.name << " seed " << seed;
            for (std::size_t i = 0; i < all.size(); ++i) {
                const Stored& row = read.rows[i];
                EXPECT_EQ(row.row_no, static_cast<int>(i + 1));
                EXPECT_EQ(row.date, std::to_string(all[i].year) + "-" + two(all[i].month) + "-" + two(all[i].day))
                    << format.name;
                EXPECT_EQ(row.amount, signed_amount(all[i].cents)) << format.name;
                EXPECT_EQ(row.counterparty, all[i].name) << format.name;
                EXPECT_EQ(row.description, all[i].memo) << format.name;
                EXPECT_EQ(row.account, "77") << format.name;
            }
            EXPECT_TRUE(read.plan.warnings.empty()) << format.name << " seed " << seed;
        }
    }
}

// Groups of one to five entries: batches of camt and splits of QIF whose parts move in both directions.
TEST(RoundTrip, PartsOfBatchesAndSplitsAreRowsOfTheirOwn) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Random random(seed);
        auto all = made(random, 5 + random.below(60));
        std::string batches =
                        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>",
                    splits = "!Type:Bank\n";
        for (std::size_t from = 0; from < all.size();) {
            const std::size_t to = std::min<std::size_t>(all.size(), from + 1 + random.below(5));
            std::int64_t sum = 0;
            std::string parts, lines;
            for (std::size_t i = from; i < to; ++i) {
                Made& m = all[i];
                m.day = all[from].day, m.month = all[from].month;
                sum += m.cents;
                parts += "<TxDtls><Amt Ccy=\"EUR\">" + amount(std::abs(m.cents), '.') + "</Amt><CdtDbtInd>" +
                         side(m.cents, "CRDT", "DBIT") + "</CdtDbtInd><RmtInf><Ustrd>" + escaped(m.memo) +
                         "</Ustrd></RmtInf></TxDtls>";
                lines += "SCategory " + std::to_string(i) + "\nE" + m.memo + "\n$" + signed_amount(m.cents) + "\n";
            }
            const Made& first = all[from];
            batches += "<Ntry><Amt Ccy=\"EUR\">" + amount(std::abs(sum), '.') + "</Amt><CdtDbtInd>" +
                       side(sum, "CRDT", "DBIT") + "</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2024-" + two(first.month) +
                       "-" + two(first.day) + "</Dt></BookgDt><NtryDtls>" + parts + "</NtryDtls></Ntry>";
            splits +=
                "D2024-" + two(first.month) + "-" + two(first.day) + "\nT" + signed_amount(sum) + "\n" + lines + "^\n";
            from = to;
        }
        const Imported camt_rows = import(batches + "</Stmt></BkToCstmrStmt></Document>"), qif_rows = import(splits);
        ASSERT_EQ(camt_rows.rows.size(), all.size()) << seed;
        ASSERT_EQ(qif_rows.rows.size(), all.size()) << seed;
        // An entry of one part takes the entry's sign, which is the part's.
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_EQ(camt_rows.rows[i].amount, signed_amount(all[i].cents)) << seed;
            EXPECT_EQ(camt_rows.rows[i].description, all[i].memo);
            EXPECT_EQ(qif_rows.rows[i].amount, signed_amount(all[i].cents)) << seed;
            EXPECT_EQ(qif_rows.rows[i].category, "Category " + std::to_string(i));
            EXPECT_EQ(qif_rows.rows[i].row_no, static_cast<int>(i + 1));
        }
        EXPECT_TRUE(camt_rows.plan.warnings.empty() && qif_rows.plan.warnings.empty()) << seed;
    }
}

// One statement a page: the first opens the report, each closes with the balance after its last entry.
TEST(RoundTrip, StatementsCarryTheirBalances) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Random random(seed);
        auto all = made(random, 2 + random.below(60));
        std::sort(all.begin(), all.end(),
                  [](const Made& a, const Made& b) { return a.month != b.month ? a.month < b.month : a.day < b.day; });
        std::int64_t held = static_cast<std::int64_t>(random.below(2000000)) - 1000000;
        const std::string opening = signed_amount(held);
        std::string text;
        std::vector<std::string> balances(all.size());
        for (std::size_t from = 0; from < all.size();) {
            const std::size_t to = std::min<std::size_t>(all.size(), from + 1 + random.below(9));
            text += ":20:X\n:25:77\n:60F:" + side(held, "C", "D") + compact(all[from]).substr(2) + "EUR" +
                    amount(std::abs(held), ',') + "\n";
            for (std::size_t i = from; i < to; ++i) {
                text += ":61:" + compact(all[i]).substr(2) + side(all[i].cents, "C", "D") +
                        amount(std::abs(all[i].cents), ',') + "NTRFX\n";
                held += all[i].cents;
            }
            text += ":62F:" + side(held, "C", "D") + compact(all[to - 1]).substr(2) + "EUR" +
                    amount(std::abs(held), ',') + "\n-\n";
            balances[to - 1] = signed_amount(held);
            from = to;
        }
        const Imported read = import(text, "{}", 1 + random.below(20));
        ASSERT_EQ(read.rows.size(), all.size()) << seed;
        for (std::size_t i = 0; i < all.size(); ++i)
            EXPECT_EQ(read.rows[i].balance, balances[i]) << seed << " row " << i;
        ASSERT_TRUE(read.plan.opening_balance);
        EXPECT_EQ(read.plan.opening_balance->text(), opening) << seed;
        EXPECT_TRUE(read.plan.warnings.empty()) << seed;
    }
}

// QIF alone has no end: cut behind an entry it is a shorter file. Elsewhere nothing but space may be missing.
TEST(CutOff, AtEveryByteIsRefusedOrWhole) {
    Random random(7);
    const auto all = made(random, 5);
    for (const auto& format : formats()) {
        const std::string whole = format.write(all);
        const Imported full = import(whole);
        std::size_t accepted = 0;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const std::string cut = whole.substr(0, size);
            if (error_of(cut)) continue;
            ++accepted;
            const Imported read = import(cut);
            const bool prefix =
                read.rows.size() <= full.rows.size() &&
                std::equal(read.rows.begin(), read.rows.end(), full.rows.begin(), [](const Stored& a, const Stored& b) {
                    return a.date == b.date && a.amount == b.amount && a.row_no == b.row_no;
                });
            EXPECT_TRUE(prefix) << format.name << " cut at " << size;
            if (format.has_end) {
                EXPECT_EQ(read.rows.size(), full.rows.size()) << format.name << " cut at " << size;
            }
        }
        EXPECT_LE(accepted, format.has_end ? 12u : 2 * all.size()) << format.name;
    }
}

// The same of the samples with all their fields, previews included: whatever is left never crashes.
TEST(CutOff, OfEverySampleNeverGivesMoreThanTheWhole) {
    for (const char* name : {"ofx1_two_accounts.ofx", "ofx2.ofx", "accounts.qif", "german.mt940",
                             "statement.camt053.xml", "client_bank_windows1251.txt"}) {
        const std::string whole = file(std::string(FIN_TEST_DATA) + "/imports/" + name);
        const std::size_t rows = import(whole).rows.size();
        for (std::size_t size = 0; size < whole.size(); size += 3) {
            const std::string cut = whole.substr(0, size);
            preview(cut, name, {});
            if (error_of(cut)) continue;
            EXPECT_LE(import(cut).rows.size(), rows) << name << " cut at " << size;
        }
    }
}

}  // namespace
