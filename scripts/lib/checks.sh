# shellcheck shell=bash disable=SC2034 # variables that other files read
# The steps of scripts/test. Each adds to FIN_PASSED and FIN_FAILED through `count`; what failed is named at the end.

FIN_PASSED=0
FIN_FAILED=0
FIN_BROKEN=()

# count <step> <passed> <failed>
count() {
    FIN_PASSED=$((FIN_PASSED + $2))
    FIN_FAILED=$((FIN_FAILED + $3))
    if (($3 > 0)); then FIN_BROKEN+=("$1 ($3)"); fi
    step "$1: $2 passed, $3 failed"
}

# --- sources ------------------------------------------------------------------------------------------------------------

check_format() {
    local passed=0 failed=0 sources=()
    step "format: includes keep to the layers, clang-format"
    if sh "$FIN_PROJECT/scripts/check_layers" "$FIN_PROJECT"; then passed=1; else failed=1; fi
    # The check itself is checked: it must refuse PostgreSQL and what stands above src.
    local line layers=$FIN_SCRATCH/layers
    for line in '#include "postgres.h"' '#include <utils/jsonb.h>' '#include "bridge.hpp"' '#include "../extension/spi.hpp"'; do
        mkdir -p "$layers/src"
        printf '%s\n' "$line" >"$layers/src/bad.cpp"
        if sh "$FIN_PROJECT/scripts/check_layers" "$layers" 2>/dev/null; then
            complain "check_layers let pass: $line"
            failed=$((failed + 1))
        else
            passed=$((passed + 1))
        fi
    done
    mapfile -d '' sources < <(cd "$FIN_PROJECT" && find src extension bgworkers helper api test \( -name '*.cpp' -o -name '*.hpp' \) -print0 | sort -z)
    if (cd "$FIN_PROJECT" && clang-format-14 --dry-run -Werror "${sources[@]}"); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    count format "$passed" "$failed"
}

# clang-tidy over every .cpp of src/, extension/, bgworkers/, helper/ and api/. A file whose text, whose headers and whose rules have not changed
# since it passed is not read again: the stamp is named by the hash of all of them. Reading all takes long on a small
# machine, so it ends after FIN_TIDY_SECONDS (0: never) and the next run goes on where it stopped.
check_tidy() {
    local database=$FIN_PROJECT/build/tidy stamps=$FIN_PROJECT/build/tidy/stamps common file hash todo=() all=0 failed=0 unread=0 deadline=0
    step "tidy: clang-tidy on src, extension, bgworkers, helper and api"
    mkdir -p "$stamps"
    if ! configure_for_tidy "$database"; then
        count tidy 0 1
        return
    fi
    cd "$FIN_PROJECT" || return
    common=$( (cat .clang-tidy && find src extension bgworkers helper api -name '*.hpp' -print0 | sort -z | xargs -0 cat) | sha256sum)
    while IFS= read -r -d '' file; do
        all=$((all + 1))
        hash=$( (echo "$common" && cat "$file") | sha256sum | cut -c -32)
        [[ -e $stamps/$hash ]] || todo+=("$file" "$stamps/$hash")
    done < <(find src extension bgworkers helper api -name '*.cpp' -print0 | sort -z)
    if ((all == 0)); then
        complain "there is no source in src, extension, bgworkers, helper and api"
        failed=1
    elif ((${#todo[@]} > 0)); then
        if ((${FIN_TIDY_SECONDS:=360} > 0)); then deadline=$((EPOCHSECONDS + FIN_TIDY_SECONDS)); fi
        printf '%s\0' "${todo[@]}" | FIN_DEADLINE=$deadline xargs -0 -n 2 -P "$(nproc)" bash -c "$FIN_TIDY_ONE" "$database" || true
        local i
        for ((i = 1; i < ${#todo[@]}; i += 2)); do
            if [[ -e ${todo[i]}.failed ]]; then
                rm -- "${todo[i]}.failed"
                failed=$((failed + 1))
            elif [[ ! -e ${todo[i]} ]]; then
                unread=$((unread + 1))
            fi
        done
    fi
    if ((unread > 0)); then step "tidy: $unread of $all files were not read in $FIN_TIDY_SECONDS s; run scripts/test tidy again to go on"; fi
    count tidy $((all - failed - unread)) "$failed"
}
# shellcheck disable=SC2016 # expanded by the bash that xargs starts
FIN_TIDY_ONE='
    if ((FIN_DEADLINE > 0 && EPOCHSECONDS >= FIN_DEADLINE)); then exit 0; fi
    if out=$(clang-tidy-14 --quiet -p "$0" --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-optimization-argument "$1" 2>&1); then
        touch "$2"
        printf "        %s\n" "$1"
    else
        touch "$2.failed"
        printf -- "--- clang-tidy %s\n%s\n" "$1" "$out" >&2
    fi'
# A compilation database without precompiled headers: those of g++ mean nothing to clang.
configure_for_tidy() {
    mkdir -p "$1"
    (cd "$FIN_PROJECT" && quietly "$FIN_SCRATCH/tidy.log" cmake --preset dev -B "$1" -DFIN_TESTS=OFF \
        -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON "-DPG_CONFIG=$(build_pg_config)")
}

# --- unit tests -----------------------------------------------------------------------------------------------------------

# run_unit <step> <preset>
run_unit() {
    local name=$1 preset=$2 log=$FIN_SCRATCH/$2.unit.log passed failed status=0
    step "$name: building (build/$preset.log has the details)"
    if ! build_preset "$preset" fin_unit_tests; then
        count "$name" 0 1
        return
    fi
    step "$name: running"
    ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1} \
        "$FIN_PROJECT/build/$preset/test/unit/fin_unit_tests" --gtest_color=no >"$log" 2>&1 </dev/null || status=$?
    # GoogleTest's own closing lines; all of it where something failed.
    if ((status == 0)); then
        sed -n '/^\[==========\] .* ran\./,$p' "$log"
    else
        grep -vE '^\[ RUN      \]|^\[       OK \]|^\[-+\]' "$log" | tail -n 200 >&2
    fi
    passed=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) tests\{0,1\}\..*/\1/p' "$log")
    failed=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) tests\{0,1\}, listed below.*/\1/p' "$log")
    # A sanitizer or a signal ends the program before it can count.
    if ((status != 0 && ${failed:-0} == 0)) || [[ -z $passed && -z $failed ]]; then failed=1; fi
    count "$name" "${passed:-0}" "${failed:-0}"
}
check_unit() { run_unit unit dev; }
check_asan() { run_unit asan asan; }

# --- fuzzing ----------------------------------------------------------------------------------------------------------------

# Each target for FIN_FUZZ_SECONDS on a copy of its corpus; what crashes it is kept in build/fuzz/found.
check_fuzz() {
    local seconds=${FIN_FUZZ_SECONDS:-12} targets target name corpus found=$FIN_PROJECT/build/asan/found passed=0 failed=0
    step "fuzz: building (build/asan.log has the details)"
    if ! build_preset asan; then
        count fuzz 0 1
        return
    fi
    mapfile -t targets < <(find "$FIN_PROJECT/build/asan/test/fuzz" -maxdepth 1 -type f -name '*_fuzz' -perm -u+x | sort)
    if ((${#targets[@]} == 0)); then
        complain "there is no fuzz target in build/asan/test/fuzz"
        failed=1
    fi
    mkdir -p "$found"
    for target in "${targets[@]}"; do
        name=$(basename "$target")
        corpus=$FIN_SCRATCH/corpus.$name
        mkdir "$corpus"
        find "$FIN_PROJECT/test/fuzz/corpus/$name" "$FIN_PROJECT/test/fuzz/corpus/${name%_fuzz}" -type f -exec cp -t "$corpus" {} + 2>/dev/null || true
        step "fuzz: $name for $seconds s, $(find "$corpus" -type f | wc -l) files to start from"
        if quietly "$FIN_SCRATCH/$name.log" "$target" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 \
            -print_final_stats=1 -artifact_prefix="$found/$name-" "$corpus"; then
            passed=$((passed + 1))
            sed -n 's/^stat::number_of_executed_units: */        inputs tried: /p' "$FIN_SCRATCH/$name.log"
        else
            failed=$((failed + 1))
            complain "the input that did it is in $found"
        fi
    done
    count fuzz "$passed" "$failed"
}

# --- PGXS -------------------------------------------------------------------------------------------------------------------

copy_project() { tar -C "$FIN_PROJECT" --exclude=./build --exclude=./.git --exclude=./node_modules -cf - . | tar -C "$1" -xf -; }

# The extension alone builds and installs with PGXS, from a clean copy into an empty root.
check_pgxs() {
    local copy=$FIN_SCRATCH/pgxs root=$FIN_SCRATCH/pgxs-root wanted failed=0 compiler=g++
    step "pgxs: make -f Makefile.pgxs"
    mkdir "$copy" "$root"
    copy_project "$copy"
    if command -v ccache >/dev/null; then compiler='ccache g++'; fi
    if quietly "$FIN_SCRATCH/pgxs.log" make -C "$copy" -f Makefile.pgxs -j "$(nproc)" PG_CONFIG="$(build_pg_config)" CXX="$compiler" &&
        quietly "$FIN_SCRATCH/pgxs-install.log" make -C "$copy" -f Makefile.pgxs install PG_CONFIG="$(build_pg_config)" CXX="$compiler" DESTDIR="$root"; then
        for wanted in 'pg_fin.so' 'pg_fin.control' 'pg_fin--*.sql'; do
            if [[ -z $(find "$root" -name "$wanted") ]]; then
                complain "make install left no $wanted"
                failed=1
            fi
        done
    else
        failed=1
    fi
    count pgxs $((1 - failed)) "$failed"
    rm -rf -- "$copy" "$root"
}

# --- tests against a server -----------------------------------------------------------------------------------------------------

# All of it happens in one temporary folder of the server's user:
#   postgresql/  a relocated copy of PostgreSQL with the release build in it: nothing of the machine's own is replaced
#   project/     test/ as it stands, because the clone itself may be out of the server user's reach
#   cluster/     the cluster for pgTAP;  tap/  what PostgreSQL::Test::Cluster makes
FIN_SITE=
prepare_site() {
    [[ -z $FIN_SITE ]] || return 0
    step "server: building the release preset"
    build_preset release || return 1
    make_state_folder
    FIN_SITE=$(as_server mktemp -d "$(state_folder)/test-XXXXXX") || return 1
    at_exit remove_site
    copy_postgresql "$FIN_SITE/postgresql" || return 1
    local stage=$FIN_SCRATCH/stage
    mkdir "$stage"
    stage_release "$stage" || return 1
    # Build destinations below DESTDIR's root and those outside it lead to the same relative place.
    (cd "$stage" && tar -cf - .) | as_server tar -C "$FIN_SITE/postgresql" --no-overwrite-dir --no-same-owner -xf - || return 1
    as_server mkdir "$FIN_SITE/project" "$FIN_SITE/tap" "$FIN_SITE/shared" "$FIN_SITE/shared/data"
    (cd "$FIN_PROJECT" && tar -cf - test) | as_server tar -C "$FIN_SITE/project" --no-same-owner -xf - || return 1
    local part
    for part in imports ledgers; do
        if [[ -d $FIN_PROJECT/../shared/data/$part ]]; then
            (cd "$FIN_PROJECT/../shared/data" && tar -cf - --mode=u+w "$part") |
                as_server tar -C "$FIN_SITE/shared/data" --no-same-owner -xf - || return 1
        fi
    done
    FIN_SERVER_PG_CONFIG=$FIN_SITE/postgresql$(build_pg_config)
    [[ -e $(pg_where pkglibdir)/pg_fin.so ]] || { complain "the release build left no pg_fin.so in $(pg_where pkglibdir)"; return 1; }
}

# PostgreSQL finds its folders relative to its programs, so a copy of the programs with links to the rest is an
# installation of its own.
copy_postgresql() {
    local root=$1 original_root binaries part source
    original_root=$(pg_config_path)
    original_root=${original_root%"$(build_pg_config)"}
    binaries=$(pg_where bindir)
    as_server mkdir -p "$root${binaries#"$original_root"}"
    as_server cp -L -- "$binaries"/* "$root${binaries#"$original_root"}/" || return 1
    for part in pkglibdir sharedir; do
        source=$(pg_where "$part")
        as_server mkdir -p "$root${source#"$original_root"}"
        as_server cp -rs -- "$source/." "$root${source#"$original_root"}/" || return 1
    done
    # Links to a pg_fin that is already installed would hide what was just built.
    as_server find "$root" -name 'pg_fin*' -type l -delete
}

remove_site() {
    [[ -n $FIN_SITE ]] || return 0
    server_stop "$FIN_SITE/cluster" immediate 2>/dev/null
    # Clusters that a broken server test left behind.
    local pid_file
    while IFS= read -r pid_file; do
        as_server "$(server_binary pg_ctl)" stop -s -w -m immediate -D "$(dirname "$pid_file")" 2>/dev/null
    done < <(as_server find "$FIN_SITE/tap" -name postmaster.pid 2>/dev/null)
    as_server rm -rf -- "$FIN_SITE"
    FIN_SITE=
    FIN_SERVER_PG_CONFIG=
    remove_state_folder_if_empty
}

# count_tap <step> <log> <status of prove>: top-level test points; a file that broke off counts as one failure.
count_tap() {
    local name=$1 log=$2 status=$3 passed failed skipped
    passed=$(grep -cE '^ok [0-9]' "$log" || true)
    skipped=$(grep -ciE '^ok [0-9].*# *(skip|todo)' "$log" || true)
    failed=$(grep -E '^not ok [0-9]' "$log" | grep -ciEv '# *todo' || true)
    if ((status != 0 && failed == 0)); then failed=1; fi
    if ((passed == 0)); then
        if ((failed == 0)); then failed=1; fi
        complain "no test point passed; what was said:"
        tail -n 20 "$log" >&2
    fi
    if ((skipped > 0)); then step "$name: $skipped skipped"; fi
    count "$name" $((passed - skipped)) "$failed"
}

# show_tap: of prove's verbose output one line a file, and what failed.
show_tap() {
    awk '/ \.+ *$/ || /^(All tests|Files=|Result:|Test Summary|Failed|Dubious|  Failed|  Parse)/ || /^not ok/ || /^# +(Failed|Looks|at|got|have|want|expected|died|caught|wanted)/ || /(psql|ERROR):/ { print "        " $0; fflush() }'
}

# check_log <step> <log...>: a server process that was killed is a failure even where every test passed. Signal 9 is the
# business of the tests that kill on purpose.
check_log() {
    local name=$1 found
    shift
    found=$(as_server grep -hE 'terminated by signal (4|6|7|8|11)\b' "$@" 2>/dev/null || true)
    if [[ -n $found ]]; then
        complain "$found"
        count "$name: server processes crashed" 0 1
    fi
}

# in_site <environment and command>: as the server's user in the copied project, with the copied PostgreSQL.
in_site() {
    # shellcheck disable=SC2016 # expanded by the server user's bash
    as_server bash -c 'cd "$1/project" && shift && exec env "$@"' - "$FIN_SITE" -u PGSERVICE -u PGOPTIONS -u PGHOST -u PGPORT \
        PATH="$(pg_where bindir):$PATH" PG_CONFIG="$(pg_config_path)" LC_ALL=C.UTF-8 \
        FIN_TEST_DATA="$FIN_SITE/project/test/data" FIN_SHARED_DATA="$FIN_SITE/shared/data" "$@" </dev/null
}

check_sql() {
    local folder status=0 log=$FIN_SCRATCH/sql.tap
    step "sql: pgTAP in a fresh private cluster"
    if ! prepare_site || ! make_test_cluster; then
        count sql 0 1
        return
    fi
    folder=$FIN_SITE/cluster
    if ! compgen -G "$FIN_PROJECT/test/sql/*.sql" >/dev/null; then
        complain "there are no tests in test/sql"
        count sql 0 1
        return
    fi
    in_site PGHOST="$folder/socket" PGPORT="$FIN_PORT" PGUSER=postgres PGDATABASE=fin PGCLIENTENCODING=UTF8 \
        bash -c 'exec pg_prove --verbose --ext .sql test/sql/*.sql' |& tee "$log" | show_tap || status=$?
    count_tap sql "$log" "$status"
    check_log sql "$folder/server.log"
    server_stop "$folder"
}

make_test_cluster() {
    server_make "$FIN_SITE/cluster" 'fsync = off
full_page_writes = off
synchronous_commit = off' || return 1
    server_start "$FIN_SITE/cluster" || return 1
    server_prepare "$FIN_SITE/cluster" || return 1
    quietly "$FIN_SCRATCH/pgtap.log" server_psql "$FIN_SITE/cluster" -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION pgtap'
}

# The bridge's probe, where the server's user can load it.
prepare_probe() {
    step "server: building the bridge's probe"
    build_preset dev fin_bridge_probe || return 1
    as_server tee "$FIN_SITE/bridge_probe.so" <"$FIN_PROJECT/build/dev/test/bridge/fin_bridge_probe.so" >/dev/null
}
# The REST server where the tests' user may run it.
prepare_api_program() {
    build_preset release pg_fin_api || return 1
    as_server tee "$FIN_SITE/pg_fin_api" <"$FIN_PROJECT/build/release/api/pg_fin_api" >/dev/null
    as_server chmod 0755 "$FIN_SITE/pg_fin_api"
}

# The S3 server and clients of test/storage/package-lock.json, fetched again only where the lock file has changed.
prepare_storage_packages() {
    local folder=$FIN_PROJECT/build/storage-tests
    mkdir -p "$folder"
    cp -- "$FIN_PROJECT"/test/storage/*.mjs "$FIN_PROJECT/test/storage/package.json" "$folder/" || return 1
    if ! cmp -s -- "$FIN_PROJECT/test/storage/package-lock.json" "$folder/package-lock.json.installed"; then
        cp -- "$FIN_PROJECT/test/storage/package-lock.json" "$folder/"
        step "server: npm fetches the S3 server"
        (cd "$folder" && quietly "$FIN_SCRATCH/npm.log" npm ci --no-audit --no-fund --ignore-scripts) || return 1
        mv -- "$folder/package-lock.json" "$folder/package-lock.json.installed"
    fi
    as_server mkdir -p "$FIN_SITE/storage"
    (cd "$folder" && tar -cf - .) | as_server tar -C "$FIN_SITE/storage" --no-same-owner -xf -
}

check_server() {
    local status=0 log=$FIN_SCRATCH/server.tap perl
    step "server: PostgreSQL::Test::Cluster"
    if ! prepare_site; then
        count server 0 1
        return
    fi
    if ! compgen -G "$FIN_PROJECT/test/server/*.pl" >/dev/null; then
        complain "there are no tests in test/server"
        count server 0 1
        return
    fi
    if ! prepare_probe || ! prepare_api_program || ! prepare_storage_packages; then
        count server 0 1
        return
    fi
    perl=$(pg_where pkglibdir)/pgxs/src/test
    as_server mkdir -p "$FIN_SITE/tap/tmp"
    # shellcheck disable=SC2016 # expanded by the server user's bash
    in_site PG_REGRESS="$perl/regress/pg_regress" \
        TESTDIR="$FIN_SITE/tap" TESTDATADIR="$FIN_SITE/tap/data" TESTLOGDIR="$FIN_SITE/tap/log" TMPDIR="$FIN_SITE/tap/tmp" \
        PG_TEST_PORT_DIR="$FIN_SITE/tap/ports" FIN_BRIDGE_PROBE="$FIN_SITE/bridge_probe.so" PG_FIN_API="$FIN_SITE/pg_fin_api" \
        FIN_STORAGE_PACKAGES="$FIN_SITE/storage" \
        bash -c 'exec prove --verbose -I "$1" -I test/server test/server/*.pl' - "$perl/perl" |& tee "$log" | show_tap || status=$?
    show_broken_off "$log"
    count_tap server "$log" "$status"
    check_server_logs
}
# A server test that dies says why only in its own log.
show_broken_off() {
    local file
    while IFS= read -r file; do
        complain "--- the end of the log of $file:"
        as_server tail -n 25 "$FIN_SITE/tap/tmp_check/log/regress_log_$(basename "$file" .pl)" >&2 || true
    done < <(sed -n 's/^\(test\/server\/[^ ]*\) *(Wstat: *[0-9]*[1-9].*/\1/p' "$1")
}
check_server_logs() {
    local logs=()
    mapfile -t logs < <(as_server find "$FIN_SITE/tap" -name '*.log')
    if ((${#logs[@]} > 0)); then check_log server "${logs[@]}"; fi
}
