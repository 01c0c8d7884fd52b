# shellcheck shell=bash
# The step `api` of scripts/test: pg_fin_api before a private cluster that holds test/api/fixture.sql and nothing of pg_fin.

FIN_API_SITE=

# The packages of test/api/package-lock.json, fetched again only where the lock file has changed.
prepare_api_tests() {
    local folder=$FIN_PROJECT/build/api-tests
    mkdir -p "$folder/docs"
    rm -f -- "$folder"/*.mjs
    cp -- "$FIN_PROJECT"/test/api/*.mjs "$FIN_PROJECT"/test/api/*.sql "$FIN_PROJECT"/test/api/package.json "$folder/" || return 1
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

remove_api_site() {
    [[ -n $FIN_API_SITE ]] || return 0
    server_stop "$FIN_API_SITE" immediate 2>/dev/null
    as_server rm -rf -- "$FIN_API_SITE"
    FIN_API_SITE=
    remove_state_folder_if_empty
}

# run_api_tests <file...>
run_api_tests() {
    (cd "$FIN_PROJECT/build/api-tests" && timeout -k 10 600 env -u PGSERVICE -u PGPASSWORD -u PGOPTIONS -u PGHOSTADDR \
        PGHOST="$FIN_API_SITE/socket" PGPORT="$FIN_PORT" PGDATABASE=fin FIN_PROJECT="$FIN_PROJECT" FIN_API_BINARY="$FIN_PROJECT/build/release/api/pg_fin_api" \
        FIN_PSQL="$(server_binary psql)" NO_COLOR=1 node --test --test-reporter=tap "$@") </dev/null
}

check_api() {
    local log=$FIN_SCRATCH/api.tap status=0 passed failed restart=$FIN_SCRATCH/restart tests=()
    step "api: building pg_fin_api"
    if ! build_preset release pg_fin_api || ! prepare_api_tests || ! prepare_api_server; then
        count api 0 1
        return
    fi
    step "api: running"
    mapfile -t tests < <(cd "$FIN_PROJECT/build/api-tests" && find . -maxdepth 1 -name '*.test.mjs' ! -name crash.test.mjs ! -name sign_on.test.mjs | sort)
    run_api_tests "${tests[@]}" >"$log" 2>&1 || status=$?
    # A crash is what its own test is about, so that one runs with a cluster that is safe and by itself.
    {
        declare -f as_server is_root
        printf 'as_server %q restart -w -t 60 -s -D %q -m immediate -l %q\n' "$(server_binary pg_ctl)" "$FIN_API_SITE/data" "$FIN_API_SITE/server.log"
    } | sed '1i #!/usr/bin/env bash' >"$restart"
    chmod +x "$restart"
    FIN_API_RESTART=$restart run_api_tests ./crash.test.mjs >>"$log" 2>&1 || status=$?
    run_sign_on_tests >>"$log" 2>&1 || status=$?
    passed=$(awk '/^# pass [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")
    failed=$(awk '/^# (fail|cancelled) [0-9]+$/ { n += $3 } END { print n + 0 }' "$log")
    if ((status != 0 || failed > 0)); then show_api_failures "$log"; fi
    # What ends before it can count is a failure.
    if ((status != 0 && failed == 0)) || ((passed == 0)); then failed=1; fi
    count api "$passed" "$failed"
    check_log api "$FIN_API_SITE/server.log"
    remove_api_site
}

# The names of what failed and what was said about it.
show_api_failures() {
    awk '/^ *not ok / { print; shown = 1; lines = 0; next } shown && /^ *\.\.\.$/ { shown = 0 } shown && lines++ < 25 { print substr($0, 1, 400) }' "$1" | head -n 400 >&2
}
