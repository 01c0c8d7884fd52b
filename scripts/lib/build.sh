# shellcheck shell=bash disable=SC2034 # variables that other files read
# Configuring, building, installing.

# The pg_config that the build asks for folders. Of a relocated copy below DESTDIR it is the original's where there is
# one, so that DESTDIR is added once.
build_pg_config() {
    local given=$FIN_PG_CONFIG original
    original=${given#"$FIN_DESTDIR"}
    if [[ -n $FIN_DESTDIR && $original != "$given" && -x $original ]]; then echo "$original"; else echo "$given"; fi
}
# What to put before the build's destinations so that they end up in the installation of PG_CONFIG.
install_root() {
    if [[ $(build_pg_config) == "$FIN_PG_CONFIG" && $FIN_PG_CONFIG == "${FIN_DESTDIR:-/nowhere}"/* ]]; then
        echo ""
    else
        echo "$FIN_DESTDIR"
    fi
}

# Ninja's lines, one in every ten percent; errors and warnings in full are in the log and are shown on failure.
tenths() {
    awk 'match($0, /^\[[0-9]+\/[0-9]+\]/) {
            split(substr($0, 2, RLENGTH - 2), n, "/"); tenth = int(10 * n[1] / n[2])
            if (tenth != last) { printf "        %3d %%  (%d of %d)\n", 10 * tenth, n[1], n[2]; fflush(); last = tenth }
         }'
}

# build_preset <preset> [target...]
build_preset() {
    local preset=$1 log options=()
    shift
    log=$FIN_PROJECT/build/$preset.log
    mkdir -p "$FIN_PROJECT/build"
    if [[ $preset == release || $preset == dev ]]; then options+=("-DPG_CONFIG=$(build_pg_config)"); fi
    (cd "$FIN_PROJECT" && quietly "$log" cmake --preset "$preset" "${options[@]}") || return 1
    local jobs target=()
    jobs=$(nproc)
    if (($# > 0)); then target=(--target "$@"); fi
    if ! (cd "$FIN_PROJECT" && set -o pipefail &&
        NINJA_STATUS='[%f/%t] ' cmake --build --preset "$preset" -j "$jobs" "${target[@]}" 2>&1 </dev/null | tee "$log" | tenths); then
        complain "--- building $preset failed; from $log:"
        grep -E -A 12 'FAILED:|error:|CMake Error' "$log" | head -n 60 >&2 || tail -n 40 "$log" >&2
        return 1
    fi
}

# stage_release <folder>: what release installs, below that folder.
stage_release() {
    quietly "$FIN_PROJECT/build/install.log" env DESTDIR="$1" cmake --install "$FIN_PROJECT/build/release"
}

# Puts the release build into PostgreSQL's folders, only where something differs: a second run asks for no rights.
# Sets FIN_INSTALLED=yes when a file changed.
FIN_INSTALLED=
install_release() {
    local root stage file
    root=$(install_root)
    stage=$(mktemp -d)
    stage_release "$stage" || { rm -rf -- "$stage"; return 1; }
    while IFS= read -r -d '' file; do
        file=${file#"$stage"}
        if cmp -s -- "$stage$file" "$root$file"; then continue; fi
        FIN_INSTALLED=yes
        # `install` replaces the file instead of writing into it: a server that has it mapped keeps the old one.
        as_root install -D -m "$(stat -c %a -- "$stage$file")" -- "$stage$file" "$root$file" || { rm -rf -- "$stage"; return 1; }
    done < <(find "$stage" -type f -print0 | sort -z)
    rm -rf -- "$stage"
}

# Takes pg_fin's files out of PostgreSQL's folders.
uninstall_release() {
    local library share file found=()
    library=$(pg_where pkglibdir)
    share=$(pg_where sharedir)/extension
    for file in "$library/pg_fin.so" "$library/bitcode/pg_fin" "$library/bitcode/pg_fin.index.bc" \
        "$share/pg_fin.control" "$share"/pg_fin--*.sql "$(install_root)/usr/local/bin/pg_fin_api" "$(pg_where bindir)/pg_fin_helper"; do
        if [[ -e $file ]]; then found+=("$file"); fi
    done
    if ((${#found[@]} == 0)); then
        say "pg_fin is not installed in $library"
        return 0
    fi
    as_root rm -rf -- "${found[@]}"
    printf 'removed %s\n' "${found[@]}"
}
