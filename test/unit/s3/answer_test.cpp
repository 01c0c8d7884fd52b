// Answers of S3 as its documentation shows them, and what a broken or hostile one comes to.
#include "s3/answer.hpp"

#include "error.hpp"
#include "s3/xml.hpp"

namespace {

using namespace fin::s3;
using fin::Error;

TEST(Xml, ReadsTextEntitiesAndPrefixes) {
    const Element root = parse_xml(
        "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- a --><s:A xmlns:s='x&gt;'><B>1 &lt; 2 "
        "&amp;&#x44F;&#33;</B><C/><B>3</B><![CDATA[<&]]></s:A> ");
    EXPECT_EQ(root.name, "A");
    EXPECT_EQ(root.text_of("B"), "1 < 2 &я!");
    EXPECT_EQ(root.text, "<&");
    EXPECT_EQ(root.children.size(), 3u);
    EXPECT_EQ(root.text_of("D"), "");
}

TEST(Xml, RefusesWhatIsNone) {
    for (const char* text : {"",
                             "x",
                             "<A>",
                             "<A></B>",
                             "<A",
                             "<A></A",
                             "<A></A>x",
                             "<A b></A>",
                             "<A b=c></A>",
                             "<A>&x;</A>",
                             "<A>&#0;</A>",
                             "<A>&#xD800;</A>",
                             "<A>&#1114112;</A>",
                             "<A>&</A>",
                             "<!DOCTYPE a><A/>",
                             "<A><!DOCTYPE b></A>",
                             "<?xml",
                             "<!--",
                             "<A><!--</A>",
                             "<A><![CDATA[</A>",
                             "<></>",
                             "<!DOCTYPE a [<!ENTITY b \"c\">]><A>&b;</A>"})
        EXPECT_THROW(parse_xml(text), Error) << text;
}

TEST(Xml, DepthAndCountHaveLimits) {
    std::string deep, wide = "<A>";
    for (int i = 0; i < 1000; ++i) deep += "<A>";
    for (int i = 0; i < 60'000; ++i) wide += "<B/>";
    EXPECT_THROW(parse_xml(deep), Error);
    EXPECT_THROW(parse_xml(wide + "</A>"), Error);
    EXPECT_THROW(parse_xml(std::string(9 << 20, ' ').append("<A/>")), Error);
}

TEST(Answer, Errors) {
    const auto error =
        refusal_in("<?xml version=\"1.0\"?>\n<Error><Code>SlowDown</Code><Message>Please reduce</Message></Error>");
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code, "SlowDown");
    EXPECT_EQ(error->message, "Please reduce");
    EXPECT_TRUE(passes_by_itself(error->code));
    EXPECT_FALSE(passes_by_itself("AccessDenied"));
    EXPECT_FALSE(passes_by_itself(""));
    EXPECT_FALSE(
        refusal_in("<CompleteMultipartUploadResult><ETag>\"x\"</ETag></CompleteMultipartUploadResult>").has_value());
    EXPECT_FALSE(refusal_in("").has_value());
    EXPECT_FALSE(refusal_in("<Error><Code>").has_value());
    EXPECT_FALSE(refusal_in("bytes of a file that say <Error>").has_value());
}

TEST(Answer, Objects) {
    const ObjectPage page = parse_objects(
        "<ListBucketResult "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><EncodingType>url</EncodingType>"
        "<IsTruncated>true</IsTruncated><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</"
        "NextContinuationToken>"
        "<Contents><Key>exports/a%2Fb+c%0A.csv</Key><LastModified>2013-05-24T00:00:00.000Z</"
        "LastModified><ETag>&quot;x&quot;</ETag><Size>434234</Size></Contents>"
        "<Contents><Key>uploads/d</Key><LastModified>2013-05-24T00:00:01.000Z</LastModified><Size>0</Size></Contents></"
        "ListBucketResult>");
    ASSERT_EQ(page.objects.size(), 2u);
    EXPECT_EQ(page.objects[0].key, "exports/a/b c\n.csv");
    EXPECT_EQ(page.objects[0].size, 434234);
    EXPECT_EQ(page.objects[1].modified, "2013-05-24T00:00:01.000Z");
    EXPECT_EQ(page.next, "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=");
    EXPECT_TRUE(parse_objects("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>").objects.empty());
}

TEST(Answer, ListsThatCannotBeTrusted) {
    const auto list = [](const std::string& inner) { return "<ListBucketResult>" + inner + "</ListBucketResult>"; };
    const auto object = [](const std::string& key, const std::string& size) {
        return "<Contents><Key>" + key + "</Key><Size>" + size + "</Size></Contents>";
    };
    EXPECT_NO_THROW(parse_objects(list(object("a", "1") + object("b", "1"))));
    EXPECT_THROW(parse_objects(list(object("b", "1") + object("a", "1"))), Error);
    EXPECT_THROW(parse_objects(list(object("a", "-1"))), Error);
    EXPECT_THROW(parse_objects(list(object("a", "x"))), Error);
    EXPECT_THROW(parse_objects(list(object("", "1"))), Error);
    EXPECT_THROW(parse_objects(list("<IsTruncated>true</IsTruncated>")), Error);
    EXPECT_THROW(parse_objects("<Error><Code>NoSuchBucket</Code></Error>"), Error);
    EXPECT_THROW(parse_objects("<html></html>"), Error);
}

TEST(Answer, Uploads) {
    const UploadPage page = parse_uploads(
        "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</"
        "NextKeyMarker><NextUploadIdMarker>i</NextUploadIdMarker>"
        "<Upload><Key>k</Key><UploadId>i</UploadId><Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload></"
        "ListMultipartUploadsResult>");
    ASSERT_EQ(page.uploads.size(), 1u);
    EXPECT_EQ(page.uploads[0].id, "i");
    EXPECT_EQ(page.next_key + page.next_id, "ki");
    EXPECT_THROW(
        parse_uploads("<ListMultipartUploadsResult><Upload><Key>k</Key></Upload></ListMultipartUploadsResult>"), Error);
    EXPECT_EQ(
        parse_upload_id("<InitiateMultipartUploadResult><UploadId>VXBsb2Fk</UploadId></InitiateMultipartUploadResult>"),
        "VXBsb2Fk");
    EXPECT_THROW(parse_upload_id("<InitiateMultipartUploadResult/>"), Error);
}

TEST(Answer, Bodies) {
    EXPECT_EQ(
        completion_of({{1, "\"a\"", "YQ=="}, {2, "\"b\"", "Yg=="}}),
        "<CompleteMultipartUpload "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag>"
        "<ChecksumSHA256>YQ==</ChecksumSHA256></Part><Part><PartNumber>2</PartNumber><ETag>&quot;b&quot;</"
        "ETag><ChecksumSHA256>Yg==</ChecksumSHA256>"
        "</Part></CompleteMultipartUpload>");
}

TEST(Answer, LifecycleKeepsTheRulesOfOthers) {
    const std::string others =
        "<LifecycleConfiguration><Rule><ID>logs</ID><Status>Enabled</Status></Rule><Rule><ID>pg_fin-7-days</ID></"
        "Rule></LifecycleConfiguration>";
    const Element root = parse_xml(lifecycle_of({30, 90}, "fin/", others));
    std::vector<std::string> ids;
    for (const Element& rule : root.children) ids.emplace_back(rule.text_of("ID"));
    EXPECT_EQ(ids, (std::vector<std::string>{"logs", "pg_fin-30-days", "pg_fin-90-days", "pg_fin-unfinished"}));
    const Element* const both = root.children[2].child("Filter")->child("And");
    ASSERT_NE(both, nullptr);
    EXPECT_EQ(both->text_of("Prefix"), "fin/");
    EXPECT_EQ(both->child("Tag")->text_of("Value"), "90");
    EXPECT_EQ(root.children[2].child("Expiration")->text_of("Days"), "90");
    EXPECT_THROW(lifecycle_of({30}, "", "<Error><Code>AccessDenied</Code></Error>"), Error);
}

}  // namespace
