// The question every long loop asks: may I go on? The boundary's answer throws where the user cancelled.
#pragma once
#include <cstddef>
#include <functional>

namespace fin {

using InterruptCheck = std::function<void()>;

inline void never_interrupted() {}

// Asks once in `every` calls, so that a tight loop pays a counter and no more. 4,096 cheap rows take far below 100 ms.
class Pulse {
public:
    explicit Pulse(const InterruptCheck& check, std::size_t every = 4096) : check_(check), every_(every) {}
    explicit Pulse(InterruptCheck&&, std::size_t = 0) = delete;  // it would not outlive this line
    void operator()() {
        if (++count_ >= every_) count_ = 0, check_();
    }

private:
    const InterruptCheck& check_;
    std::size_t every_, count_ = 0;
};

}  // namespace fin
