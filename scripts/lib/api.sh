# shellcheck shell=bash
# The step `api` of scripts/test: pg_fin_api before a private cluster that holds test/api/fixture.sql and nothing of pg_fin,
# and before a second one that holds the product: for the tests that import product.mjs.

FIN_API_SITE=
FIN_API_PRODUCT=

# The packages of test/api/package-lock.json, fetched again only where the lock file has changed.
prepare_api_tests() {
    local folder=$FIN_PROJECT/build/api-tests
    mkdir -p "$folder/docs"
    rm -rf -- "$folder"/*.mjs "$folder"/*.ts "$folder/attack"
    cp -r -- "$FIN_PROJECT"/test/api/*.mjs "$FIN_PROJECT"/test/api/*.ts "$FIN_PROJECT"/test/api/*.sql "$FIN_PROJECT"/test/api/package.json "$FIN_PROJECT"/test/api/attack "$folder/" || return 1
    cp -- "$FIN_PROJECT/docs/rest.md" "$folder/docs/" || return 1
    if ! cmp -s -- "$FIN_PROJECT/test/api/package-lock.json" "$folder/package-lock.json.installed"; then
        cp -- "$FIN_PROJECT/test/api/package-lock.json" "$folder/"
        step "api: npm fetches the clients"
        (cd "$folder" && quietly "$FIN_SCRATCH/npm.log" npm ci --no-audit --no-fund --ignore-scripts) || return 1
        mv -- "$folder/package-lock.json" "$folder/package-lock.json.installed"
    fi
}

prepare_api_server() {
    make_state_folder
    FIN_API_SITE=$(as_server mktemp -d "$(state_folder)/api-XXXXXX") || return 1
    at_exit remove_api_site
    # The served database needs nothing of pg_fin, and here it has nothing of it.
    server_make "$FIN_API_SITE" "shared_preload_libraries = ''
max_connections = 300
fsync = off" || return 1
    server_start "$FIN_API_SITE" || return 1
    quietly "$FIN_SCRATCH/api-fixture.log" server_psql "$FIN_API_SITE" -X -q -f "$FIN_PROJECT/test/api/fixture.sql"
}

# The product as it ships, in the installation that prepare_site made; without workers, so that what is uploaded is read
# before it is answered.
prepare_api_product() {
    FIN_API_PRODUCT=$FIN_SITE/api-product
    at_exit remove_api_product
    server_make "$FIN_API_PRODUCT" "shared_preload_libraries = ''
pg_fin.secret_key_file = '$FIN_API_PRODUCT/api/secret_key'
max_connections = 200
fsync = off" || return 1
    server_start "$FIN_API_PRODUCT" || return 1
    quietly "$FIN_SCRATCH/api-product.log" server_psql "$FIN_API_PRODUCT" -X -q -v ON_ERROR_STOP=1 \
        -c 'SET client_min_messages = warning' -c 'CREATE EXTENSION pg_fin' -c 'SELECT fin_setup()'
}

remove_api_product() {
    [[ -n $FIN_API_PRODUCT ]] || return 0
    server_stop "$FIN_API_PRODUCT" immediate 2>/dev/null
    FIN_API_PRODUCT=
}

remove_api_site() {
    [[ -n $FIN_API_SITE ]] || return 0
    server_stop "$FIN_API_SITE" immediate 2>/dev/null
    as_server rm -rf -- "$FIN_API_SITE"
    FIN_API_SITE=
    remove_state_folder_if_empty
}

# run_api_tests <cluster folder> <file...>
run_api_tests() {
    local site=$1
    shift
    (cd "$FIN_PROJECT/build/api-tests" && timeout -k 10 600 env -u PGSERVICE -u PGPASSWORD -u PGOPTIONS -u PGHOSTADDR \
        PGHOST="$site/socket" PGPORT="$FIN_PORT" PGDATABASE=fin FIN_PROJECT="$FIN_PROJECT" FIN_API_BINARY="$FIN_PROJECT/build/release/api/pg_fin_api" \
        FIN_PSQL="$(server_binary psql)" NO_COLOR=1 node --test --test-reporter=tap "$@") </dev/null
}

check_api() {
    local log=$FIN_SCRATCH/api.tap status=0 passed failed restart=$FIN_SCRATCH/restart tests=() product=()
    step "api: building pg_fin_api"
    if ! build_preset release pg_fin_api || ! prepare_api_tests || ! prepare_site || ! prepare_api_server || ! prepare_api_product; then
        count api 0 1
        return
    fi
    step "api: running"
    mapfile -t product < <(cd "$FIN_PROJECT/build/api-tests" && grep -lF "'./product.mjs'" ./*.test.mjs)
    mapfile -t tests < <(cd "$FIN_PROJECT/build/api-tests" && grep -LF "'./product.mjs'" ./*.test.mjs | grep -vF -e crash.test.mjs -e sign_on.test.mjs)
    run_api_tests "$FIN_API_SITE" "${tests[@]}" >"$log" 2>&1 || status=$?
    run_api_tests "$FIN_API_PRODUCT" "${product[@]}" >>"$log" 2>&1 || status=$?
    # A crash is what its own test is about, so that one runs with a cluster that is safe and by itself.
    {
        declare -f as_server is_root
        printf 'as_server %q restart -w -t 60 -s -D %q -m immediate -l %q\n' "$(server_binary pg_ctl)" "$FIN_API_SITE/data" "$FIN_API_SITE/server.log"
    } | sed '1i #!/usr/bin/env bash' >"$restart"
    chmod +x "$restart"
    FIN_API_RESTART=$restart run_api_tests "$FIN_API_SITE" ./crash.test.mjs >>"$log" 2>&1 || status=$?
    run_sign_on_tests >>"$log" 2>&1 || status=$?
    passed=$(awk '/^# pass [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")
    failed=$(awk '/^# (fail|cancelled) [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")
    if ((status != 0 || failed > 0)); then show_api_failures "$log"; fi
    # What ends before it can count is a failure.
    if ((status != 0 && failed == 0)) || ((passed == 0)); then failed=1; fi
    count api "$passed" "$failed"
    check_log api "$FIN_API_SITE/server.log" "$FIN_API_PRODUCT/server.log"
    remove_api_site
    remove_api_product
}

# The names of what failed and what was said about it.
show_api_failures() {
    awk '/^ *not ok / { print; shown = 1; lines = 0; next } shown && /^ *\.\.\.$/ { shown = 0 } shown && lines++ < 25 { print substr($0, 1, 400) }' "$1" | awk 'NR <= 400' >&2
}
