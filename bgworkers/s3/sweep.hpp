// The sweeper: what a crash between the database and a bucket has left on either side.
#pragma once
#include <nlohmann/json.hpp>

#include "s3/remote.hpp"

namespace fin::workers {

struct Sweep {              // NOLINT(bugprone-exception-escape): nlohmann's move
    long grace = 3600;      // seconds; what is younger may belong to an upload under way
    bool claim = false;     // take a bucket over that belonged to another database
    nlohmann::json result;  // what was found and done, in numbers
};

// Throws BadPayload where the bucket belongs to another database.
Task<void> sweep_bucket(Context& context, const Remote& remote, Sweep& sweep);

}  // namespace fin::workers
