// What clamd says, as its manual and clamd 1.4.6 itself spell it.
#include "scan/instream.hpp"

namespace {

using namespace fin::scan;

TEST(Instream, OnlyTheExactWordsAreClean) {
    EXPECT_EQ(verdict_of("stream: OK").finding, Finding::clean);
    for (const char* other :
         {"", "OK", "stream: OK ", "stream: ok", "stream:OK", "stream: OK\n", "x stream: OK", "stream: OK FOUN",
          "UNKNOWN COMMAND", "COMMAND READ TIMED OUT", "stream: something ERROR", "stream:  FOUND"})
        EXPECT_EQ(verdict_of(other).finding, Finding::failed) << other;
}

TEST(Instream, Findings) {
    const Verdict found = verdict_of("stream: Eicar-Test-Signature.UNOFFICIAL FOUND");
    EXPECT_EQ(found.finding, Finding::infected);
    EXPECT_EQ(found.words, "Eicar-Test-Signature.UNOFFICIAL");
    EXPECT_EQ(verdict_of("stream: a\nb\x1b[31m FOUND").words, "a?b?[31m");
    EXPECT_EQ(verdict_of("stream: " + std::string(5000, 'x') + " FOUND").words.size(), 200u);
}

TEST(Instream, LimitsAreNotClean) {
    EXPECT_EQ(verdict_of("INSTREAM size limit exceeded. ERROR").finding, Finding::too_large);
    EXPECT_EQ(verdict_of("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND").finding, Finding::too_large);
}

TEST(Instream, Framing) {
    EXPECT_EQ(piece_header(0x01020304), std::string("\x01\x02\x03\x04", 4));
    EXPECT_EQ(piece_header(0), std::string(instream_end));
    EXPECT_EQ(instream_begin.size(), 10u);
    EXPECT_EQ(instream_begin.back(), '\0');
}

}  // namespace
