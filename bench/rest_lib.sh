# shellcheck shell=bash disable=SC2034 # variables that bench/rest reads
# What bench/rest does: its data, the server, one measurement of either side.
SECONDS_EACH=${FIN_BENCH_SECONDS:-5}
POOL=${FIN_BENCH_POOL:-10}
MEGABYTES=${FIN_BENCH_MEGABYTES:-500}
REST_ROWS=100000
REST_CASES=(key hundred embed insert minimal)
declare -A REST_WHAT=([key]='GET one row by its key' [hundred]='GET 100 rows' [embed]='GET one row with an embedded one'
    [insert]='POST one row' [minimal]='POST to a function that returns a number')
API_PORT=
API_PID=

prepare_rest() {
    FIN_SCRATCH=$(mktemp -d)
    remove_scratch() { rm -rf -- "$FIN_SCRATCH"; }
    at_exit remove_scratch
    RESULTS=$FIN_SCRATCH/results
    : >"$RESULTS"
    require_postgresql
    API=${FIN_BENCH_API:-$FIN_PROJECT/build/release/api/pg_fin_api}
    if [[ -z ${FIN_BENCH_API:-} ]]; then
        step "rest: building pg_fin_api"
        build_preset release pg_fin_api || die "pg_fin_api could not be built"
    fi
    make_state_folder
    CLUSTER=$(as_server mktemp -d "$(state_folder)/rest-XXXXXX")
    at_exit remove_rest
    # Ordinary settings but for autovacuum, which would start in the middle of some round; nothing of pg_fin in it.
    # shellcheck disable=SC2015 # either part may fail
    server_make "$CLUSTER" "shared_preload_libraries = ''
autovacuum = off
max_connections = 100
log_destination = jsonlog
logging_collector = on
log_directory = '$CLUSTER'
log_filename = 'statements'" && server_start "$CLUSTER" || die "the private cluster could not be made"
    sql -q -f "$FIN_PROJECT/bench/rest.sql" -v rows="$REST_ROWS"
    start_api
    for name in "${REST_CASES[@]}"; do record_case "$name"; done
}

remove_rest() {
    stop_api
    server_stop "$CLUSTER" immediate 2>/dev/null
    as_server rm -rf -- "$CLUSTER"
    remove_state_folder_if_empty
}

start_api() {
    local i
    API_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat >"$FIN_SCRATCH/api.conf" <<CONF
db-uri = "host='$CLUSTER/socket' port=$FIN_PORT dbname=fin user=bench_gate"
db-schemas = "shop"
db-anon-role = "bench_anon"
db-pool = $POOL
server-host = "127.0.0.1"
server-port = $API_PORT
CONF
    "$API" "$FIN_SCRATCH/api.conf" >"$FIN_SCRATCH/api.log" 2>&1 </dev/null &
    API_PID=$!
    for ((i = 0; i < 200; ++i)); do
        if [[ $(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$API_PORT/item?id=eq.1") == 200 ]]; then return; fi
        sleep 0.05
    done
    tail -n 20 "$FIN_SCRATCH/api.log" >&2
    die "pg_fin_api does not answer"
}
stop_api() {
    if [[ -n $API_PID ]]; then
        kill "$API_PID" 2>/dev/null
        wait "$API_PID" 2>/dev/null
    fi
    API_PID=
}

# request_of <case>: method, path and body; %d stands for a number that differs from request to request.
request_of() {
    case $1 in
        key) echo 'GET|/item?id=eq.%d|' ;;
        hundred) echo 'GET|/item?order=id&limit=100|' ;;
        embed) echo 'GET|/item?id=eq.%d&select=id,name,kind(name)|' ;;
        insert) echo 'POST|/line|{"item": %d, "quantity": 3, "note": "by hand"}' ;;
        minimal) echo 'POST|/rpc/next_number|{"after": %d}' ;;
    esac
}

# Sends the request of a case some times and takes the statements of the last one from the log; of them it makes what
# pgbench sends (case.sql, case.pipeline.sql, case.variables) and what wrk sends (case.lua).
record_case() {
    local name=$1 method path body i mark=54321
    IFS='|' read -r method path body < <(request_of "$name")
    ask "ALTER SYSTEM SET log_statement = 'all'" && ask 'SELECT pg_reload_conf()' >/dev/null
    sleep 0.3
    for ((i = 0; i < 3; ++i)); do
        if ((i == 2)); then as_server truncate -s 0 "$CLUSTER/statements.json"; fi
        curl -sf -o /dev/null -X "$method" "http://127.0.0.1:$API_PORT${path//%d/$mark}" -H 'Host: bench' -H 'User-Agent:' -H 'Accept:' \
            ${body:+-H 'Content-Type: application/json' -d "${body//%d/$mark}"} || die "the request of $name failed"
    done
    ask 'ALTER SYSTEM RESET log_statement' && ask 'SELECT pg_reload_conf()' >/dev/null
    python3 "$FIN_PROJECT/bench/rest_script.py" "$CLUSTER/statements.json" "$mark" "$REST_ROWS" "$FIN_SCRATCH/$name" ||
        die "what the server sent for $name could not be read"
    cat >"$FIN_SCRATCH/$name.lua" <<LUA
local template = [[$body]]
local headers = { ["Host"] = "bench" }
if template ~= "" then headers["Content-Type"] = "application/json" end
local thread = 0
setup = function(t) thread = thread + 1; t:set("seed", thread) end
-- The requests are made before the clock runs: the client shares the machine's cores.
local made, next = {}, 0
init = function()
    math.randomseed(seed)
    for i = 1, 4000 do
        local number = math.random($REST_ROWS)
        local body = template ~= "" and (string.gsub(template, "%%d", number)) or nil
        made[i] = wrk.format("$method", (string.gsub("$path", "%%d", number)), headers, body)
    end
end
request = function()
    next = next % #made + 1
    return made[next]
end
LUA
}

# wrk_case <case> <connections>: requests in a second. Any answer that is not 2xx spoils it.
wrk_case() {
    local said
    said=$(wrk -t 2 -c "$2" -d "${SECONDS_EACH}s" --timeout 10s -s "$FIN_SCRATCH/$1.lua" "http://127.0.0.1:$API_PORT/") || die "wrk failed: $said"
    if grep -qE 'Non-2xx|Socket errors' <<<"$said"; then die "not every request of $1 was answered: $said"; fi
    sed -n 's/^Requests\/sec: *\([0-9.]*\).*/\1/p' <<<"$said"
}

# pgbench_case <case> [pipeline]: transactions in a second.
pgbench_case() {
    local said script=$FIN_SCRATCH/$1${2:+.$2}.sql variables=()
    mapfile -d '' variables <"$FIN_SCRATCH/$1.variables"
    said=$(env PGHOST="$CLUSTER/socket" PGPORT="$FIN_PORT" PGUSER=postgres PGDATABASE=fin "$(server_binary pgbench)" -n -M prepared -c "$POOL" -j 2 \
        -T "$SECONDS_EACH" --random-seed=42 "${variables[@]}" -f "$script" 2>&1) || die "pgbench failed: $said"
    sed -n 's/^tps = \([0-9.]*\).*/\1/p' <<<"$said"
}

# measure <list> <command...>, last <list>, middle <list>
measure() {
    local list=$1
    shift
    "$@" >>"$FIN_SCRATCH/$list.list"
}
last() { tail -n 1 "$FIN_SCRATCH/$1.list" | awk '{ printf "%.0f\n", $1 }'; }
middle() { median <"$FIN_SCRATCH/$1.list" | awk '{ printf "%.0f\n", $1 }'; }

# at_least <what> <measured> <unit> [bar]: as result, where more is better.
at_least() {
    local verdict=""
    if [[ -n ${4:-} ]]; then verdict=$(awk -v m="$2" -v b="$4" 'BEGIN { print (m >= b ? "PASS" : "under") }'); fi
    printf '%s|%s|%s|%s|%s\n' "$1" "$2" "$3" "${4:-}" "$verdict" >>"$RESULTS"
    step "$1: $2 $3${4:+ (bar $4: $verdict)}"
}

# The greatest resident set since the server's start.
peak_megabytes() { awk '/^VmHWM:/ { printf "%.0f\n", $2 / 1024 }' "/proc/$API_PID/status"; }

stream_out() {
    local got
    got=$(curl -s -o /dev/null -w '%{http_code} %{size_download} %{time_total}' "http://127.0.0.1:$API_PORT/rpc/flow?megabytes=$MEGABYTES")
    read -r code bytes seconds <<<"$got"
    [[ $code == 200 && $bytes -ge $((MEGABYTES * 1000000)) ]] || die "the long answer was cut: $got"
    result "streaming $MEGABYTES MB out" "$(awk -v b="$bytes" -v s="$seconds" 'BEGIN { printf "%.0f\n", b / s / 1e6 }')" MB/s
}
