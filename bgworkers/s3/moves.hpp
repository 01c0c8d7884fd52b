// Files on their way into a bucket and back. No transaction is open while bytes travel; each ends with one that looks
// whether the way still counts.
#pragma once
#include "s3/remote.hpp"

namespace fin::workers {

// Moves the bytes of a file of this workspace into the bucket: uploads, reads back or compares checksums, then drops
// the pieces. Answers now, stored (it was before), gone, held, infected, awaited, late, changed, removed or taken.
Task<std::string> store_file(Context& context, const Remote& remote, const std::string& workspace,
                             const std::string& file);

// Brings the bytes of a file back into the database for an hour. Answers here, gone, held, infected or lost. Throws
// BadPayload where its bucket is not set up any more.
Task<std::string> fetch_file(Context& context, const std::string& workspace, const std::string& file);

// Removes objects whose files have gone, at most so many; returns how many there were.
Task<int> remove_left_objects(Context& context, int at_most);

// Deletes one object; that it is not there is success.
Task<void> remove_object(const Remote& remote, const std::string& key);

}  // namespace fin::workers
