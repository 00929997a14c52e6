# SPDX-FileCopyrightText: The dmabuf-pool authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the scripts that bring what tests need: packages of Debian's archive, unpacked into a cache folder. Nothing
# of the machine changes and no root is needed. The script that sources this sets $speaker and $cache.
# shellcheck shell=bash disable=SC2034,SC2154

readonly DEFAULT_MIRROR=http://deb.debian.org/debian
readonly DEFAULT_SECURITY_MIRROR=http://deb.debian.org/debian-security
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf '%s: %s\n' "$speaker" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# The arguments say what to do on another machine.
require_debian() {
    local machine
    # shellcheck source=/dev/null
    machine=$(. /etc/os-release 2>/dev/null && printf '%s' "${ID:-unknown}") || machine=unknown
    [[ $machine == debian && $(dpkg --print-architecture 2>/dev/null) == amd64 ]] ||
        die "the $speaker brings itself only on Debian for amd64, and this is '$machine' on $(uname -m):" \
            "run it on Debian 12 or later, or in a Debian container, $*"
}

# One preparation at a time for each cache.
lock_cache() {
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9
}

# ---- an apt of our own: own sources, lists and archives; proxy, credentials and trust stay the machine's ----

apt_home=

# Takes the folders to make in $apt_home besides apt's own; all of it goes when the script ends.
open_apt_home() {
    apt_home=$(mktemp -d "$cache/apt.XXXXXX")
    # shellcheck disable=SC2064 # the path of now
    trap "rm -rf '$apt_home'" EXIT
    mkdir -p "$apt_home"/{empty,archives} "$apt_home"/lists/partial "$apt_home"/cache/archives/partial
    local folder
    for folder; do mkdir "$apt_home/$folder"; done
}

own_apt() {
    local tool=$1
    shift
    "$tool" -q \
        -o Dir::Etc::sourcelist="$apt_home/sources.list" -o Dir::Etc::sourceparts="$apt_home/empty" \
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$apt_home/empty" \
        -o Dir::State::lists="$apt_home/lists" -o Dir::Cache="$apt_home/cache" \
        -o APT::Update::Post-Invoke-Success= -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}

# shellcheck source=/dev/null
codename() { (. /etc/os-release && printf '%s' "$VERSION_CODENAME"); }

# "SUITE ADDRESS" of each archive with a component main that this machine's own sources name.
machine_archives() {
    # shellcheck disable=SC2016 # the dollars are apt's
    apt-get indextargets --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        awk '$1 == "main" { sub("/$", "", $3); print $2, $3 }'
}

# Debian's mirrors as this machine's own sources name them, then the default.
mirrors() {
    {
        machine_archives | awk -v release="$(codename)" '$1 == release { print $2 }'
        printf '%s\n' "$DEFAULT_MIRROR"
    } | awk '!seen[$0]++'
}

source_line() {
    local suite=$1 mirror=$2 trust=
    [[ -r $KEYRING ]] && trust="[signed-by=$KEYRING] "
    printf 'deb %s%s %s main\n' "$trust" "$mirror" "$suite"
}

# The machine's own release, its updates and its security fixes: what is unpacked fits what is installed.
write_release_sources() {
    local release suite mirror
    release=$(codename)
    {
        machine_archives | awk -v release="$release" \
            '$1 == release || $1 == release "-updates" || $1 == release "-security"'
        printf '%s %s\n' "$release" "$DEFAULT_MIRROR" "$release-security" "$DEFAULT_SECURITY_MIRROR"
    } | awk '!seen[$1]++' | while read -r suite mirror; do source_line "$suite" "$mirror"; done >"$apt_home/sources.list"
}

# Downloads one package and unpacks it.
unpack() {
    local package=$1 target=$2
    (cd "$apt_home/archives" && own_apt apt-get download "$package" >&2)
    dpkg -x "$apt_home"/archives/"${package}"_*.deb "$target"
    rm "$apt_home"/archives/*.deb
}

# Downloads packages with all they need that this machine lacks, and unpacks them. Apt takes no lock and changes
# nothing of the machine: it only reads what is installed.
unpack_with_dependencies() {
    local target=$1 archive
    shift
    own_apt apt-get install --yes --download-only --no-install-recommends -o Debug::NoLocking=true "$@" >&2 ||
        die "cannot download $* from $(awk '{ print $(NF - 2) }' "$apt_home/sources.list" | sort -u | xargs)," \
            "apt's last words are above: check the network and the sources in /etc/apt, then run this again"
    say "unpacking $(du -sh "$apt_home/cache/archives" | cut -f 1) of packages"
    for archive in "$apt_home"/cache/archives/*.deb; do
        dpkg -x "$archive" "$target"
        rm "$archive"
    done
}
