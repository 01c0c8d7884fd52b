// SQL face of the isolation forest: conversion only, the forest is in src/anomaly/isolation_forest.
#include "anomaly/isolation_forest.hpp"

#include <algorithm>
#include <limits>

#include "aggregate_state.hpp"
#include "anomaly/isolation_model.hpp"
#include "datum.hpp"
#include "features.hpp"

extern "C" {
#include "access/detoast.h"
#include "windowapi.h"
}

using namespace fin;
using namespace fin::pg;

namespace {

// A fixed one makes the same rows give the same model everywhere. Of 1 to 40 its forests lie nearest to the average
// forest's AUC on the labelled sets of bench/isolation (each within 0.016); single seeds may be 0.05 away, as
// scikit-learn's are.
constexpr std::uint64_t seed = 36;

struct Fitting {
    std::optional<anomaly::RowSample> sample;
    std::vector<double> row;
};

void add(Fitting& fitting, Datum features) {
    if (!fitting.sample) {
        const std::size_t count = feature_count(features);
        fitting.sample.emplace(count, seed);
        fitting.row.resize(count);
    }
    std::vector<double>& row = fitting.row;
    const int given = guard([&] { return plain_features(features, row.data(), static_cast<int>(row.size())); });
    if (given != static_cast<int>(row.size())) row.resize(feature_count(features));  // refused with its number
    fitting.sample->add(row);
}

// A model read once for all rows of a statement. Two models with the same head are the same unless someone forged one,
// who then gets the scores of the other.
struct ReadModel {
    std::string head;
    std::optional<anomaly::IsolationForest> forest;
    std::vector<double> row;
};

std::string head_of(Datum model) {
    const auto* given = reinterpret_cast<struct varlena*>(DatumGetPointer(model));
    // A value stored out of line is known by its pointer and stays where it is.
    if (VARATT_IS_EXTERNAL_ONDISK(given)) return {reinterpret_cast<const char*>(given), VARSIZE_EXTERNAL(given)};
    const struct varlena* head =
        guard([&] { return PG_DETOAST_DATUM_SLICE(model, 0, static_cast<int>(anomaly::model_head)); });
    return {VARDATA_ANY(head), VARSIZE_ANY_EXHDR(head)};
}

ReadModel& read_model(FunctionCallInfo fcinfo, Datum model) {
    FmgrInfo* info = fcinfo->flinfo;
    if (!info->fn_extra) info->fn_extra = state_in<ReadModel>(info->fn_mcxt);
    auto& read = *static_cast<ReadModel*>(info->fn_extra);
    std::string head = head_of(model);
    if (!read.forest || head != read.head) {
        read.forest.emplace(bytes_of(model));
        read.head = std::move(head);
        read.row.resize(read.forest->features());
    }
    return read;
}

// The scores of a partition, computed at its first row.
struct PartitionScores {
    std::vector<double> scores;  // NaN for NULL
};

constexpr std::int64_t batch_rows = 1024;

// Calls visit(position, features) for each row of the partition whose features are not NULL. What reading leaves behind
// is freed after each batch.
template <class Visit>
void read_partition(WindowObject window, std::int64_t rows, Visit visit) {
    MemoryContext scratch =
        guard([] { return AllocSetContextCreate(CurrentMemoryContext, "pg_fin features", ALLOCSET_DEFAULT_SIZES); });
    Datum given[batch_rows];
    bool missing[batch_rows];
    for (std::int64_t first = 0; first < rows; first += batch_rows) {
        check_interrupts();
        const std::int64_t count = std::min(batch_rows, rows - first);
        guard([&] {
            MemoryContext caller = MemoryContextSwitchTo(scratch);
            for (std::int64_t i = 0; i < count; ++i) {
                given[i] = WinGetFuncArgInPartition(window, 0, static_cast<int>(first + i), WINDOW_SEEK_HEAD, false,
                                                    &missing[i], nullptr);
                // The next row takes the slot that this array lies in.
                if (!missing[i]) given[i] = PointerGetDatum(DatumGetArrayTypePCopy(given[i]));
            }
            MemoryContextSwitchTo(caller);
        });
        for (std::int64_t i = 0; i < count; ++i)
            if (!missing[i]) visit(first + i, given[i]);
        guard([&] { MemoryContextReset(scratch); });
    }
    guard([&] { MemoryContextDelete(scratch); });
}

void score_partition(WindowObject window, std::vector<double>& scores) {
    const std::int64_t rows = guard([&] { return WinGetPartitionRowCount(window); });
    if (rows > std::numeric_limits<int>::max())
        throw Error(ErrorCode::limit_exceeded, "too many rows in a partition",
                    "There are " + std::to_string(rows) + "; at most 2147483647 can be scored at once.");
    scores.assign(static_cast<std::size_t>(rows), std::numeric_limits<double>::quiet_NaN());
    Fitting fitting;
    read_partition(window, rows, [&](std::int64_t, Datum features) { add(fitting, features); });
    if (!fitting.sample || fitting.sample->size() == 0) return;

    const anomaly::IsolationForest forest(anomaly::fit_isolation_forest(*fitting.sample, check_interrupts));
    // Wide rows in smaller portions: 8 MB at most.
    const std::size_t width = forest.features();
    const std::size_t portion = std::clamp<std::size_t>(1'000'000 / width, 64, 4096);
    std::vector<std::int64_t> places;
    std::vector<double> values, found;
    const auto flush = [&] {
        found.resize(places.size());
        forest.score(values, found, check_interrupts);
        for (std::size_t i = 0; i < places.size(); ++i) scores[static_cast<std::size_t>(places[i])] = found[i];
        places.clear();
        values.clear();
    };
    read_partition(window, rows, [&](std::int64_t row, Datum features) {
        const int given =
            guard([&] { return plain_features(features, fitting.row.data(), static_cast<int>(fitting.row.size())); });
        // The first reading has refused ragged rows; a volatile expression may give others now.
        if (given != static_cast<int>(width))
            throw Error(ErrorCode::invalid_argument, "features change between two readings of a row", "",
                        "fin_isolation_score reads each row twice: give it no volatile expression.");
        places.push_back(row);
        values.insert(values.end(), fitting.row.begin(), fitting.row.end());
        if (places.size() == portion) flush();
    });
    flush();
}

}  // namespace

FIN_FUNCTION(fin_isolation_fit_step) {
    if (PG_ARGISNULL(1)) return unchanged_state(fcinfo);
    auto& fitting = state_of<Fitting>(fcinfo);
    add(fitting, PG_GETARG_DATUM(1));
    return PointerGetDatum(&fitting);
}

FIN_FUNCTION(fin_isolation_fit_final) {
    const auto* fitting = given_state<Fitting>(fcinfo, 0);
    if (!fitting || !fitting->sample || fitting->sample->size() == 0) PG_RETURN_NULL();
    const std::string model = anomaly::fit_isolation_forest(*fitting->sample, check_interrupts);
    auto* bytes = guard([&] { return static_cast<bytea*>(palloc(VARHDRSZ + model.size())); });
    SET_VARSIZE(bytes, VARHDRSZ + model.size());
    std::memcpy(VARDATA(bytes), model.data(), model.size());
    PG_RETURN_BYTEA_P(bytes);
}

FIN_FUNCTION(fin_isolation_predict) {
    ReadModel& model = read_model(fcinfo, PG_GETARG_DATUM(0));
    const Datum features = PG_GETARG_DATUM(1);
    const int given =
        guard([&] { return plain_features(features, model.row.data(), static_cast<int>(model.row.size())); });
    if (given != static_cast<int>(model.row.size()))
        throw Error(ErrorCode::invalid_argument, "the row has another number of features than the model",
                    "The row has " + std::to_string(feature_count(features)) + ", the model " +
                        std::to_string(model.row.size()) + ".");
    double score = 0;
    model.forest->score(model.row, {&score, 1});
    if (std::isnan(score)) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(score);
}

FIN_FUNCTION(fin_isolation_score) {
    WindowObject window = PG_WINDOW_OBJECT();
    auto** local =
        guard([&] { return static_cast<PartitionScores**>(WinGetPartitionLocalMemory(window, sizeof(void*))); });
    if (!*local) {
        auto* computed = state_in<PartitionScores>(GetMemoryChunkContext(local));
        score_partition(window, computed->scores);
        *local = computed;
    }
    const std::int64_t row = guard([&] { return WinGetCurrentPosition(window); });
    const double score = (*local)->scores[static_cast<std::size_t>(row)];
    if (std::isnan(score)) PG_RETURN_NULL();
    PG_RETURN_FLOAT8(score);
}
