// A C++ object as the transition state of an aggregate: it lives in a memory context and is destroyed with it, also
// when an error or a cancel ends the statement.
#pragma once
#include <new>

#include "bridge.hpp"

namespace fin::pg {

// A new T that `context` destroys. T's constructor may throw: nothing is registered by then.
template <class T>
T* state_in(MemoryContext context) {
    struct Holder {
        MemoryContextCallback callback;
        T object;
    };
    static_assert(alignof(Holder) <= MAXIMUM_ALIGNOF);
    void* memory = guard([&] { return MemoryContextAllocZero(context, sizeof(Holder)); });
    Holder* holder = static_cast<Holder*>(memory);
    T* object = new (&holder->object) T();
    holder->callback.func = [](void* object) { static_cast<T*>(object)->~T(); };
    holder->callback.arg = object;
    MemoryContextRegisterResetCallback(context, &holder->callback);
    return object;
}

// The state in argument 0 of a transition or combine function, made at the first call.
template <class T>
T& state_of(FunctionCallInfo fcinfo) {
    MemoryContext context = nullptr;
    if (!AggCheckCallContext(fcinfo, &context))
        throw Error(ErrorCode::invalid_argument, "this function is a part of an aggregate and cannot be called alone");
    if (!PG_ARGISNULL(0)) return *reinterpret_cast<T*>(PG_GETARG_POINTER(0));
    return *state_in<T>(context);
}

// The state in an argument, nullptr where it is NULL: no row has been counted.
template <class T>
T* given_state(FunctionCallInfo fcinfo, int argument) {
    if (!AggCheckCallContext(fcinfo, nullptr))
        throw Error(ErrorCode::invalid_argument, "this function is a part of an aggregate and cannot be called alone");
    if (PG_ARGISNULL(argument)) return nullptr;
    return reinterpret_cast<T*>(PG_GETARG_POINTER(argument));
}

// What a transition function returns for a row it does not count.
inline Datum unchanged_state(FunctionCallInfo fcinfo) {
    fcinfo->isnull = PG_ARGISNULL(0);
    return PG_ARGISNULL(0) ? Datum{0} : PG_GETARG_DATUM(0);
}

}  // namespace fin::pg
