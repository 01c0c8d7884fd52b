// SQL face of the robust windows: reads a partition once, follows the frame; the arithmetic is in
// src/anomaly/robust_window.
#include <algorithm>
#include <limits>

#include "aggregate_state.hpp"
#include "anomaly/robust_window.hpp"

extern "C" {
#include "nodes/execnodes.h"
#include "windowapi.h"
}

using namespace fin;
using namespace fin::pg;

namespace {

// The public interface of window functions tells no frame's bounds; fetching a frame's rows one by one at each row
// would take quadratic time. These are the first members of PostgreSQL 15's WindowObjectData, whose state is a public
// struct.
struct WindowObjectHead {
    NodeTag type;
    WindowAggState* state;
};

struct Partition {
    std::vector<double> values;  // NaN for NULL
    std::optional<anomaly::RobustWindow> window;
    std::int64_t head = 0, tail = 0;  // the frame that the window holds
    std::optional<anomaly::Spread> spread;
};

struct Frame {
    std::int64_t head, tail, current;
    int options;
};

void read_values(WindowObject window, std::vector<double>& values) {
    const std::int64_t rows = guard([&] { return WinGetPartitionRowCount(window); });
    if (rows >= std::numeric_limits<int>::max())
        throw Error(ErrorCode::limit_exceeded, "too many rows in a partition",
                    "There are " + std::to_string(rows) + "; fewer than 2147483647 can be compared.");
    values.assign(static_cast<std::size_t>(rows), std::numeric_limits<double>::quiet_NaN());
    constexpr std::int64_t batch = 4096;
    MemoryContext scratch =
        guard([] { return AllocSetContextCreate(CurrentMemoryContext, "pg_fin values", ALLOCSET_DEFAULT_SIZES); });
    for (std::int64_t first = 0; first < rows; first += batch)
        guard([&] {
            CHECK_FOR_INTERRUPTS();
            MemoryContext caller = MemoryContextSwitchTo(scratch);
            for (std::int64_t row = first; row < std::min(first + batch, rows); ++row) {
                bool missing = false;
                const Datum value = WinGetFuncArgInPartition(window, 0, static_cast<int>(row), WINDOW_SEEK_HEAD, false,
                                                             &missing, nullptr);
                if (!missing) values[static_cast<std::size_t>(row)] = DatumGetFloat8(value);
            }
            MemoryContextSwitchTo(caller);
            MemoryContextReset(scratch);
        });
    guard([&] { MemoryContextDelete(scratch); });
}

Partition& partition_of(WindowObject window) {
    auto** local = guard([&] { return static_cast<Partition**>(WinGetPartitionLocalMemory(window, sizeof(void*))); });
    if (!*local) {
        auto* partition = state_in<Partition>(GetMemoryChunkContext(local));
        read_values(window, partition->values);
        partition->window.emplace(partition->values, check_interrupts);
        *local = partition;
    }
    return **local;
}

Frame frame_of(WindowObject window, std::int64_t rows) {
    return guard([&] {
        // Asking for a row beyond either end brings the bounds up to date and fetches nothing.
        bool missing = false, outside = false;
        WinGetFuncArgInFrame(window, 0, std::numeric_limits<int>::max(), WINDOW_SEEK_HEAD, false, &missing, &outside);
        WinGetFuncArgInFrame(window, 0, -std::numeric_limits<int>::max(), WINDOW_SEEK_TAIL, false, &missing, &outside);
        const WindowAggState* state = reinterpret_cast<WindowObjectHead*>(window)->state;
        Frame frame;
        frame.options = state->frameOptions;
        frame.current = WinGetCurrentPosition(window);
        frame.tail = std::clamp<std::int64_t>(state->frametailpos, 0, rows);
        frame.head = std::clamp<std::int64_t>(state->frameheadpos, 0, frame.tail);
        return frame;
    });
}

void follow(Partition& partition, const Frame& frame) {
    if (partition.head == frame.head && partition.tail == frame.tail) return;
    auto& window = *partition.window;
    const InterruptCheck check = check_interrupts;  // Pulse keeps a reference
    Pulse pulse(check, 65536);
    const auto include = [&](std::int64_t row) { pulse(), window.include(static_cast<std::size_t>(row)); };
    const auto leave = [&](std::int64_t row) { pulse(), window.leave(static_cast<std::size_t>(row)); };
    // Growing before shrinking keeps head <= tail on the way.
    while (partition.tail < frame.tail) include(partition.tail++);
    while (partition.head > frame.head) include(--partition.head);
    while (partition.head < frame.head) leave(partition.head++);
    while (partition.tail > frame.tail) leave(--partition.tail);
    partition.spread.reset();
}

// The rows that EXCLUDE takes out of the frame.
std::vector<std::size_t> excluded(WindowObject window, const Frame& frame) {
    std::vector<std::size_t> rows;
    const auto add = [&](std::int64_t row) {
        if (row >= frame.head && row < frame.tail) rows.push_back(static_cast<std::size_t>(row));
        return row >= frame.head && row < frame.tail;
    };
    if (!(frame.options & FRAMEOPTION_EXCLUDE_TIES)) add(frame.current);
    if (frame.options & FRAMEOPTION_EXCLUDE_CURRENT_ROW) return rows;
    const auto peers = [&](std::int64_t row) {
        return row >= 0 && guard([&] { return WinRowsArePeers(window, row, frame.current); });
    };
    // Rows beyond the frame's ends need not be asked.
    for (std::int64_t row = frame.current - 1; row >= frame.head && peers(row); --row) add(row);
    for (std::int64_t row = frame.current + 1; row < frame.tail && peers(row); ++row) add(row);
    return rows;
}

struct Compared {
    double z;
    std::size_t count;
};

Compared compare(FunctionCallInfo fcinfo) {
    WindowObject window = PG_WINDOW_OBJECT();
    if (!window || !WindowObjectIsValid(window))
        throw Error(ErrorCode::invalid_argument, "this function is called with OVER (...) only");
    Partition& partition = partition_of(window);
    const Frame frame = frame_of(window, static_cast<std::int64_t>(partition.values.size()));
    follow(partition, frame);
    const double value = partition.values[static_cast<std::size_t>(frame.current)];
    if (std::isnan(value)) return {value, 0};
    if (frame.options & FRAMEOPTION_EXCLUSION) {
        const std::vector<std::size_t> rows = excluded(window, frame);
        for (const std::size_t row : rows) partition.window->leave(row);
        const anomaly::Spread spread = partition.window->spread();
        for (const std::size_t row : rows) partition.window->include(row);
        return {anomaly::robust_z(value, spread), spread.count};
    }
    if (!partition.spread) partition.spread = partition.window->spread();
    return {anomaly::robust_z(value, *partition.spread), partition.spread->count};
}

}  // namespace

FIN_FUNCTION(fin_zscore) {
    const double z = compare(fcinfo).z;
    if (std::isnan(z)) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(z);
}

FIN_FUNCTION(fin_anomaly) {
    bool missing = false;
    const double threshold =
        guard([&] { return DatumGetFloat8(WinGetFuncArgCurrent(PG_WINDOW_OBJECT(), 1, &missing)); });
    if (missing || !(threshold > 0))
        throw Error(ErrorCode::invalid_argument, "the threshold of fin_anomaly must be above 0",
                    missing ? "It is NULL." : "It is " + std::to_string(threshold) + ".", "3.5 is usual.");
    const Compared compared = compare(fcinfo);
    if (std::isnan(compared.z)) PG_RETURN_NULL();
    constexpr std::size_t least_values = 5;  // of fewer, one in the middle says nothing about the others
    PG_RETURN_BOOL(compared.count >= least_values && std::abs(compared.z) > threshold);
}
