// Readings that differ in the values they compare with alone are planned once: what was understood of the first serves
// the others.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/request/text.hpp"
#include "api/response/understand.hpp"

namespace fin::api {

// A request less its values.
struct Shaped {
    std::string key;                   // equal for requests that are understood alike
    std::vector<request::Pair> pairs;  // of the query string, with the values
};

// nullopt: nothing of it can be remembered (not a reading of a relation, or too long to be worth it).
std::optional<Shaped> shape_of(const Request& request, const Context& context);

// What was understood of a request of this shape, with the values, claims and headers of this one.
Understood filled(const Understood& known, const Shaped& shaped, const Request& request, const Context& context);

// Of one io thread.
class Shapes {
public:
    // What was understood under another configuration or schema is forgotten.
    void under(const std::shared_ptr<const void>& serving);
    // Lives until the next call.
    const Understood* find(const std::string& key) const;
    void keep(std::string key, const Understood& understood);
    std::size_t size() const { return known_.size(); }

private:
    std::shared_ptr<const void> serving_;
    std::unordered_map<std::string, Understood> known_;
};

}  // namespace fin::api
