# shellcheck shell=bash disable=SC2034 # variables that other files read
# What every script here shares: where things are, who runs what, progress lines, cleaning up.
#
# Two people are involved. The caller (root or an ordinary user) builds. The server's user owns everything that a
# server reads or writes: PostgreSQL refuses to run as root, so for root it is `postgres`, else the caller himself.

umask 022
FIN_PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# A service without a login may have no HOME; ccache and git want one.
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
export HOME
FIN_STARTED=${FIN_STARTED:-$EPOCHSECONDS} # one clock for a script and those it calls

# --- telling ---------------------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }
step() { printf '[%3d s] %s\n' "$((EPOCHSECONDS - FIN_STARTED))" "$*"; }
complain() { printf '%s\n' "$*" >&2; }
die() {
    complain "error: $*"
    exit 1
}

# --- cleaning up: what was registered last runs first, whatever ends the script ------------------------------------------

FIN_AT_EXIT=()
at_exit() { FIN_AT_EXIT+=("$1"); }
run_at_exit() {
    local status=$? i
    trap '' INT TERM HUP
    set +e
    for ((i = ${#FIN_AT_EXIT[@]} - 1; i >= 0; i--)); do "${FIN_AT_EXIT[i]}"; done
    exit "$status"
}
trap run_at_exit EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- who --------------------------------------------------------------------------------------------------------------

is_root() { [[ $(id -u) == 0 ]]; }

# Runs a command with the rights that the system's folders ask for.
as_root() {
    if is_root; then
        "$@"
        return
    fi
    command -v sudo >/dev/null ||
        die "this step needs root's rights and there is no sudo here; run the same command as root"
    sudo -n true 2>/dev/null ||
        die "this step needs root's rights and sudo asks for a password; run 'sudo -v' first, then the same command again (or run it as root)"
    sudo -n "$@"
}

server_user() { if is_root; then echo postgres; else id -un; fi; }
server_uid() { id -u "$(server_user)" 2>/dev/null || die "there is no user $(server_user); scripts/demo installs PostgreSQL, which brings it"; }

# Runs a command as the server's user, in a folder that this user can enter.
as_server() {
    if is_root; then
        (cd / && runuser -u postgres -- env HOME=/tmp "$@")
    else
        (cd / && "$@")
    fi
}

# --- where ------------------------------------------------------------------------------------------------------------

# One private folder per server user holds data, sockets, logs and all that a server reads: the clone may lie under a
# home that the server's user cannot enter, and a socket's path ends at 107 bytes. /var/tmp outlives a reboot.
state_folder() {
    local uid
    uid=$(server_uid) || exit 1
    printf '%s\n' "${FIN_STATE:-/var/tmp/pg_fin-$uid}"
}

# Makes the private folder, or makes sure that the one found is ours: anyone may plant a folder in /var/tmp.
make_state_folder() {
    local folder owner
    folder=$(state_folder)
    if [[ ! -e $folder && ! -L $folder ]]; then
        as_server mkdir -m 0700 -- "$folder" || die "cannot make $folder"
    fi
    owner=$(stat -c %u -- "$folder")
    if [[ -L $folder || ! -d $folder || $owner != "$(server_uid)" ]]; then
        die "$folder exists and is not a folder of $(server_user); remove it, or name another place with FIN_STATE"
    fi
    as_server chmod 0700 -- "$folder"
}

remove_state_folder_if_empty() { rmdir -- "$(state_folder)" 2>/dev/null || true; }

# PostgreSQL 15, chosen by PG_CONFIG. DESTDIR names the root below which a relocated copy lies.
FIN_DESTDIR=${DESTDIR:-}
unset DESTDIR
# The tests run their servers from a copy of their own, FIN_SERVER_PG_CONFIG; the build always asks PG_CONFIG.
FIN_PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/15/bin/pg_config}
FIN_SERVER_PG_CONFIG=
unset PG_CONFIG
pg_config_path() { printf '%s\n' "${FIN_SERVER_PG_CONFIG:-$FIN_PG_CONFIG}"; }
pg_where() { "$(pg_config_path)" "--$1"; }
require_postgresql() {
    [[ -x $(pg_config_path) ]] || die "PostgreSQL 15 is not here ($(pg_config_path) is missing); scripts/demo installs it"
    [[ $(pg_where version) == "PostgreSQL 15."* ]] || die "pg_fin needs PostgreSQL 15; $(pg_config_path) is $(pg_where version)"
}

# --- running quietly ----------------------------------------------------------------------------------------------------

# quietly <log> <command...>: all output goes to the log; where the command fails, its end is shown.
quietly() {
    local log=$1 status=0
    shift
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status != 0)); then
        complain "--- the end of $log:"
        tail -n 40 -- "$log" | cut -c -300 >&2
        complain "--- failed with status $status: $*"
    fi
    return "$status"
}
