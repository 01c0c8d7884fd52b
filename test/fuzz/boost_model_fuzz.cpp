// Any bytes as a model of gradient boosting: nothing but fin::Error may come out, and a model that is taken predicts
// for a row of its width without reading anything else.
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

#include "boost/model.hpp"
#include "error.hpp"

using namespace fin;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    try {
        const boost::Model model(std::string_view(reinterpret_cast<const char*>(data), size));
        std::vector<float> row(model.features());
        for (const float value : {0.0f, -1e30f, 1e30f, std::numeric_limits<float>::quiet_NaN()}) {
            row.assign(row.size(), value);
            volatile float kept = model.predict(row);
            (void)kept;
        }
    } catch (const Error& error) {
        if (error.code != ErrorCode::bad_data) std::abort();
    }
    return 0;
}
