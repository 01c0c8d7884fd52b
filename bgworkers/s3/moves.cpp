#include "s3/moves.hpp"

#include <charconv>

#include "datum.hpp"
#include "error.hpp"
#include "handlers/payload.hpp"
#include "hash/sha256.hpp"
#include "spi.hpp"

extern "C" {
#include "catalog/pg_type.h"
}

namespace fin::workers {

namespace {

using s3::Fields;
using s3::Unsigned;

constexpr long long piece = 1 << 20;  // of fin.file_chunks
constexpr std::size_t error_size = 64 << 10;

struct Leaving {
    std::string state, sha256, filename, media_type, purpose, member, report, began;
    long long size = 0;
    int days = 0;
};

Leaving begin_to_leave(Context& context, const std::string& workspace, const std::string& file) {
    Leaving leaving;
    leaving.state = "gone";
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT b.state, b.size::float8, b.sha256, b.filename, b.media_type, b.purpose, b.member, b.report, "
            "b.days::float8, b.began FROM fin.store_begin($1::uuid, $2::uuid) b",
            {pg::text_param(workspace), pg::text_param(file)});
        if (rows.empty()) return;
        leaving.state = rows.text(0, 1);
        leaving.size = static_cast<long long>(rows.number(0, 2).value_or(0));
        leaving.sha256 = rows.text(0, 3);
        leaving.filename = rows.text(0, 4);
        leaving.media_type = rows.text(0, 5);
        leaving.purpose = rows.text(0, 6);
        leaving.member = rows.text(0, 7);
        leaving.report = rows.text(0, 8);
        leaving.days = static_cast<int>(rows.number(0, 9).value_or(0));
        leaving.began = rows.text(0, 10);
    });
    return leaving;
}

std::string read_pieces(Context& context, const std::string& workspace, const std::string& file, long long from,
                        long long size) {
    std::string content;
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run("SELECT fin.store_piece($1::uuid, $2::uuid, $3, $4)",
                                      {pg::text_param(workspace), pg::text_param(file),
                                       pg::int_param(static_cast<std::int32_t>(from / piece + 1)),
                                       pg::int_param(static_cast<std::int32_t>((size + piece - 1) / piece))});
        content = pg::bytes_of(*rows.cell(0, 1));
    });
    if (content.size() != static_cast<std::size_t>(size))
        throw Error(ErrorCode::bad_data, "the file has other bytes in the database than its row says");
    return content;
}

// What an object carries besides its bytes. Media types are the uploader's words: only plain ones are passed on.
Fields object_headers(const Leaving& leaving) {
    Fields headers;
    bool plain = !leaving.media_type.empty() && leaving.media_type.size() <= 200;
    for (const char c : leaving.media_type) plain = plain && c >= 0x20 && c < 0x7f;
    headers.emplace_back("Content-Type", plain ? leaving.media_type : "application/octet-stream");
    headers.emplace_back("x-amz-meta-sha256", leaving.sha256);
    // Rules of the bucket go by this tag.
    headers.emplace_back("x-amz-tagging", "fin_days=" + std::to_string(leaving.days));
    return headers;
}

Task<void> put_whole(Context& context, const Remote& remote, const std::string& key, const Leaving& leaving,
                     const std::string& workspace, const std::string& file) {
    const std::string content =
        leaving.size == 0 ? std::string() : read_pieces(context, workspace, file, 0, leaving.size);
    if (hash::sha256(content) != leaving.sha256)
        throw Error(ErrorCode::bad_data, "the file is damaged: its bytes have another hash");
    Unsigned request = s3::request_for(remote.bucket, "PUT", key);
    request.headers = object_headers(leaving);
    request.headers.emplace_back("x-amz-checksum-sha256", s3::base64_of_hex(leaving.sha256));
    Task<Response> putting = call(remote, request, content);
    co_await putting;
}

// Its checksum as S3 would say it. An upload that fails is taken back; one that was broken off with the worker is found
// by the sweeper.
Task<std::string> put_parts(Context& context, const Remote& remote, const std::string& key, const Leaving& leaving,
                            const std::string& workspace, const std::string& file) {
    const std::string nothing;
    Unsigned begin = s3::request_for(remote.bucket, "POST", key, {{"uploads", ""}});
    begin.headers = object_headers(leaving);
    begin.headers.emplace_back("x-amz-checksum-algorithm", "SHA256");
    Task<Response> beginning = call(remote, begin, nothing);
    const Response begun = co_await beginning;
    const std::string id = s3::parse_upload_id(begun.body);
    std::exception_ptr failure;
    std::string parts_hex;
    std::vector<s3::Part> parts;
    try {
        const long long size = s3::part_size_for(leaving.size);
        hash::Sha256 whole;
        for (long long at = 0; at < leaving.size; at += size) {
            const std::string content = read_pieces(context, workspace, file, at, std::min(size, leaving.size - at));
            whole.add(content);
            const std::string hex = hash::sha256(content);
            s3::Part part;
            part.number = static_cast<int>(parts.size()) + 1;
            part.checksum = s3::base64_of_hex(hex);
            Unsigned request = s3::request_for(remote.bucket, "PUT", key,
                                               {{"partNumber", std::to_string(part.number)}, {"uploadId", id}});
            request.headers.emplace_back("x-amz-checksum-sha256", part.checksum);
            Task<Response> putting = call(remote, request, content);
            const Response put = co_await putting;
            part.etag = outbound::header(put.headers, "etag");
            if (part.etag.empty() || part.etag.size() > 200)
                throw Error(ErrorCode::bad_data, "the bucket took a part without giving it an ETag");
            parts_hex += hex;
            parts.push_back(std::move(part));
            context.progress(static_cast<double>(at) / static_cast<double>(leaving.size), "uploading");
        }
        if (whole.hex() != leaving.sha256)
            throw Error(ErrorCode::bad_data, "the file is damaged: its bytes have another hash");
        Unsigned complete = s3::request_for(remote.bucket, "POST", key, {{"uploadId", id}});
        complete.headers.emplace_back("Content-Type", "application/xml");
        const std::string body = s3::completion_of(parts);
        Task<Response> completing = call(remote, complete, body);
        co_await completing;
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        try {
            Unsigned abort = s3::request_for(remote.bucket, "DELETE", key, {{"uploadId", id}});
            Task<Response> aborting = call(remote, abort, nothing);
            co_await aborting;
        } catch (const std::runtime_error&) {
            // The sweeper's.
        }
        std::rethrow_exception(failure);
    }
    co_return s3::checksum_of_parts(parts_hex, parts.size());
}

Task<void> read_object(const Remote& remote, const std::string& key, long long size, const std::string& expected_hash,
                       std::function<void(long long, const std::string&)> take) {
    const std::string nothing;
    hash::Sha256 hash;
    for (long long at = 0; at < size; at += s3::part_size) {
        const long long last = std::min(at + s3::part_size, size) - 1;
        Unsigned request = s3::request_for(remote.bucket, "GET", key);
        request.unsigned_headers.emplace_back("Range", "bytes=" + std::to_string(at) + "-" + std::to_string(last));
        Task<Response> getting = call(remote, request, nothing, static_cast<std::size_t>(last - at + 1) + error_size);
        const Response got = co_await getting;
        if (got.status == 404) throw StorageError("the object is not in the bucket any more", false, 404, "NoSuchKey");
        if (got.body.size() != static_cast<std::size_t>(last - at + 1))
            throw StorageError("the bucket answered with another piece of the object than it was asked for", true,
                               got.status);
        hash.add(got.body);
        if (take) take(at, got.body);
    }
    if (hash.hex() != expected_hash)
        throw StorageError("the object in the bucket has other bytes than the file", true, 200, "BadDigest");
}

// Is what lies in the bucket now what was sent? By the checksum the service computed, else by reading it back.
Task<void> verify(const Remote& remote, const std::string& key, const Leaving& leaving, const std::string& checksum) {
    const std::string nothing;
    Unsigned request = s3::request_for(remote.bucket, "HEAD", key);
    request.headers.emplace_back("x-amz-checksum-mode", "ENABLED");
    Task<Response> asking = call(remote, request, nothing);
    const Response head = co_await asking;
    if (head.status == 404) throw StorageError("the object is not in the bucket after its upload", true, 404);
    if (outbound::header(head.headers, "content-length") != std::to_string(leaving.size))
        throw StorageError("the object in the bucket has another size than the file", true, head.status, "BadDigest");
    const std::string_view said = outbound::header(head.headers, "x-amz-checksum-sha256");
    if (said == checksum) co_return;
    if (!said.empty())
        throw StorageError("the object in the bucket has another checksum than the file", true, head.status,
                           "BadDigest");
    Task<void> reading = read_object(remote, key, leaving.size, leaving.sha256, {});
    co_await reading;
}

}  // namespace

Task<std::string> store_file(Context& context, const Remote& remote, const std::string& workspace,
                             const std::string& file) {
    const Leaving leaving = begin_to_leave(context, workspace, file);
    if (leaving.state != "here") co_return leaving.state;
    const std::string key = s3::key_for(remote.bucket, s3::purpose_of(leaving.purpose), leaving.member, leaving.report,
                                        leaving.filename, leaving.sha256);
    std::string checksum = s3::base64_of_hex(leaving.sha256);
    if (leaving.size > s3::part_size) {
        Task<std::string> putting = put_parts(context, remote, key, leaving, workspace, file);
        checksum = co_await putting;
    } else {
        Task<void> putting = put_whole(context, remote, key, leaving, workspace, file);
        co_await putting;
    }
    Task<void> verifying = verify(remote, key, leaving, checksum);
    co_await verifying;
    std::string ending;
    context.worker_sql([&](pg::Session& session) {
        ending =
            session
                .run("SELECT fin.store_end($1::uuid, $2::uuid, $3::bigint, $4::bigint, $5, $6, $7::timestamptz)",
                     {pg::text_param(workspace), pg::text_param(file), pg::text_param(std::to_string(context.job().id)),
                      pg::text_param(std::to_string(context.job().token)), pg::text_param(remote.provider),
                      pg::text_param(key), pg::text_param(leaving.began)})
                .text(0, 1);
    });
    co_return ending;
}

Task<std::string> fetch_file(Context& context, const std::string& workspace, const std::string& file) {
    std::string state = "gone", sha256, provider, key;
    long long size = 0;
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT b.state, b.size::float8, b.sha256, b.provider, b.key FROM fin.fetch_begin($1::uuid, $2::uuid) b",
            {pg::text_param(workspace), pg::text_param(file)});
        if (rows.empty()) return;
        state = rows.text(0, 1);
        size = static_cast<long long>(rows.number(0, 2).value_or(0));
        sha256 = rows.text(0, 3);
        provider = rows.text(0, 4);
        key = rows.text(0, 5);
    });
    if (state != "stored") co_return state;
    Remote remote;
    if (!load_remote(context, provider, remote)) throw BadPayload("the bucket " + provider + " is not set up any more");
    bool moved_on = false;
    const auto keep = [&](long long at, const std::string& content) {
        context.worker_sql([&](pg::Session& session) {
            const Datum bytes = pg::guard([&] {
                auto* copy = static_cast<bytea*>(palloc(VARHDRSZ + content.size()));
                SET_VARSIZE(copy, VARHDRSZ + content.size());
                memcpy(VARDATA(copy), content.data(), content.size());
                return PointerGetDatum(copy);
            });
            const auto rows =
                session.run("SELECT fin.fetch_piece($1::uuid, $2::uuid, $3, $4, $5)::text",
                            {pg::text_param(workspace), pg::text_param(file), pg::text_param(key),
                             pg::int_param(static_cast<std::int32_t>(at / piece + 1)), pg::Parameter{BYTEAOID, bytes}});
            moved_on = moved_on || rows.text(0, 1) != "true";
        });
        if (moved_on) throw StorageError("the file was put again while it was fetched", true, 0);
    };
    Task<void> reading = read_object(remote, key, size, sha256, keep);
    co_await reading;
    context.worker_sql([&](pg::Session& session) {
        session.run("SELECT fin.fetch_end($1::uuid, $2::uuid, $3, '1 hour')",
                    {pg::text_param(workspace), pg::text_param(file), pg::text_param(key)});
    });
    co_return "here";
}

Task<void> remove_object(const Remote& remote, const std::string& key) {
    const std::string nothing;
    const Unsigned request = s3::request_for(remote.bucket, "DELETE", key);
    try {
        Task<Response> removing = call(remote, request, nothing);
        co_await removing;
    } catch (const StorageError& error) {
        if (error.status != 404 || error.code == "NoSuchBucket") throw;
    }
}

Task<int> remove_left_objects(Context& context, int at_most) {
    int removed = 0;
    std::string last = "0";
    Remote remote;
    while (removed < at_most) {
        std::string provider, key;
        bool found = false, needed = false;
        context.worker_sql([&](pg::Session& session) {
            const auto rows = session.run(
                "SELECT r.id::text, r.provider, r.key, r.is_needed::text FROM fin.removal_next($1::bigint) r",
                {pg::text_param(last)});
            found = !rows.empty();
            if (!found) return;
            last = rows.text(0, 1);
            provider = rows.text(0, 2);
            key = rows.text(0, 3);
            needed = rows.text(0, 4) == "true";
        });
        if (!found) break;
        if (needed) {
            if (remote.provider != provider && !load_remote(context, provider, remote)) continue;
            Task<void> removing = remove_object(remote, key);
            co_await removing;
            ++removed;
        }
        context.worker_sql(
            [&](pg::Session& session) { session.run("SELECT fin.removal_end($1::bigint)", {pg::text_param(last)}); });
    }
    co_return removed;
}

}  // namespace fin::workers
