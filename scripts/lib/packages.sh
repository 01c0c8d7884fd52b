# shellcheck shell=bash disable=SC2034 # variables that other files read
# Debian packages: finds what is missing, installs only that, removes nothing, starts nothing.

# The demo builds pg_fin and runs it. What only tests need is in the second list.
FIN_DEMO_PACKAGES=(ca-certificates build-essential cmake ninja-build ccache libboost-dev libeigen3-dev nlohmann-json3-dev
    libicu-dev libssl-dev libcurl4-openssl-dev libpq-dev pkg-config libxgboost0 postgresql-15 postgresql-server-dev-15
    postgresql-15-cron
    libseccomp-dev libexpat1-dev zlib1g-dev libixion-dev liborcus-dev libfreexl-dev libxlsxwriter-dev libminizip-dev
    libcairo2-dev libpango1.0-dev librsvg2-dev fonts-lato fonts-dejavu-core)
FIN_TEST_PACKAGES=(libgtest-dev zlib1g-dev clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14
    postgresql-15-pgtap libtap-parser-sourcehandler-pgtap-perl libipc-run-perl valgrind python3-aiosmtpd
    nodejs npm curl wrk prometheus
    nginx-light jq clamav-daemon qpdf poppler-utils python3-openpyxl)

# A Boost that somebody chose counts when it is new enough: Debian's Boost packages evict each other.
has_boost() {
    local version
    version=$(sed -n 's/^#define BOOST_VERSION \([0-9]*\)$/\1/p' /usr/include/boost/version.hpp 2>/dev/null || true)
    [[ -n $version && $version -ge 107400 ]]
}

# The tests of the REST server need node 18 or newer, wherever it comes from.
has_node() { [[ $(node -p 'Number(process.versions.node.split(".")[0]) >= 18' 2>/dev/null || true) == true ]]; }

has_package() {
    case $1 in
        build-essential) command -v g++ >/dev/null && command -v make >/dev/null ;;
        cmake | ccache) command -v "$1" >/dev/null ;;
        ninja-build) command -v ninja >/dev/null ;;
        libboost-dev) has_boost ;;
        nodejs) has_node ;;
        npm | curl | wrk | jq | pkg-config) command -v "$1" >/dev/null ;;
        prometheus) command -v promtool >/dev/null ;;
        nginx-light) [[ -x /usr/sbin/nginx ]] || command -v nginx >/dev/null ;;
        *) [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]] ;;
    esac
}

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" </dev/null; }

# While packages are installed no service starts and no cluster is made; both switches go back afterwards.
FIN_POLICY=/usr/sbin/policy-rc.d
FIN_CREATECLUSTER=/etc/postgresql-common/createcluster.conf
FIN_CREATECLUSTER_LINE='create_main_cluster = false # pg_fin, while it installs packages'
FIN_SERVICES_HELD=

hold_services() {
    FIN_SERVICES_HELD=yes
    at_exit release_services
    # A saved file means that an earlier run was killed: what lies in its place is ours, not the user's.
    if [[ -e $FIN_POLICY && ! -e $FIN_POLICY.before-pg_fin ]]; then
        as_root mv -- "$FIN_POLICY" "$FIN_POLICY.before-pg_fin"
    fi
    printf '#!/bin/sh\n# pg_fin, while it installs packages: start nothing.\nexit 101\n' | as_root tee "$FIN_POLICY" >/dev/null
    as_root chmod 0755 "$FIN_POLICY"
}

hold_clusters() { printf '%s\n' "$FIN_CREATECLUSTER_LINE" | as_root tee -a "$FIN_CREATECLUSTER" >/dev/null; }

release_services() {
    [[ -n $FIN_SERVICES_HELD ]] || return 0
    FIN_SERVICES_HELD=
    if [[ -e $FIN_POLICY.before-pg_fin ]]; then
        as_root mv -- "$FIN_POLICY.before-pg_fin" "$FIN_POLICY"
    else
        as_root rm -f -- "$FIN_POLICY"
    fi
    if [[ -e $FIN_CREATECLUSTER ]]; then
        as_root sed -i "\\|^$FIN_CREATECLUSTER_LINE\$|d" "$FIN_CREATECLUSTER"
    fi
}

# apt's lines, a word at each quarter of the way: each package is unpacked, then set up.
apt_quarters() {
    awk -v total="$1" 'total > 0 && /^(Unpacking|Setting up) / {
        quarter = int(2 * ++done / total)
        if (quarter != last) { printf "        %3d %%  of %d packages\n", 25 * quarter, total; fflush(); last = quarter }
    }'
}

# Shows what apt would do first: a package of the user's is never removed.
install_without_removing() {
    local plan removed log
    plan=$(apt_get -s install --no-install-recommends "$@" 2>&1) || die "apt cannot install $*:
$plan"
    removed=$(sed -n 's/^Remv \([^ ]*\).*/\1/p' <<<"$plan")
    [[ -z $removed ]] || die "installing $* would remove these packages: ${removed//$'\n'/ }
Nothing was changed. Install what is missing by hand, in the versions that suit this machine, and run this again."
    log=$FIN_PROJECT/build/apt.log
    mkdir -p "$FIN_PROJECT/build"
    if ! (set -o pipefail && apt_get -y install --no-install-recommends "$@" 2>&1 | tee "$log" |
        apt_quarters "$(grep -c '^Inst ' <<<"$plan")"); then
        tail -n 40 "$log" >&2
        die "apt could not install $* (all it said is in $log)"
    fi
}

update_lists() {
    local attempt
    for attempt in 1 2 3; do
        if apt_get -qq update; then return 0; fi
        step "apt-get update failed (attempt $attempt of 3)"
        sleep 5
    done
    step "going on with the package lists that are here"
}

# ensure_packages <package...>: calls apt only when something is missing, so that a second run needs no network.
ensure_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || die "this installs Debian packages and there is no dpkg here; see docs/operations.md for what is needed"
    for package in "$@"; do
        has_package "$package" || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        step "all packages are here"
        return 0
    fi
    step "installing Debian packages: ${missing[*]}"
    as_root true
    update_lists
    hold_services
    if [[ ${missing[*]} == *postgresql* ]]; then
        has_package postgresql-common || install_without_removing postgresql-common
        hold_clusters
    fi
    install_without_removing "${missing[@]}"
    release_services
    for package in "${missing[@]}"; do
        has_package "$package" || die "$package is still missing after its installation"
    done
    step "packages installed"
}
