// What stands on the extension's bridge and is started with the library. Defined there, so that this folder includes
// nothing of theirs.
#pragma once

namespace fin::workers {

// Settings always; launcher, shared memory and hooks only while the server preloads the library.
void initialise(bool preloading);

}  // namespace fin::workers
