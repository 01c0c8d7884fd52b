// SQL face of buckets: their settings are checked, links are signed. What goes into a bucket and comes out of it goes
// by workers.
#include <ctime>
#include <nlohmann/json.hpp>

#include "datum.hpp"
#include "s3/bucket.hpp"
#include "secret.hpp"
#include "spi.hpp"

using namespace fin;
using namespace fin::pg;

FIN_FUNCTION(fin_bucket_check) {
    (void)s3::bucket_of(utf8_of(PG_GETARG_DATUM(0)), json_text(PG_GETARG_DATUM(1)));
    PG_RETURN_VOID();
}

FIN_FUNCTION(fin_presign) {
    for (int i = 0; i < 8; ++i)
        if (PG_ARGISNULL(i)) throw Error(ErrorCode::not_ready, "the bucket has no secret key");
    const std::string_view provider = utf8_of(PG_GETARG_DATUM(0)), base_url = utf8_of(PG_GETARG_DATUM(1));
    const s3::Bucket bucket = s3::bucket_of(base_url, json_text(PG_GETARG_DATUM(2)));
    const secret::Text secret =
        installation_keys().open(bytes_of(PG_GETARG_DATUM(3)), secret::place_of({"provider", provider, base_url}));
    const s3::Credentials credentials = s3::credentials_of(bucket, secret.text());
    return text_of(s3::link_to(bucket, credentials, utf8_of(PG_GETARG_DATUM(4)), utf8_of(PG_GETARG_DATUM(5)),
                               utf8_of(PG_GETARG_DATUM(6)), std::time(nullptr), PG_GETARG_INT32(7)));
}
