// A file as the importer reads it: text as it is, of a workbook the sheet that pg_fin_helper makes text of.
#pragma once
#include <cstdlib>
#include <memory>
#include <string_view>

#include "importer/importer.hpp"

namespace fin::pg {

class ImportText {
public:
    // What to do with a workbook that cannot be read: throw what is wrong with it, or tell it in options().workbook.
    enum class Broken { is_thrown, is_told };

    // The content must outlive this.
    ImportText(std::string_view filename, std::string_view content, const importer::Options& options,
               Broken broken = Broken::is_thrown);

    std::string_view text() const { return text_; }
    // What the caller said and what is known of the workbook.
    const importer::Options& options() const { return options_; }

private:
    void read_workbook(std::string_view content, const importer::Options& options);
    void append(std::string_view bytes);

    struct Free {
        void operator()(char* memory) const { std::free(memory); }
    };
    importer::Options options_;
    std::unique_ptr<char, Free> memory_;
    std::size_t used_ = 0, room_ = 0;
    std::string_view text_;
};

}  // namespace fin::pg
