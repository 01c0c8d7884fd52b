#include "analysis/put_aside.hpp"

#include <algorithm>

namespace fin::analysis {

void leave_out(std::vector<risk::Risk>& risks, const std::vector<PutAside>& put_aside) {
    std::erase_if(risks, [&](const risk::Risk& risk) {
        return std::ranges::any_of(put_aside, [&](const PutAside& one) {
            return one.what == PutAside::What::risk && one.code == risk.code &&
                   (!one.severity || risk.severity <= *one.severity);
        });
    });
}

void leave_out(std::vector<recommendation::Recommendation>& recommendations, const std::vector<PutAside>& put_aside) {
    std::erase_if(recommendations, [&](const recommendation::Recommendation& item) {
        return std::ranges::any_of(put_aside, [&](const PutAside& one) {
            return one.what == PutAside::What::recommendation && one.code == item.lever &&
                   (!one.risk_code || *one.risk_code == item.risk_code);
        });
    });
}

}  // namespace fin::analysis
