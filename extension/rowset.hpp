// The result of a set-returning function, row by row into a tuplestore.
#pragma once
#include "bridge.hpp"

namespace fin::pg {

class Rowset {
public:
    explicit Rowset(FunctionCallInfo fcinfo) : info_(reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo)) {
        guard([&] {
            InitMaterializedSRF(fcinfo, 0);
            scratch_ = AllocSetContextCreate(CurrentMemoryContext, "pg_fin result row", ALLOCSET_DEFAULT_SIZES);
        });
    }

    // fill(values, nulls) runs below guard: it owns nothing and makes its datums with plain PostgreSQL calls; nulls are
    // all false before it.
    template <int columns, class Fill>
    void add(Fill fill) {
        guard([&] {
            Datum values[columns] = {};
            bool nulls[columns] = {};
            MemoryContext caller = MemoryContextSwitchTo(scratch_);
            fill(values, nulls);
            tuplestore_putvalues(info_->setResult, info_->setDesc, values, nulls);
            MemoryContextSwitchTo(caller);
            MemoryContextReset(scratch_);
        });
    }

private:
    ReturnSetInfo* info_;
    MemoryContext scratch_ = nullptr;
};

}  // namespace fin::pg
