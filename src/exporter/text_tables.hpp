// The tables behind say(): one for what pages and sheets say, one for the names of codes.
#pragma once
#include <span>
#include <string_view>

namespace fin::exporter {

struct Words {
    std::string_view key, en, ru;
};
std::span<const Words> page_words();
std::span<const Words> name_words();

}  // namespace fin::exporter
