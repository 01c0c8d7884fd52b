#include "api/routes/multipart.hpp"

#include "api/error.hpp"

namespace fin::api::routes {
namespace {

class Written final : public PartTaker {
public:
    void begin(const Part& part) override {
        text += "[" + part.name + "|" + part.filename.value_or("-") + "|" + part.media_type + "]";
    }
    void data(std::string_view piece) override { text += piece; }
    void end() override { text += "[end]"; }
    std::string text;
};

// What the body says, cut into pieces of that size; or why it is refused.
std::string read(const std::string& body, std::size_t piece = 1 << 20, const std::string& boundary = "b") {
    Written written;
    try {
        MultipartParser parser(boundary, written);
        for (std::size_t at = 0; at < body.size(); at += piece) parser.take(std::string_view(body).substr(at, piece));
        parser.finish();
    } catch (const ApiError& error) {
        EXPECT_EQ(error.status, 400);
        return error.details.get<std::string>();
    }
    return written.text;
}

const std::string head = "Content-Disposition: form-data; name=";

TEST(Multipart, PartsHoweverTheyAreCut) {
    const std::string body =
        "preamble\r\n--b\r\n" + head + "\"a\"\r\n\r\none\r\n--a\r\n-\r\n--b \t\r\ncontent-type:text/csv \r\n" + head +
        "\"file\"; filename=\"x.csv\"\r\n\r\n\r\n\r\n--b\r\n" + head + "empty\r\n\r\n\r\n--b--\r\nepilogue --b\r\n";
    for (std::size_t piece = 1; piece <= body.size(); ++piece)
        ASSERT_EQ(read(body, piece), "[a|-|]one\r\n--a\r\n-[end][file|x.csv|text/csv]\r\n[end][empty|-|][end]")
            << piece;
}

TEST(Multipart, BytesOfAllKinds) {
    std::string bytes;
    for (int i = 0; i < 1024; ++i) bytes += static_cast<char>(i % 256);
    for (const std::size_t piece : {1, 2, 3, 7, 1000})
        EXPECT_EQ(read("--b\r\n" + head + "f\r\n\r\n" + bytes + "\r\n--b--", piece), "[f|-|]" + bytes + "[end]");
}

TEST(Multipart, Refusals) {
    EXPECT_EQ(read(""), "The last boundary is missing");
    EXPECT_EQ(read("--b\r\n" + head + "a\r\n\r\nx"), "The last boundary is missing");
    EXPECT_EQ(read("--b\r\n" + head + "a\r\n\r\nx\r\n--b"), "The last boundary is missing");
    EXPECT_EQ(read("--bx\r\n"), "A boundary does not end its line");
    EXPECT_EQ(read("--b\r\n\r\nx\r\n--b--"), "A part has no name");
    EXPECT_EQ(read("--b\r\nContent-Type: a\r\n\r\nx\r\n--b--"), "A part has no name");
    EXPECT_EQ(read("--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--"), "A part has no name");
    EXPECT_EQ(read("--b\r\n" + head + "a\r\n" + head + "b\r\n\r\nx\r\n--b--"), "A part has two names");
    EXPECT_EQ(read("--b\r\n" + head + "a\r\n folded\r\n\r\nx\r\n--b--"), "A part's head is no header");
    EXPECT_EQ(read("--b\r\n" + head + "a\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--"), "A part is encoded");
    EXPECT_EQ(read("--b\r\n" + head + std::string(10000, 'a')), "A part's head is too long");
    EXPECT_EQ(read("--b" + std::string(10000, ' ')), "A boundary does not end its line");
    std::string many;
    for (int i = 0; i < 101; ++i) many += "--b\r\n" + head + "a\r\n\r\n\r\n";
    EXPECT_EQ(read(many), "There are too many parts");
}

TEST(Multipart, Boundaries) {
    EXPECT_EQ(multipart_boundary("text/csv"), std::nullopt);
    EXPECT_EQ(multipart_boundary("multipart/form-datax; boundary=a"), std::nullopt);
    EXPECT_EQ(multipart_boundary("Multipart/Form-Data; charset=x; BOUNDARY=\"a b\""), "a b");
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=----WebKit1"), "----WebKit1");
    EXPECT_THROW(multipart_boundary("multipart/form-data"), ApiError);
    EXPECT_THROW(multipart_boundary("multipart/form-data; boundary="), ApiError);
    EXPECT_THROW(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'x')), ApiError);
}

TEST(Multipart, Parameters) {
    EXPECT_EQ(header_parameter("form-data; name=\"a;b\"; filename=\"q \\\"1\\\" ; filename=x\"", "filename"),
              "q \"1\" ; filename=x");
    EXPECT_EQ(header_parameter("form-data; name=\"a;b\"", "name"), "a;b");
    EXPECT_EQ(header_parameter("form-data; name=a", "filename"), std::nullopt);
    EXPECT_EQ(header_parameter("attachment; filename=\"x\"; filename*=UTF-8''%C3%A9.csv", "filename"), "\xC3\xA9.csv");
    EXPECT_EQ(header_parameter("form-data; name=\"C:\\data\\a.csv\"", "name"), "C:\\data\\a.csv");
    EXPECT_EQ(header_parameter("form-data; name=\"open", "name"), "open");
}

TEST(Multipart, Filenames) {
    EXPECT_EQ(plain_filename("C:\\data\\a.csv"), "a.csv");
    EXPECT_EQ(plain_filename("../../etc/passwd"), "passwd");
    EXPECT_EQ(plain_filename(".."), "");
    EXPECT_EQ(plain_filename("a\r\nb\x7f.csv"), "ab.csv");
    std::string cut(199, 'a');
    const std::string whole = cut;
    cut.append("\xC3\xA9");
    EXPECT_EQ(plain_filename(cut), whole);
}

}  // namespace
}  // namespace fin::api::routes
