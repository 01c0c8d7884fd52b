# shellcheck shell=bash
# Part of the step `api` of scripts/test: sign-in by OpenID Connect needs a cluster with pg_fin and its background workers.

# Prints TAP; the product as it ships, in the installation that prepare_site made.
run_sign_on_tests() {
    local folder status=0
    prepare_site || return 1
    folder=$FIN_SITE/sign-on
    server_make "$folder" "shared_preload_libraries = 'pg_fin'
fsync = off" || return 1
    server_start "$folder" || return 1
    quietly "$FIN_SCRATCH/sign-on.log" server_psql "$folder" -X -q -v ON_ERROR_STOP=1 -c 'SET client_min_messages = warning' \
        -c 'CREATE EXTENSION pg_fin' -c 'SELECT fin_setup()' || status=$?
    if ((status == 0)); then
        (cd "$FIN_PROJECT/build/api-tests" && timeout -k 10 300 env -u PGSERVICE -u PGPASSWORD -u PGOPTIONS -u PGHOSTADDR \
            PGHOST="$folder/socket" PGPORT="$FIN_PORT" PGDATABASE=fin FIN_PROJECT="$FIN_PROJECT" \
            FIN_API_BINARY="$FIN_PROJECT/build/release/api/pg_fin_api" FIN_PSQL="$(server_binary psql)" NO_COLOR=1 \
            node --test --test-reporter=tap ./sign_on.test.mjs) </dev/null || status=$?
    fi
    check_log api "$folder/server.log" >&2
    server_stop "$folder" immediate
    return "$status"
}
