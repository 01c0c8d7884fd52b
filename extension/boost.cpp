// SQL face of gradient boosting: conversion only, training and evaluation are in src/boost.
#include <thread>

#include "aggregate_state.hpp"
#include "boost/model.hpp"
#include "boost/train.hpp"
#include "datum.hpp"
#include "features.hpp"

extern "C" {
#include "access/detoast.h"
}

using namespace fin;
using namespace fin::pg;

namespace {

struct Training {
    boost::Options options;
    std::optional<boost::TrainingRows> rows;
    std::vector<double> row;
};

// features, label [, options]: a row without features or label teaches nothing.
Datum train_step(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(1) || PG_ARGISNULL(2)) return unchanged_state(fcinfo);
    auto& training = state_of<Training>(fcinfo);
    const Datum features = PG_GETARG_DATUM(1);
    if (!training.rows) {
        if (PG_NARGS() > 3 && !PG_ARGISNULL(3))
            training.options = boost::Options::parse(json_text(PG_GETARG_DATUM(3)),
                                                     static_cast<int>(std::thread::hardware_concurrency()));
        const std::size_t count = feature_count(features);
        training.rows.emplace(count);
        training.row.resize(count);
    }
    const auto count = static_cast<int>(training.rows->features());
    const int given = guard([&] { return plain_features(features, training.row.data(), count); });
    if (given != count) training.row.resize(feature_count(features));  // refused with its number
    training.rows->add(training.row, PG_GETARG_FLOAT8(2), *training.options.objective);
    return PointerGetDatum(&training);
}

// A model read once for all rows of a statement, known by its bytes as they are stored: out of line that is a pointer
// of 18 bytes, and the model is not even fetched again.
struct ReadModel {
    std::string stored;
    std::optional<boost::Model> model;
    std::vector<double> wide;
    std::vector<float> row;
};

std::string_view stored_bytes(Datum value) {
    const auto* given = reinterpret_cast<struct varlena*>(DatumGetPointer(value));
    if (VARATT_IS_EXTERNAL(given) && !VARATT_IS_EXTERNAL_ONDISK(given)) return bytes_of(value);
    return {reinterpret_cast<const char*>(given), VARSIZE_ANY(given)};
}

ReadModel& read_model(FunctionCallInfo fcinfo) {
    FmgrInfo* info = fcinfo->flinfo;
    if (!info->fn_extra) info->fn_extra = state_in<ReadModel>(info->fn_mcxt);
    auto& read = *static_cast<ReadModel*>(info->fn_extra);
    const Datum given = PG_GETARG_DATUM(0);
    const std::string_view stored = stored_bytes(given);
    if (read.model && stored == read.stored) return read;
    read.model.reset();  // nothing is left of it should the new one be refused
    read.model.emplace(bytes_of(given), check_interrupts);
    read.stored = stored;
    read.wide.resize(read.model->features());
    read.row.resize(read.model->features());
    return read;
}

[[noreturn]] void refuse_width(std::size_t given, std::size_t wanted) {
    throw Error(ErrorCode::invalid_argument, "the row has another number of features than the model",
                "The row has " + std::to_string(given) + ", the model " + std::to_string(wanted) + ".");
}

// As float32; beyond it a value is infinite, which lies above or below every split.
double predict(ReadModel& read, const double* row) {
    for (std::size_t i = 0; i < read.row.size(); ++i) read.row[i] = static_cast<float>(row[i]);
    return static_cast<double>(read.model->predict(read.row));
}

}  // namespace

FIN_FUNCTION(fin_boost_train_step) { return train_step(fcinfo); }

FIN_FUNCTION(fin_boost_train_final) {
    auto* training = given_state<Training>(fcinfo, 0);
    if (!training || !training->rows || training->rows->size() == 0) PG_RETURN_NULL();
    return text_of(boost::train(*training->rows, training->options, check_interrupts));
}

FIN_FUNCTION(fin_boost_predict) {
    ReadModel& read = read_model(fcinfo);
    const Datum features = PG_GETARG_DATUM(1);
    const auto count = static_cast<int>(read.wide.size());
    const int given = guard([&] { return plain_features(features, read.wide.data(), count); });
    if (given != count) refuse_width(feature_count(features), read.wide.size());
    PG_RETURN_FLOAT8(predict(read, read.wide.data()));
}

// Rows as one array of two dimensions: the model is looked at once.
FIN_FUNCTION(fin_boost_predict_rows) {
    ReadModel& read = read_model(fcinfo);
    const std::size_t width = read.wide.size();
    ArrayType* array = guard([&] { return PG_GETARG_ARRAYTYPE_P(1); });
    const int dimensions = ARR_NDIM(array);
    if (dimensions != 0 && dimensions != 2)
        throw Error(ErrorCode::invalid_argument, "rows are no array of two dimensions",
                    "The array has " + std::to_string(dimensions) + ".",
                    "Collect rows with array_agg(ARRAY[...]), or ask fin_boost_predict for one.");
    const std::size_t count = dimensions == 0 ? 0 : static_cast<std::size_t>(ARR_DIMS(array)[0]);
    if (count > 0 && static_cast<std::size_t>(ARR_DIMS(array)[1]) != width)
        refuse_width(static_cast<std::size_t>(ARR_DIMS(array)[1]), width);
    std::vector<Datum> found(count);
    const bits8* known = ARR_NULLBITMAP(array);
    const char* at = ARR_DATA_PTR(array);
    constexpr std::size_t portion = 256;  // rows between two questions
    std::vector<float> rows(std::min(portion, count) * width), predictions(std::min(portion, count));
    for (std::size_t first = 0; first < count; first += portion) {
        check_interrupts();
        const std::size_t size = std::min(portion, count - first);
        for (std::size_t i = 0; i < size * width; ++i) {
            const std::size_t place = first * width + i;
            rows[i] = std::numeric_limits<float>::quiet_NaN();
            if (known && !(known[place / 8] & (1 << (place % 8)))) continue;
            double value = 0;
            std::memcpy(&value, at, sizeof value);
            rows[i] = static_cast<float>(value);
            at += sizeof value;
        }
        read.model->predict(std::span(rows).first(size * width), std::span(predictions).first(size));
        for (std::size_t i = 0; i < size; ++i) found[first + i] = Float8GetDatum(static_cast<double>(predictions[i]));
    }
    Datum* values = found.data();
    return guard([&] {
        return PointerGetDatum(construct_array(values, static_cast<int>(count), FLOAT8OID, sizeof(float8),
                                               FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
    });
}
