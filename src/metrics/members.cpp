#include "metrics/members.hpp"

#include <algorithm>

namespace fin::metrics {

using namespace ledger;

std::vector<Member> ranked(const Members& members, const Dictionary& names, const InterruptCheck& check) {
    Pulse pulse(check);
    struct Entry {
        Wide units;
        std::string_view name;
    };
    std::vector<Entry> entries;
    for (Code code = no_code; code < members.codes(); ++code)
        if (const Wide units = members.of(code); units != 0)
            entries.push_back({units, code == no_code ? unknown_member : names.text(code)});
    std::ranges::sort(entries, [&](const Entry& a, const Entry& b) {
        pulse();
        return a.units != b.units ? a.units > b.units : a.name < b.name;
    });
    std::vector<Member> result;
    result.reserve(entries.size());
    for (const Entry& entry : entries)
        result.push_back({std::string(entry.name), static_cast<double>(entry.units) / Money::scale});
    return result;
}

}  // namespace fin::metrics
