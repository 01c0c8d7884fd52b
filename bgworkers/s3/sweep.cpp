#include "s3/sweep.hpp"

#include <openssl/evp.h>

#include <ctime>

#include "error.hpp"
#include "handlers/payload.hpp"
#include "hash/sha256.hpp"
#include "s3/moves.hpp"
#include "spi.hpp"

namespace fin::workers {

namespace {

using nlohmann::json;
using s3::Fields;
using s3::Unsigned;

constexpr int most_failures = 10;
constexpr std::size_t named = 100;  // of lost files in the result

// An object that says whose the bucket (or this prefix of it) is: two databases in one would sweep each other's away.
std::string mark_key(const Remote& remote) { return remote.bucket.prefix + "pg_fin-owner.json"; }

Task<void> check_owner(const Remote& remote, const std::string& owner, bool claim) {
    const std::string nothing;
    const Unsigned ask = s3::request_for(remote.bucket, "GET", mark_key(remote));
    Task<Response> asking = call(remote, ask, nothing);
    const Response answer = co_await asking;
    if (answer.status != 404) {
        const json mark = json::parse(answer.body, nullptr, false);
        const std::string found = mark.is_object() ? mark.value("owner", json()).dump() : std::string();
        if (found == json(owner).dump()) co_return;
        if (!claim)
            throw BadPayload(
                "the bucket, or this prefix of it, belongs to another database: nothing is swept. Give each database "
                "a prefix of its own; SELECT fin_storage_sweep('{\"claim\": true}') takes over one whose database is "
                "no more");
    }
    Unsigned put = s3::request_for(remote.bucket, "PUT", mark_key(remote));
    put.headers.emplace_back("Content-Type", "application/json");
    const json mark = {{"owner", owner}};
    const std::string body = mark.dump();
    Task<Response> putting = call(remote, put, body);
    co_await putting;
}

// As S3 writes times, so that texts compare like them.
std::string time_text(std::int64_t seconds) {
    const std::string date = s3::amz_date(seconds);  // 20130524T000000Z
    return date.substr(0, 4) + "-" + date.substr(4, 2) + "-" + date.substr(6, 5) + ":" + date.substr(11, 2) + ":" +
           date.substr(13, 2) + ".000Z";
}

Task<int> end_unfinished_uploads(const Remote& remote, long grace) {
    const std::string nothing, before = time_text(std::time(nullptr) - grace);
    std::string key_marker, id_marker;
    int ended = 0;
    do {
        Fields query = {{"uploads", ""}, {"encoding-type", "url"}, {"prefix", remote.bucket.prefix}};
        if (!key_marker.empty()) query.emplace_back("key-marker", key_marker);
        if (!id_marker.empty()) query.emplace_back("upload-id-marker", id_marker);
        const Unsigned list = s3::request_for(remote.bucket, "GET", "", query);
        Task<Response> listing = call(remote, list, nothing, std::size_t{8} << 20);
        const Response listed = co_await listing;
        if (listed.status == 404) throw StorageError("there is no such bucket", false, 404, "NoSuchBucket");
        const s3::UploadPage page = s3::parse_uploads(listed.body);
        for (const s3::Upload& upload : page.uploads) {
            if (upload.begun >= before || upload.key.compare(0, remote.bucket.prefix.size(), remote.bucket.prefix) != 0)
                continue;
            const Unsigned abort = s3::request_for(remote.bucket, "DELETE", upload.key, {{"uploadId", upload.id}});
            try {
                Task<Response> aborting = call(remote, abort, nothing);
                co_await aborting;
                ++ended;
            } catch (const StorageError& error) {
                if (error.status != 404) throw;  // somebody was faster
            }
        }
        if (!page.next_key.empty() && page.next_key == key_marker && page.next_id == id_marker)
            throw Error(ErrorCode::bad_data, "S3 lists the same uploads again and again");
        key_marker = page.next_key;
        id_marker = page.next_id;
    } while (!key_marker.empty());
    co_return ended;
}

struct Finding {
    std::string what, key, place, file;
};

// What the database says of one page. `listed` is JSON: key, at, size of each object.
std::vector<Finding> compare(Context& context, const Remote& remote, const std::string& after, const std::string& last,
                             const json& listed, const std::string& began, long grace) {
    std::vector<Finding> findings;
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run(
            "SELECT p.what, p.key, p.place::text, p.file::text FROM fin.sweep_page($1, $2, $3, ARRAY(SELECT e ->> "
            "'key' FROM jsonb_array_elements($4) WITH ORDINALITY x(e, n) ORDER BY n), "
            "ARRAY(SELECT e ->> 'at' FROM jsonb_array_elements($4) WITH ORDINALITY x(e, n) ORDER BY n), "
            "ARRAY(SELECT (e ->> 'size')::bigint FROM jsonb_array_elements($4) WITH ORDINALITY x(e, n) ORDER BY n), "
            "$5::timestamptz, make_interval(secs => $6)) p",
            {pg::text_param(remote.provider), pg::text_param(after), pg::text_param(last),
             pg::jsonb_param(listed.dump()), pg::text_param(began), pg::int_param(static_cast<std::int32_t>(grace))});
        for (std::uint64_t row = 0; row < rows.size(); ++row)
            findings.push_back({rows.text(row, 1), rows.text(row, 2), rows.text(row, 3), rows.text(row, 4)});
    });
    return findings;
}

// Keys that no file of ours can have are left alone: JSON and PostgreSQL cannot even spell some of them.
bool is_spellable(const std::string& key) {
    for (const char c : key)
        if (static_cast<unsigned char>(c) < 0x20) return false;
    try {
        (void)json(key).dump();
        return true;
    } catch (const json::exception&) {
        return false;
    }
}

Task<bool> is_there(const Remote& remote, const std::string& key) {
    const std::string nothing;
    const Unsigned ask = s3::request_for(remote.bucket, "HEAD", key);
    Task<Response> asking = call(remote, ask, nothing);
    const Response answer = co_await asking;
    co_return answer.status != 404;
}

void count(json& result, const std::string& what) { result[what] = result.value(what, 0) + 1; }

Task<void> settle(Context& context, const Remote& remote, const Finding& finding, const json& sizes, json& result) {
    if (finding.what == "orphan") {
        std::string removal;
        context.worker_sql([&](pg::Session& session) {
            removal = session
                          .run("SELECT fin.sweep_orphan($1, $2)::text",
                               {pg::text_param(remote.provider), pg::text_param(finding.key)})
                          .text(0, 1);
        });
        if (removal.empty()) co_return;
        Task<void> removing = remove_object(remote, finding.key);
        co_await removing;
        context.worker_sql([&](pg::Session& session) {
            session.run("SELECT fin.removal_end($1::bigint)", {pg::text_param(removal)});
        });
        count(result, "orphans");
        co_return;
    }
    // A list may be behind; an object that was listed with another size is there and wrong.
    if (!sizes.contains(finding.key)) {
        Task<bool> looking = is_there(remote, finding.key);
        if (co_await looking) co_return;
    }
    std::string became;
    context.worker_sql([&](pg::Session& session) {
        became = session
                     .run("SELECT fin.sweep_missing($1::uuid, $2::uuid, $3, $4)",
                          {pg::text_param(finding.place), pg::text_param(finding.file), pg::text_param(remote.provider),
                           pg::text_param(finding.key)})
                     .text(0, 1);
    });
    count(result, became);
    if (became == "lost" && result["lost_keys"].size() < named) result["lost_keys"].push_back(finding.key);
}

Task<void> compare_objects(Context& context, const Remote& remote, const std::string& folder, const std::string& began,
                           long grace, json& result) {
    const std::string nothing, prefix = remote.bucket.prefix + folder + "/";
    const std::string end = remote.bucket.prefix + folder + "0";  // "0" comes after "/"
    std::string after = prefix, token;
    for (;;) {
        Fields query = {{"list-type", "2"}, {"prefix", prefix}, {"encoding-type", "url"}, {"max-keys", "1000"}};
        if (!token.empty()) query.emplace_back("continuation-token", token);
        const Unsigned list = s3::request_for(remote.bucket, "GET", "", query);
        Task<Response> listing = call(remote, list, nothing, std::size_t{8} << 20);
        const Response listed = co_await listing;
        if (listed.status == 404) throw StorageError("there is no such bucket", false, 404, "NoSuchBucket");
        const s3::ObjectPage page = s3::parse_objects(listed.body);
        if (!page.next.empty() && (page.objects.empty() || page.objects.back().key <= after))
            throw Error(ErrorCode::bad_data, "S3 lists the same objects again and again");
        json objects = json::array(), sizes = json::object();
        for (const s3::Object& object : page.objects) {
            if (object.key.compare(0, prefix.size(), prefix) != 0)
                throw Error(ErrorCode::bad_data, "S3 listed an object with another prefix than it was asked for");
            if (!is_spellable(object.key)) {
                count(result, "strange");
                continue;
            }
            objects.push_back({{"key", object.key}, {"at", object.modified}, {"size", object.size}});
            sizes[object.key] = object.size;
        }
        result["objects"] = result.value("objects", 0) + static_cast<int>(page.objects.size());
        const std::string last = page.next.empty() ? end : page.objects.back().key;
        const std::vector<Finding> findings = compare(context, remote, after, last, objects, began, grace);
        for (const Finding& finding : findings) {
            Task<void> settling = settle(context, remote, finding, sizes, result);
            co_await settling;
        }
        if (page.next.empty()) co_return;
        after = last;
        token = page.next;
    }
}

Task<void> store_what_was_left(Context& context, const Remote& remote, long grace, json& result) {
    std::string after = "00000000-0000-0000-0000-000000000000";
    for (int failures = 0;;) {
        std::string place, file;
        context.worker_sql([&](pg::Session& session) {
            const auto rows = session.run(
                "SELECT u.place::text, u.file::text FROM fin.sweep_unstored($1::uuid, make_interval(secs => $2)) u",
                {pg::text_param(after), pg::int_param(static_cast<std::int32_t>(grace))});
            if (rows.empty()) return;
            place = rows.text(0, 1);
            file = rows.text(0, 2);
        });
        if (file.empty()) co_return;
        after = file;
        bool failed = false;
        try {
            Task<std::string> storing = store_file(context, remote, place, file);
            const std::string ending = co_await storing;
            if (ending == "now") count(result, "stored");
        } catch (const std::runtime_error&) {
            if (++failures >= most_failures) throw;
            failed = true;
        }
        if (failed) count(result, "not_stored");
    }
}

std::string md5_base64(const std::string& text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (!EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr)) throw std::bad_alloc();
    static constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) (hex += digits[digest[i] >> 4]) += digits[digest[i] & 15];
    return s3::base64_of_hex(hex);
}

Task<void> put_lifecycle(const Remote& remote) {
    const std::string nothing;
    const Unsigned ask = s3::request_for(remote.bucket, "GET", "", {{"lifecycle", ""}});
    Task<Response> asking = call(remote, ask, nothing);
    const Response present = co_await asking;
    const std::string body =
        s3::lifecycle_of({30, 90}, remote.bucket.prefix, present.status == 404 ? std::string() : present.body);
    Unsigned put = s3::request_for(remote.bucket, "PUT", "", {{"lifecycle", ""}});
    put.headers.emplace_back("Content-Type", "application/xml");
    put.headers.emplace_back("Content-MD5", md5_base64(body));
    put.headers.emplace_back("x-amz-checksum-sha256", s3::base64_of_hex(hash::sha256(body)));
    Task<Response> putting = call(remote, put, body);
    co_await putting;
}

}  // namespace

Task<void> sweep_bucket(Context& context, const Remote& remote, Sweep& sweep) {
    sweep.result = {{"objects", 0}, {"orphans", 0}, {"lost", 0}, {"lost_keys", json::array()}};
    std::string owner, began;
    context.worker_sql([&](pg::Session& session) {
        const auto rows = session.run("SELECT b.owner, b.began FROM fin.sweep_begin() b");
        owner = rows.text(0, 1);
        began = rows.text(0, 2);
    });
    Task<void> checking = check_owner(remote, owner, sweep.claim);
    co_await checking;
    Task<int> removing = remove_left_objects(context, 100'000);
    sweep.result["removed"] = co_await removing;
    try {
        Task<int> ending = end_unfinished_uploads(remote, sweep.grace);
        sweep.result["uploads_ended"] = co_await ending;
    } catch (const StorageError& error) {
        // Services that cannot list them have rules of their own.
        if (error.status != 501 && error.status != 405) throw;
        sweep.result["uploads_ended"] = nullptr;
    }
    for (const std::string folder : {"exports", "uploads"}) {
        Task<void> comparing = compare_objects(context, remote, folder, began, sweep.grace, sweep.result);
        co_await comparing;
        context.progress(folder == "exports" ? 0.3 : 0.7, "compared " + folder);
    }
    Task<void> storing = store_what_was_left(context, remote, sweep.grace, sweep.result);
    co_await storing;
    if (remote.bucket.lifecycle) {
        Task<void> putting = put_lifecycle(remote);
        co_await putting;
        sweep.result["lifecycle"] = true;
    }
    context.worker_sql([&](pg::Session& session) { session.run("SELECT fin.copies_drop(), fin.sweep_end()"); });
}

}  // namespace fin::workers
