// Names that stand for many payers: payment processors, marketplaces, the till.
#pragma once
#include <string_view>

namespace fin::risk {

// Money from them comes from their customers, so they are no payer of their own (taxonomy, customer_concentration).
bool is_collector(std::string_view counterparty);

}  // namespace fin::risk
