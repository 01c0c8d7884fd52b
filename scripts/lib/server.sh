# shellcheck shell=bash
# A private PostgreSQL cluster in one folder: <folder>/data, <folder>/socket, <folder>/server.log. Database `fin`.
# It listens on no port. Whoever can enter the 0700 folder is its superuser `postgres`.

FIN_PORT=5432 # only the name of the socket file

# server_binary <program>
server_binary() { printf '%s/%s\n' "$(pg_where bindir)" "$1"; }

server_is_made() { [[ -d $1/data ]]; }
server_is_running() { server_is_made "$1" && as_server "$(server_binary pg_ctl)" status -D "$1/data" >/dev/null 2>&1; }

# Where shared memory is small, parallel queries would fail in it. Elsewhere initdb has tried what works.
dynamic_shared_memory() {
    local kilobytes
    kilobytes=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
    if ((${kilobytes:-0} < 256 * 1024)); then echo 'dynamic_shared_memory_type = mmap'; fi
}

# server_make <folder> [extra configuration lines]: whole or not at all, so that an interrupted run leaves no half cluster.
server_make() {
    local folder=$1 extra=${2:-} new=$1/data.new socket=$1/socket/.s.PGSQL.$FIN_PORT
    ((${#socket} <= 107)) || die "the path of the socket has ${#socket} bytes, more than 107: $socket; name a shorter folder with FIN_STATE"
    as_server rm -rf -- "$new"
    as_server mkdir -p -m 0700 -- "$folder" "$folder/socket"
    quietly "$FIN_SCRATCH/initdb.log" as_server env LC_ALL=C.UTF-8 "$(server_binary initdb)" -D "$new" -U postgres \
        --locale=C.UTF-8 -E UTF8 --auth=trust --no-instructions || return 1
    as_server tee -a "$new/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
port = $FIN_PORT
unix_socket_directories = '$folder/socket'
unix_socket_permissions = 0700
shared_preload_libraries = 'pg_cron, pg_fin'
pg_fin.jwt_secret_file = '$folder/api/jwt_secret'
cron.database_name = 'fin'
cron.use_background_workers = on
max_worker_processes = 32
$(dynamic_shared_memory)
timezone = 'UTC'
log_timezone = 'UTC'
$extra
CONF
    # pg_cron's launcher wants its database at the first start, so it is made before: by the server in single-user mode.
    quietly "$FIN_SCRATCH/createdb.log" create_database "$new" || return 1
    as_server mv -- "$new" "$folder/data"
}
create_database() {
    printf 'CREATE DATABASE fin\n' |
        as_server "$(server_binary postgres)" --single -D "$1" -c shared_preload_libraries= template1
}

# server_start <folder>
server_start() {
    local folder=$1
    if server_is_running "$folder"; then return 0; fi
    if ! quietly "$FIN_SCRATCH/start.log" as_server "$(server_binary pg_ctl)" start -w -t 90 -s -D "$folder/data" -l "$folder/server.log"; then
        complain "--- the end of the server's log:"
        as_server tail -n 20 "$folder/server.log" >&2
        return 1
    fi
}

# server_stop <folder> [mode]
server_stop() {
    if server_is_running "$1"; then
        as_server "$(server_binary pg_ctl)" stop -w -t 90 -s -D "$1/data" -m "${2:-fast}"
    fi
}

server_environment() { printf 'export PGHOST=%q\nexport PGPORT=%q\nexport PGUSER=postgres\nexport PGDATABASE=fin\n' "$1/socket" "$FIN_PORT"; }

# server_psql <folder> <psql arguments...>: of this cluster and no other, whatever PG* variables say.
server_psql() {
    local folder=$1
    shift
    env -u PGSERVICE -u PGPASSWORD -u PGOPTIONS -u PGHOSTADDR PGHOST="$folder/socket" PGPORT="$FIN_PORT" PGUSER=postgres \
        PGDATABASE=fin "$(server_binary psql)" "$@"
}

# server_prepare <folder>: the extensions of database fin and pg_fin's schema, brought up to the installed version.
server_prepare() {
    quietly "$FIN_SCRATCH/prepare.log" server_psql "$1" -X -q -v ON_ERROR_STOP=1 \
        -c 'SET client_min_messages = warning' \
        -c 'CREATE EXTENSION IF NOT EXISTS pg_cron' -c 'CREATE EXTENSION IF NOT EXISTS pg_fin' \
        -c 'ALTER EXTENSION pg_fin UPDATE' -c 'SELECT fin_setup()'
}

require_installed() {
    [[ -e $(pg_where pkglibdir)/pg_fin.so && -e $(pg_where sharedir)/extension/pg_fin.control ]] ||
        die "pg_fin is not installed in $(pg_where pkglibdir); scripts/demo builds and installs it"
    [[ -e $(pg_where sharedir)/extension/pg_cron.control ]] ||
        die "pg_cron is not installed; scripts/demo installs it (package postgresql-15-cron)"
}
