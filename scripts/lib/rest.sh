# shellcheck shell=bash
# pg_fin_api before a private cluster: <cluster folder>/api holds its copy of the program, its settings, the secret of
# its tokens, its log, and while it runs the files `pid` and `url`. It listens on this machine only, on a free port.
# FIN_REST_SETTINGS: further lines of its settings.

rest_folder() { printf '%s/api\n' "$1"; }

# The program that was built in this clone, else the installed one; empty where there is none.
rest_program() {
    local built=$FIN_PROJECT/build/release/api/pg_fin_api
    if [[ -x $built ]]; then echo "$built"; else command -v pg_fin_api || true; fi
}

# The process of the file `pid`, when it still is ours: numbers are given out again.
rest_process() {
    local folder pid
    folder=$(rest_folder "$1")
    pid=$(as_server cat "$folder/pid" 2>/dev/null) || return 1
    [[ $pid =~ ^[0-9]+$ ]] && as_server readlink "/proc/$pid/exe" 2>/dev/null | grep -qF "$folder/pg_fin_api" || return 1
    echo "$pid"
}
rest_is_running() { rest_process "$1" >/dev/null; }

rest_settings() {
    cat <<CONF
db-uri = "host='$1/socket' port=$FIN_PORT dbname=fin user=fin_authenticator"
db-schemas = "api"
db-anon-role = "fin_anon"
jwt-secret = "@$(rest_folder "$1")/jwt_secret"
server-host = "127.0.0.1"
server-port = 0
fin-routes = "fin.routes"
log-level = "info"
${FIN_REST_SETTINGS:-}
CONF
}

# rest_start <cluster folder>
rest_start() {
    local cluster=$1 folder program log url pid
    program=$(rest_program)
    if [[ -z $program ]]; then
        step "pg_fin_api is not built (build/release/api/pg_fin_api): the cluster runs without it"
        return 0
    fi
    folder=$(rest_folder "$cluster")
    log=$folder/log
    if rest_is_running "$cluster"; then
        if as_server test -s "$folder/url" && as_server cat "$folder/pg_fin_api" | cmp -s -- - "$program"; then return 0; fi
        step "restarting pg_fin_api"
        rest_stop "$cluster"
    fi
    as_server mkdir -p -m 0700 -- "$folder" || return 1
    # A copy, because the server's user may not be able to enter this clone; replaced, because the old one may run.
    as_server tee "$folder/pg_fin_api.new" >/dev/null <"$program" &&
        as_server chmod 0755 "$folder/pg_fin_api.new" && as_server mv -f "$folder/pg_fin_api.new" "$folder/pg_fin_api" ||
        return 1
    if ! as_server test -s "$folder/jwt_secret"; then
        od -An -N32 -tx1 /dev/urandom | tr -d ' \n' | as_server sh -c "umask 077; cat >'$folder/jwt_secret'" || return 1
    fi
    rest_settings "$cluster" | as_server tee "$folder/settings" >/dev/null || return 1
    as_server rm -f -- "$folder/url" "$folder/pid"
    # Settings come from the file alone, whatever this shell's environment says.
    as_server env -i PATH="$PATH" setsid sh -c "exec '$folder/pg_fin_api' '$folder/settings' >'$log' 2>&1 </dev/null & echo \$! >'$folder/pid'"
    pid=$(as_server cat "$folder/pid")
    local attempt port
    for ((attempt = 0; attempt < 300; ++attempt)); do
        port=$(as_server sed -n 's/^.*listening on port \([0-9][0-9]*\).*$/\1/p' "$log" | head -n 1)
        if [[ -n $port ]] && as_server grep -q 'schema cache loaded' "$log"; then
            url=http://127.0.0.1:$port
            as_server tee "$folder/url" >/dev/null <<<"$url"
            return 0
        fi
        as_server kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    complain "--- pg_fin_api did not start; the end of $log:"
    as_server tail -n 20 "$log" >&2
    rest_stop "$cluster"
    return 1
}

# rest_stop <cluster folder>: requests under way are finished first.
rest_stop() {
    local pid folder attempt
    folder=$(rest_folder "$1")
    if pid=$(rest_process "$1"); then
        as_server kill -TERM "$pid" 2>/dev/null || true
        for ((attempt = 0; attempt < 350; ++attempt)); do
            as_server kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        as_server kill -KILL "$pid" 2>/dev/null || true
    fi
    if [[ -d $folder ]]; then as_server rm -f -- "$folder/pid" "$folder/url"; fi
}

rest_url() { if rest_is_running "$1"; then as_server cat "$(rest_folder "$1")/url" 2>/dev/null || true; fi; }
