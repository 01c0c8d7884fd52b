// Field :86: of MT940: who and what for, in the layouts banks use.
#pragma once
#include <string>
#include <vector>

namespace fin::importer::bank {

struct Remittance {
    std::string counterparty, description, kind;  // kind: the bank's booking text
};

// German and Austrian ?00..?63, Dutch and other /NAME/.../REMI/..., else the text as it stands.
// `lines` are those of the field, the first without its tag.
Remittance remittance_of(const std::vector<std::string>& lines);

}  // namespace fin::importer::bank
