// Quality of anomalies and risks on labelled reports: companies made by a seed and, where a folder is given, real
// ledgers, whole and cut into pseudo-companies. Usage: see below. Exit code 1 where a bar does not hold.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "judge.hpp"

namespace {

using namespace fin::quality;
using fin::anomaly::Kind;

constexpr const char* usage =
    "Usage: quality [--reports n] [--seed s] [--ledgers folder] [--half development|held-out] [--list n] [--no-bars]\n"
    "  --reports   how many labelled reports (640); a quarter of them are cut from real ledgers where there are any\n"
    "  --ledgers   folder of real ledgers (see docs/quality.md)\n"
    "  --half      which half of the companies is reported (held-out); whoever works on the tests sees the other one\n"
    "  --list      prints so many of the false alarms and misses of that half\n"
    "  --no-bars   exit code 0 whatever the figures are\n";

struct Wanted {
    int reports = 640;
    std::uint64_t seed = 1;
    std::string ledgers;
    bool held_out = true, bars = true;
    std::size_t list = 0;
};

Wanted wanted_by(int argc, char** argv) {
    Wanted wanted;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto value = [&]() -> std::string {
            if (i + 1 >= argc) {
                std::fputs(usage, stderr);
                std::exit(2);
            }
            return argv[++i];
        };
        if (word == "--reports")
            wanted.reports = std::atoi(value().c_str());
        else if (word == "--seed")
            wanted.seed = std::strtoull(value().c_str(), nullptr, 10);
        else if (word == "--ledgers")
            wanted.ledgers = value();
        else if (word == "--half")
            wanted.held_out = value() != "development";
        else if (word == "--list")
            wanted.list = std::strtoul(value().c_str(), nullptr, 10);
        else if (word == "--no-bars")
            wanted.bars = false;
        else {
            std::fputs(usage, stderr);
            std::exit(2);
        }
    }
    return wanted;
}

struct Bar {
    std::string what;
    double value, line;
    bool at_least;
    bool holds() const { return at_least ? value >= line : value < line; }
};
std::vector<Bar> bars;
void bar(const std::string& what, double value, double line, bool at_least = true) {
    bars.push_back({what, value, line, at_least});
}

void print_count(const std::string& name, const Count& count) {
    std::printf("%-34s %7.0f %7.0f  %.4f  %.4f  %.4f  %.4f  %.5f\n", name.c_str(), count.all(), count.tp + count.fn,
                count.accuracy(), count.precision(), count.recall(), count.f1(), count.false_positives());
}
void print_head(const char* title) {
    std::printf("\n%-34s %7s %7s  %6s  %6s  %6s  %6s  %7s\n", title, "cells", "true", "acc", "prec", "recall", "F1",
                "FPR");
}

Count never(const Count& count) { return {0, 0, count.tp + count.fn, count.fp + count.tn}; }

void show_risks(const Tally& tally) {
    print_head("risks by code");
    Count all;
    for (const auto& [code, count] : tally.risk) {
        print_count(code, count);
        all += count;
        bar("risk " + code + ": accuracy", count.accuracy(), 0.95);
    }
    print_count("all risks", all);
    print_count("  always no", never(all));
    bar("risks: accuracy", all.accuracy(), 0.985);
    bar("risks: false positives", all.false_positives(), 0.01, false);
    bar("risks: recall", all.recall(), 0.96);
}

constexpr Kind promised[] = {Kind::duplicate,     Kind::amount_outlier,   Kind::sign_error,
                             Kind::split_payment, Kind::new_counterparty, Kind::miscategorized};

void show_kinds(const char* title, const Tally& tally, bool with_bars) {
    std::printf("\n%-22s %8s %8s %8s %10s %14s\n", title, "planted", "recall", "as it is", "false rows", "precision");
    double planted = 0, found = 0;
    for (std::size_t i = 0; i < fin::anomaly::kind_count; ++i) {
        const auto& count = tally.kind[i];
        const auto kind = static_cast<Kind>(i);
        const bool bound = std::find(std::begin(promised), std::end(promised), kind) != std::end(promised);
        if (count.planted == 0 && count.false_rows == 0) continue;
        const double recall = count.planted > 0 ? count.found / count.planted : 0;
        std::printf("%-22s %8.0f %8.3f %8.3f %10.0f %14.3f\n", std::string(fin::anomaly::name(kind)).c_str(),
                    count.planted, recall, count.planted > 0 ? count.named / count.planted : 0, count.false_rows,
                    count.found + count.false_rows > 0 ? count.found / (count.found + count.false_rows) : 1);
        if (!bound) continue;
        planted += count.planted, found += count.found;
        if (with_bars && count.planted > 0) bar(std::string(fin::anomaly::name(kind)) + ": recall", recall, 0.70);
    }
    if (with_bars && planted > 0) bar("planted anomalies: recall", found / planted, 0.85);
}

void show_reports(const char* title, const Tally& ours, const Tally& book) {
    print_head(title);
    print_count("rows", ours.rows);
    print_count("  always no", never(ours.rows));
    print_count("  textbook", book.rows);
    print_count("reports", ours.reports);
    print_count("reports, by findings with a row", ours.row_reports);
    print_count("  always no", never(ours.reports));
    print_count("  textbook", book.reports);
    std::printf("balanced accuracy of reports: %.4f (always no 0.5, textbook %.4f)\n", ours.reports.balanced(),
                book.reports.balanced());
}

Answer as_answer(std::vector<Said> findings) {
    Answer answer;
    answer.findings = std::move(findings);
    return answer;
}

// Share of rows at medium and above on ledgers that nobody has touched.
void show_whole(const std::vector<Company>& ledgers, const Wanted& wanted) {
    std::printf("\n%-22s %8s %8s %8s %10s %8s\n", "clean real ledgers", "rows", "flagged", "share", "no row", "ms");
    double rows = 0, flagged = 0;
    for (const auto& ledger : ledgers) {
        const Answer answer = analyse(ledger, false);
        std::set<std::size_t> odd;
        std::map<std::string, int> kinds;
        int without = 0;
        for (const auto& said : answer.findings) {
            if (said.severity < fin::Severity::medium) continue;
            ++kinds[std::string(fin::anomaly::name(said.kind))];
            if (said.row)
                odd.insert(*said.row);
            else
                ++without;
        }
        const double share = static_cast<double>(odd.size()) / static_cast<double>(ledger.rows.size());
        std::string what;
        for (const auto& [name, count] : kinds) what += " " + name + " " + std::to_string(count);
        std::printf("%-22s %8zu %8zu %8.5f %10d %8.0f %s\n", ledger.name.c_str(), ledger.rows.size(), odd.size(), share,
                    without, answer.milliseconds, what.c_str());
        rows += static_cast<double>(ledger.rows.size()), flagged += static_cast<double>(odd.size());
        bar("real ledger " + ledger.name + ": share of rows", share, 0.012, false);
        std::size_t left = wanted.list / 4;
        for (const auto& said : answer.findings) {
            if (said.severity < fin::Severity::medium || left == 0) continue;
            --left;
            const auto* row = said.row ? &ledger.rows[*said.row] : nullptr;
            std::printf("    %s %s %s %s [%s] %s: %s\n", std::string(fin::anomaly::name(said.kind)).c_str(),
                        std::string(fin::name(said.severity)).c_str(),
                        row ? fin::ledger::date_text(row->day).c_str() : "", row ? row->amount.text().c_str() : "",
                        said.category.c_str(), said.counterparty.c_str(), said.reason.c_str());
        }
    }
    std::printf("%-22s %8.0f %8.0f %8.5f\n", "together", rows, flagged, flagged / rows);
    bar("real ledgers: share of rows", flagged / rows, 0.007, false);
}

void print_list(const char* title, std::vector<std::string> lines, std::size_t at_most) {
    if (at_most == 0) return;
    std::printf("\n%s (%zu)\n", title, lines.size());
    std::stable_sort(lines.begin(), lines.end());
    // From every kind some.
    const double step = std::max(1.0, static_cast<double>(lines.size()) / static_cast<double>(at_most));
    for (double i = 0; i < static_cast<double>(lines.size()); i += step)
        std::printf("  %s\n", lines[static_cast<std::size_t>(i)].c_str());
}

}  // namespace

int main(int argc, char** argv) {
    const Wanted wanted = wanted_by(argc, argv);
    const auto before = std::chrono::steady_clock::now();
    const auto ledgers = wanted.ledgers.empty() ? std::vector<Company>() : read_ledgers(wanted.ledgers);
    auto cuts = labelled_cuts(wanted.seed, ledgers, static_cast<std::size_t>(wanted.reports / 4));
    auto companies = labelled_companies(wanted.seed, wanted.reports - static_cast<int>(cuts.size()));
    Tally made, made_book, real, real_book;
    std::size_t rows = 0, count = 0, clean = 0, fewest = SIZE_MAX, most = 0;
    for (auto* set : {&companies, &cuts}) {
        for (auto& company : *set) {
            if (is_held_out(company.name) != wanted.held_out) continue;
            const Answer answer = analyse(company, !company.real);
            (company.real ? real : made).add(company, answer);
            (company.real ? real_book : made_book).add(company, as_answer(textbook(company)));
            rows += company.rows.size(), ++count, clean += company.clean;
            fewest = std::min(fewest, company.rows.size()), most = std::max(most, company.rows.size());
        }
    }
    std::printf(
        "labelled reports: %zu made, %zu cut from real ledgers; seed %llu; shown: the %s half, %zu reports, %zu clean, "
        "%zu to %zu rows each, %zu in all\n",
        companies.size(), cuts.size(), static_cast<unsigned long long>(wanted.seed),
        wanted.held_out ? "held-out" : "development", count, clean, fewest, most, rows);
    show_risks(made);
    show_kinds("kinds, companies made", made, true);
    show_reports("companies made", made, made_book);
    bar("normal rows flagged", made.rows.false_positives(), 0.0005, false);
    bar("reports: balanced accuracy", made.reports.balanced(), 0.92);
    bar("reports: clean ones flagged", made.reports.false_positives(), 0.05, false);
    if (!cuts.empty()) {
        show_kinds("kinds, real cuts", real, false);
        show_reports("pseudo-companies of real ledgers", real, real_book);
    }
    if (!ledgers.empty()) show_whole(ledgers, wanted);
    auto& times = made.milliseconds;
    std::sort(times.begin(), times.end());
    if (!times.empty())
        std::printf("\nledger tests of one report: median %.1f ms, slowest %.1f ms\n", times[times.size() / 2],
                    times.back());
    print_list("false alarms, companies made", made.wrong, wanted.list);
    print_list("missed, companies made", made.missed, wanted.list);
    print_list("findings in real cuts that nobody planted", real.wrong, wanted.list);
    print_list("missed, real cuts", real.missed, wanted.list);
    std::printf("\nbars\n");
    bool all = true;
    for (const auto& one : bars) {
        all = all && one.holds();
        if (!one.holds() || one.what.find(':') == std::string::npos || one.what.find("risk ") != 0)
            std::printf("  %-9s %-46s %.5f (%s %g)\n", one.holds() ? "holds" : "NOT", one.what.c_str(), one.value,
                        one.at_least ? "at least" : "below", one.line);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    std::printf("took %.0f s\n", took.count());
    return all || !wanted.bars ? 0 : 1;
}
