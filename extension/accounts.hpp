// The setting that accounts need.
#pragma once

namespace fin::pg {

void define_token_settings();

}  // namespace fin::pg
