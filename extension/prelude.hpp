// The one door to PostgreSQL's headers: C linkage, and none of the macros that hit C++ names.
#pragma once
// Standard headers that PostgreSQL's macros would spoil come first.
#include <cmath>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/numeric.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/uuid.h"
}

#undef Abs
#undef Max
#undef Min
#undef gettext
#undef dgettext
#undef ngettext
#undef dngettext
#undef printf
#undef sprintf
#undef snprintf
#undef fprintf
#undef vprintf
#undef vsprintf
#undef vsnprintf
#undef vfprintf
#undef strerror
