// Frames: what is written is read again however it is cut, and what is no frame is refused.
#include "pipe/frame.hpp"

#include "error.hpp"
#include "pipe/error_text.hpp"

using namespace fin;
using namespace fin::pipe;

namespace {

using Frames = std::vector<std::pair<Kind, std::string>>;

// Feeds the bytes in pieces of `step`.
Frames read_in_steps(const std::string& bytes, std::size_t step) {
    Decoder decoder;
    Frames frames;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        decoder.feed(std::string_view(bytes).substr(at, step));
        for (Frame frame; decoder.next(frame);) frames.emplace_back(frame.kind, std::string(frame.payload));
    }
    EXPECT_FALSE(decoder.in_the_middle());
    return frames;
}

TEST(Frame, IsReadAgainHoweverItIsCut) {
    const Frames frames = {{Kind::request, "{}"},
                           {Kind::data, std::string("\0\xFF", 2)},
                           {Kind::data, ""},
                           {Kind::progress, "{\"done\": 0.5}"},
                           {Kind::result, std::string(70'000, 'x')},
                           {Kind::end, ""}};
    std::string bytes;
    for (const auto& frame : frames) append_frame(bytes, frame.first, frame.second);
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{5}, std::size_t{4096}, bytes.size()})
        EXPECT_EQ(read_in_steps(bytes, step), frames) << step;
}

TEST(Frame, HasItsLengthInBigEndian) {
    std::string bytes;
    append_frame(bytes, Kind::data, std::string(0x0102, 'a'));
    EXPECT_EQ(bytes.substr(0, 5), std::string("D\0\0\x01\x02", 5));
}

TEST(Frame, LongPayloadGoesOverSeveral) {
    std::string bytes, joined;
    const std::string payload(2 * max_payload + 1, 'y');
    append_frame(bytes, Kind::data, payload);
    const auto frames = read_in_steps(bytes, 1 << 16);
    ASSERT_EQ(frames.size(), 3U);
    for (const auto& frame : frames) joined += frame.second;
    EXPECT_EQ(joined, payload);
}

TEST(Frame, OfUnknownKindIsRefusedAtItsFirstByte) {
    Decoder decoder;
    decoder.feed("Q");
    Frame frame;
    EXPECT_THROW(decoder.next(frame), Error);
}

TEST(Frame, ThatIsTooLongIsRefusedBeforeItIsThere) {
    for (const char* head : {"D\x00\x10\x00\x01", "D\xFF\xFF\xFF\xFF"}) {
        Decoder decoder;
        decoder.feed({head, 5});
        Frame frame;
        EXPECT_THROW(decoder.next(frame), Error);
    }
}

TEST(Frame, ThatIsCutIsNoFrameYet) {
    std::string bytes;
    append_frame(bytes, Kind::data, "abc");
    for (std::size_t length = 1; length < bytes.size(); ++length) {
        Decoder decoder;
        decoder.feed(std::string_view(bytes).substr(0, length));
        Frame frame;
        EXPECT_FALSE(decoder.next(frame));
        EXPECT_TRUE(decoder.in_the_middle());
    }
}

TEST(ErrorText, KeepsCodeAndTexts) {
    for (const auto code :
         {ErrorCode::invalid_argument, ErrorCode::out_of_domain, ErrorCode::bad_data, ErrorCode::limit_exceeded,
          ErrorCode::not_converged, ErrorCode::not_found, ErrorCode::not_ready}) {
        const Error error = read_error(write_error({code, "что-то \"так\"", "detail\n", "hint"}));
        EXPECT_EQ(error.code, code);
        EXPECT_STREQ(error.what(), "что-то \"так\"");
        EXPECT_EQ(error.detail, "detail\n");
        EXPECT_EQ(error.hint, "hint");
    }
}

TEST(ErrorText, SurvivesTextsThatAreNoUtf8) {
    EXPECT_NO_THROW(read_error(write_error({ErrorCode::bad_data, "\xFF\xFE", "\xC3", ""})));
}

TEST(ErrorText, ThatIsNoneIsRefused) {
    for (const char* text : {"", "nope", "[]", "{}", "{\"message\": 1}", "{\"message\": \"a\", \"code\": {}}"})
        EXPECT_THROW(read_error(text), std::exception) << text;
}

}  // namespace
