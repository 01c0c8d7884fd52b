// The labelled set: which companies are clean, which hold anomalies and risks, and which half is held out.
#include "plan.hpp"

namespace fin::quality {

bool is_held_out(const std::string& name) {
    // FNV-1a: the same halves on every machine.
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return (((hash >> 33) ^ (hash >> 7)) & 1) != 0;
}

std::vector<Company> labelled_companies(std::uint64_t seed, int count) {
    std::vector<Company> all;
    for (int i = 0; i < count; ++i) {
        Chance chance(seed * 77 + static_cast<std::uint64_t>(i) * 104'729 + 3);
        // A round of all shapes clean, the next one not.
        const bool clean = (i / 14) % 2 == 0, risky = chance.happens(0.6), shifts = !clean && chance.happens(0.15);
        Company company = make_company(seed, i, risky, shifts);
        if (!clean) plant(company, chance, chance.whole(1, 4));
        company.clean = company.clean && !shifts;
        judge_plan(company);
        judge_planted(company);
        all.push_back(std::move(company));
    }
    return all;
}

std::vector<Company> labelled_cuts(std::uint64_t seed, const std::vector<Company>& ledgers, std::size_t at_most) {
    std::vector<Company> all;
    for (const auto& whole : ledgers)
        for (auto& part : cut(whole)) all.push_back(std::move(part));
    Chance chance(seed * 31 + 5);
    chance.shuffle(all);
    if (all.size() > at_most) all.resize(at_most);
    for (std::size_t i = 1; i < all.size(); i += 2) plant(all[i], chance, chance.whole(1, 4));
    return all;
}

}  // namespace fin::quality
