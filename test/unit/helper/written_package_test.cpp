// Parts that are added to a package, and files without a name.
#include "writing/package.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.hpp"
#include "package.hpp"
#include "unpacked.hpp"
#include "writing/unnamed_files.hpp"

namespace fin::helper {
namespace {

using test::bytes_of_file, test::unpacked;

UnnamedFile file_of(const std::string& bytes) {
    UnnamedFile file = make_unnamed_file("/tmp");
    std::fwrite(bytes.data(), 1, bytes.size(), file.get());
    std::fflush(file.get());
    return file;
}

std::string long_text() {
    std::string text;
    for (int i = 0; i < 60'000; ++i) text += std::to_string(i * 7919 % 10007) + ",";
    return text;
}

TEST(AddToPackage, ChangesWhatIsNamedAndKeepsTheRest) {
    const UnnamedFile from = file_of(test::zip({{"types.xml", "<a><b/></a>"}, {"big.xml", long_text()}, {"one", "1"}}));
    const UnnamedFile to = make_unnamed_file("/tmp");
    add_to_package(from.get(), to.get(), {{"types.xml", "</a>", "<c/>"}}, {{"new/part.xml", "<p/>"}});
    const auto parts = unpacked(bytes_of_file(to.get()));
    EXPECT_EQ(parts.size(), 4U);
    EXPECT_EQ(parts.at("types.xml"), "<a><b/><c/></a>");
    EXPECT_TRUE(parts.at("big.xml") == long_text());
    EXPECT_EQ(parts.at("new/part.xml"), "<p/>");
}

TEST(AddToPackage, RefusesWhatIsNotAsItShouldBe) {
    const UnnamedFile to = make_unnamed_file("/tmp");
    const UnnamedFile good = file_of(test::zip({{"types.xml", "<a></a>"}}));
    EXPECT_THROW(add_to_package(good.get(), to.get(), {{"types.xml", "</b>", "x"}}, {}), Error);
    EXPECT_THROW(add_to_package(good.get(), to.get(), {{"other.xml", "</a>", "x"}}, {}), Error);
    EXPECT_THROW(add_to_package(file_of("no archive").get(), to.get(), {}, {}), Error);
}

TEST(UnnamedFiles, HoldWhatIsWrittenAndHaveNoName) {
    const UnnamedFile file = file_of(long_text());
    EXPECT_TRUE(bytes_of_file(file.get()) == long_text());
    EXPECT_EQ(std::fseek(file.get(), 3, SEEK_SET), 0);
    EXPECT_EQ(std::fgetc(file.get()), long_text()[3]);
    EXPECT_EQ(failed_write(), 0);
}

// The library's way to a temporary file, and everybody else's way to an ordinary one.
TEST(UnnamedFiles, TakeTheNameOfATemporaryFileAndNoOther) {
    const int temporary = open("/tmp/tmp.0123456789", O_CREAT | O_EXCL | O_RDWR, 0600);
    ASSERT_GE(temporary, 0);
    struct stat about {};
    EXPECT_NE(stat("/tmp/tmp.0123456789", &about), 0);
    FILE* const stream = fdopen(temporary, "w+b");
    std::fputs("text", stream);
    EXPECT_EQ(bytes_of_file(stream), "text");
    std::fclose(stream);

    const std::string name = "/tmp/pg_fin_named_" + std::to_string(getpid());
    const int named = open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0640);
    ASSERT_GE(named, 0);
    FILE* const usual = fdopen(named, "w");
    std::fputs("named", usual);
    std::fclose(usual);
    ASSERT_EQ(stat(name.c_str(), &about), 0);
    EXPECT_EQ(about.st_size, 5);
    EXPECT_EQ(about.st_mode & 0700U, 0600U);
    unlink(name.c_str());
}

}  // namespace
}  // namespace fin::helper
