#!/usr/bin/env bash
# SPDX-FileCopyrightText: The dmabuf-pool authors
# SPDX-License-Identifier: Apache-2.0
#
# Brings what the tests watch the pool with: Prometheus, and a browser with the driver that tests steer it by.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here speaker=watch
# shellcheck source=../debian.sh
. "$here/../debian.sh"

# Newer after each change of what is installed.
readonly INSTALLED=/var/lib/dpkg/status

# Tool, package, and where the package has it.
readonly TOOLS='prometheus prometheus usr/bin/prometheus
promtool prometheus usr/bin/promtool
chromium chromium usr/lib/chromium/chromium
chromedriver chromium-driver usr/bin/chromedriver'

cache=${DMABUF_POOL_WATCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-pool-watch}
tree=$cache/packages
links=
refresh=no

usage() {
    cat <<USAGE
Usage: prepare.sh [--links FOLDER] [--refresh]

Brings prometheus, promtool, chromium and chromedriver. What is installed stays in use; the rest is downloaded from
Debian's archive, with the libraries and fonts this machine lacks, and unpacked into a cache folder. No root is needed
and nothing else of the machine is changed. A second run finds everything in the cache.

  --links FOLDER  leave a link to each tool, by its name, in this folder
  --refresh       ask the archive for newer packages even if the cache has some
  --help          this text

Prints NAME=PATH lines, one for each tool.
The cache is \$DMABUF_POOL_WATCH_CACHE, by default \${XDG_CACHE_HOME:-\$HOME/.cache}/dmabuf-pool-watch.
USAGE
}

parse_arguments() {
    while (($#)); do
        case $1 in
            --links)
                [[ -n ${2:-} ]] || die "--links takes a folder, see prepare.sh --help"
                links=$2
                shift
                ;;
            --refresh) refresh=yes ;;
            --help) usage && exit 0 ;;
            *) die "unknown option '$1', see prepare.sh --help" ;;
        esac
        shift
    done
}

all_installed() {
    local command
    for command; do command -v "$command" >/dev/null || return; done
}

# The packages to unpack. Browser and driver are of one version, so both come or none.
missing_packages() {
    all_installed prometheus promtool || printf 'prometheus\n'
    all_installed chromium chromedriver || printf 'chromium\nchromium-driver\n'
}

# ---- the cache: one folder of unpacked packages and a script for each tool, renamed into place whole ----

unpacked_libraries() {
    printf '%s' "$tree/usr/lib/x86_64-linux-gnu:$tree/lib/x86_64-linux-gnu:$tree/usr/lib/x86_64-linux-gnu/nss:"
    printf '%s' "$tree/usr/lib/x86_64-linux-gnu/pulseaudio"
}

# Whether every wanted tool is there, with each library it is linked to: the machine's own may have gone since the
# stamp was set.
cache_suffices() {
    local tool package file needs files=()
    [[ $refresh == no && -e $tree/stamp ]] || return
    while read -r tool package file; do
        [[ " $* " == *" $package "* ]] || continue
        [[ -x $tree/start/$tool ]] || return
        files+=("$tree/$file")
    done <<<"$TOOLS"
    [[ $tree/stamp -nt $INSTALLED ]] && return
    needs=$(LD_LIBRARY_PATH=$(unpacked_libraries) ldd "${files[@]}") && [[ $needs != *'not found'* ]] &&
        touch "$tree/stamp"
}

fill_cache() {
    require_debian "with the packages $* installed"
    open_apt_home tree
    write_release_sources
    say "fetching $* with all they need (up to 250 MB, once)"
    own_apt apt-get update >"$apt_home/update.log" 2>&1 || tail "$apt_home/update.log" >&2
    unpack_with_dependencies "$apt_home/tree" "$@"
    write_fonts_conf "$apt_home/tree/fonts.conf"
    write_starters "$apt_home/tree"
    touch "$apt_home/tree/stamp"
    rm -rf "$tree"
    mv "$apt_home/tree" "$tree"
}

# A machine without a browser may have no fonts, and no settings for them.
write_fonts_conf() {
    cat >"$1" <<FONTS
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$tree/usr/share/fonts</dir>
  <cachedir>$cache/fontconfig</cachedir>
</fontconfig>
FONTS
}

# One script for each unpacked tool, which finds the libraries and fonts that came with it.
write_starters() {
    local new_tree=$1 tool package file
    mkdir "$new_tree/start"
    while read -r tool package file; do
        [[ -x $new_tree/$file ]] || continue
        printf '#!/usr/bin/env bash\nexport LD_LIBRARY_PATH=%q FONTCONFIG_FILE=%q\nexec %q "$@"\n' \
            "$(unpacked_libraries)" "$tree/fonts.conf" "$tree/$file" >"$new_tree/start/$tool"
        chmod +x "$new_tree/start/$tool"
    done <<<"$TOOLS"
}

# The tool of the cache where its package was missing, else the machine's.
report() {
    local tool package file path
    [[ -z $links ]] || mkdir -p "$links"
    while read -r tool package file; do
        path=$tree/start/$tool
        [[ " $* " == *" $package "* ]] || path=$(command -v "$tool")
        [[ -x $path ]] || die "package $package has no $tool at $path: try prepare.sh --refresh"
        [[ -z $links ]] || ln -sfn "$path" "$links/$tool"
        printf '%s=%s\n' "$tool" "$path"
    done <<<"$TOOLS"
}

main() {
    local missing
    parse_arguments "$@"
    lock_cache
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} == 0)) || cache_suffices "${missing[@]}" || fill_cache "${missing[@]}"
    report "${missing[@]+"${missing[@]}"}"
}

main "$@"
