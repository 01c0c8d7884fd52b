# shellcheck shell=bash
# What the benchmarks share: a private cluster with the release build, timed statements, medians, the table of results.
here=$(dirname "${BASH_SOURCE[0]}")/../scripts
# shellcheck source=scripts/lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=scripts/lib/build.sh
. "$here/lib/build.sh"
# shellcheck source=scripts/lib/server.sh
. "$here/lib/server.sh"
# shellcheck source=scripts/lib/checks.sh
. "$here/lib/checks.sh"

ROWS=${FIN_BENCH_ROWS:-500000}
REPORTS=${FIN_BENCH_REPORTS:-1000}
ROUNDS=${FIN_BENCH_ROUNDS:-5}
SEED=42
COUNTERPARTIES=2000
((ROWS >= 1000)) || die "FIN_BENCH_ROWS must be at least 1000; got $ROWS"

# Sets CLUSTER and RESULTS. bench/run makes both once and hands them on by FIN_BENCH_SITE.
prepare_bench() {
    FIN_SCRATCH=$(mktemp -d)
    remove_scratch() { rm -rf -- "$FIN_SCRATCH"; }
    at_exit remove_scratch
    if [[ -n ${FIN_BENCH_SITE:-} ]]; then
        CLUSTER=$FIN_BENCH_SITE/cluster
        RESULTS=$FIN_BENCH_RESULTS
        FIN_SERVER_PG_CONFIG=$FIN_BENCH_SITE/postgresql$(build_pg_config)
        return
    fi
    require_postgresql
    prepare_site || die "the release build could not be prepared"
    CLUSTER=$FIN_SITE/cluster
    RESULTS=$FIN_SCRATCH/results
    : >"$RESULTS"
    # Ordinary settings but for autovacuum, which would start in the middle of some round.
    server_make "$CLUSTER" 'autovacuum = off' && server_start "$CLUSTER" && server_prepare "$CLUSTER" ||
        die "the private cluster could not be made"
    sql -q -f "$FIN_PROJECT/bench/data.sql"
}

sql() { server_psql "$CLUSTER" -X -A -t -v ON_ERROR_STOP=1 "$@"; }
ask() { sql -q -c "$1" </dev/null; }

# timed [psql arguments] <script: runs a psql script, answers with the milliseconds of each statement between
# \timing on and \timing off, one a line.
timed() {
    local log=$FIN_SCRATCH/timed.log
    sql -q "$@" >"$log" || die "a measured statement failed"
    sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p' "$log"
}

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
mean() { awk '{ s += $1 } END { printf "%.1f\n", s / NR }'; }
greatest() { sort -g | tail -n 1; }
# percentile <p>: the nearest rank.
percentile() { sort -g | awk -v p="$1" '{ v[NR] = $1 } END { n = int(NR * p / 100); print v[n < NR * p / 100 ? n + 1 : n] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f\n", a / b }'; }
round() { printf '%.*f\n' "$2" "$1"; }

# result <what> <measured> <unit> [bar]: a line of the table; without a bar there is no verdict.
result() {
    local verdict=""
    if [[ -n ${4:-} ]]; then verdict=$(awk -v m="$2" -v b="$4" 'BEGIN { print m <= b ? "PASS" : "over" }'); fi
    printf '%s|%s|%s|%s|%s\n' "$1" "$2" "$3" "${4:-}" "$verdict" >>"$RESULTS"
    step "$1: $2 $3${4:+ (bar $4: $verdict)}"
}
show_results() {
    printf '\n%-66s %10s %-8s %6s  %s\n' what measured "" bar verdict
    awk -F'|' '{ printf "%-66s %10s %-8s %6s  %s\n", $1, $2, $3, $4, $5 }' "$RESULTS"
}

# make_file <name> <rows> [counterparties] [seed]: a made ledger as a CSV file in table bench.files, made once.
make_file() {
    if [[ $(ask "SELECT count(*) FROM bench.files WHERE name = '$1'") == 0 ]]; then
        ask "SELECT bench.make_file('$1', $2, ${3:-$COUNTERPARTIES}, ${4:-$SEED})" >/dev/null
    fi
}
# import_file <name>: answers with the id of the new report.
import_file() {
    ask "SELECT fin_import(name || '.csv', content, '{\"duplicate\": \"new\"}') FROM bench.files WHERE name = '$1'"
}
