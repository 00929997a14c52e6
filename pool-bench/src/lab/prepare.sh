#!/usr/bin/env bash
# SPDX-FileCopyrightText: The dmabuf-pool authors
# SPDX-License-Identifier: Apache-2.0
#
# Brings what the kernel lab boots: qemu, and a stock Debian kernel with its modules: 6.12, or the newest of a suite.
#
# Why an own script and not virtme-ng: Debian 12 does not package it, and the lab needs two things it does not
# give, a kernel that is not installed on the host and an answer that tells a hang from a panic from a silent death.
set -euo pipefail

# The backports kernel comes first: it is built with the gcc-12 of Debian 12, so out-of-tree modules build at once.
series=6.12 suites=(bookworm-backports trixie) choice=$series
# What the build tools of a newer Debian's kernels are linked to; they are run with these where the machine's are older.
readonly TOOLS_NEED=(libc6 libelf1t64 libssl3t64 zlib1g libzstd1)
# Options that a kernel's newer compiler knows and an older one does not; a module does without.
readonly NEWER_OPTIONS='-fstrict-flex-arrays*|-fmin-function-alignment=*|-fzero-init-padding-bits*'
readonly APT_LOCK_SECONDS=300
readonly OTHERWISE='with the package qemu-system-x86 installed'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here speaker=lab
# shellcheck source=../debian.sh
. "$here/../debian.sh"
cache=${DMABUF_POOL_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-pool-lab}
want_headers=no
refresh=no
builds=()

usage() {
    cat <<USAGE
Usage: prepare.sh [--suite SUITE] [--headers] [--build FOLDER]... [--refresh]

Brings the kernel lab: installs qemu when it is missing (root on Debian), and unpacks Debian's $series amd64
kernel, its modules and a static busybox into a cache folder. Nothing else of the machine is changed: the kernel
comes through an apt configuration of its own. A second run finds everything in the cache.

  --suite SUITE
              the newest kernel of this suite of Debian instead, such as trixie-backports
  --headers   also unpack the kernel's headers, for building modules against it
  --build FOLDER
              build the kernel module in this folder (it has a Kbuild file) against the headers, for which gcc and
              make are installed when they are missing (root on Debian); the folder itself stays as it is
  --refresh   ask the archive for a newer kernel even if the cache has one
  --help      this text

Prints NAME=PATH lines: kernel, modules, initramfs, headers with --headers, and built for each --build.
The cache is \$DMABUF_POOL_LAB_CACHE, by default \${XDG_CACHE_HOME:-\$HOME/.cache}/dmabuf-pool-lab.
USAGE
}

parse_arguments() {
    while (($#)); do
        case $1 in
            --headers) want_headers=yes ;;
            --suite)
                [[ ${2:-} =~ ^[a-z][a-z-]*$ ]] || die "--suite takes a suite of Debian such as trixie-backports, not '${2:-}'"
                series='[0-9]' suites=("$2") choice=$2
                shift
                ;;
            --build)
                [[ -e ${2:-}/Kbuild ]] || die "--build takes a folder with a Kbuild file, not '${2:-}'"
                builds+=("$(realpath "$2")")
                want_headers=yes
                shift
                ;;
            --refresh) refresh=yes ;;
            --help) usage && exit 0 ;;
            *) die "unknown option '$1', see prepare.sh --help" ;;
        esac
        shift
    done
}

# ---- what is in the cache: one folder per kernel, renamed into place whole, its stamp written before the rename ----

kernel_home() { printf '%s/%s' "$cache" "$1"; }

kernel_is_complete() { [[ -n $1 ]] && (cd "$(kernel_home "$1")" && sha256sum --status --check stamp) 2>/dev/null; }

headers_are_complete() { [[ -n $1 && -e $(kernel_home "$1")-headers/stamp ]]; }

# The kernel that was chosen last for this series or suite.
current() { printf '%s/current-%s' "$cache" "$choice"; }

current_version() { basename "$(readlink "$(current)" 2>/dev/null)" 2>/dev/null || true; }

cache_suffices() {
    kernel_is_complete "$1" && [[ $refresh == no ]] && { [[ $want_headers == no ]] || headers_are_complete "$1"; }
}

# ---- the host ----

# Installs the packages unless there is such a command.
require_command() {
    local command=$1
    shift
    command -v "$command" >/dev/null && return
    require_debian "$OTHERWISE"
    [[ $(id -u) == 0 ]] ||
        die "$command is missing and only root can install it: apt-get install --no-install-recommends $*"
    say "installing $*"
    apt-get -q update >&2
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=$APT_LOCK_SECONDS \
        install --no-install-recommends "$@" >&2
    command -v "$command" >/dev/null || die "apt-get installed $*, but there is no $command"
}

# ---- the archive ----

# The package that linux-image-amd64 stands for, if it is of the wanted series.
newest_kernel() {
    own_apt apt-cache show linux-image-amd64 2>/dev/null |
        sed -n "s/^Depends:\\(.*,\\)\\? linux-image-\\(${series}[^ ,]*-amd64\\).*/\\2/p" | head -n 1
}

has_package() { own_apt apt-cache show "$1" >/dev/null 2>&1; }

# Leaves the lab's apt pointing at the first suite that has the kernel, and its version in $version.
find_kernel() {
    local suite mirror
    for suite in "${suites[@]}"; do
        while read -r mirror; do
            source_line "$suite" "$mirror" >"$apt_home/sources.list"
            own_apt apt-get update >"$apt_home/update.log" 2>&1 || continue
            version=$(newest_kernel)
            [[ -n $version ]] && say "kernel $version of $suite" && return
        done < <(mirrors)
    done
    cat "$apt_home/update.log" >&2
    die "none of the suites ${suites[*]} offers a linux-image-amd64 of series $series (apt's last words are above)"
}

# Busybox is of the machine's own suite. It is unpacked, not installed: installing it would replace package busybox.
unpack_busybox() {
    (cd "$apt_home/archives" && { download_busybox || { apt-get -q update >&2 && download_busybox; }; }) ||
        die "cannot download package busybox-static with this machine's apt: try 'apt-get update' as root"
    dpkg -x "$apt_home"/archives/busybox-static_*.deb "$apt_home/busybox"
    install "$(find "$apt_home/busybox" -path '*bin/busybox')" "$1/busybox"
}

download_busybox() { apt-get -q -o APT::Sandbox::User=root download busybox-static >&2 2>/dev/null; }

# ---- the kernel ----

fetch_kernel() {
    local home
    home=$(kernel_home "$version")
    kernel_is_complete "$version" && return
    say "fetching the kernel (about 120 MB)"
    unpack_kernel "$apt_home/kernel"
    unpack_busybox "$apt_home/kernel"
    lay_out_kernel "$apt_home/kernel"
    rm -rf "$home"
    mv "$apt_home/kernel" "$home"
}

# One package up to 7.0, three since.
unpack_kernel() {
    local part
    if has_package "linux-binary-$version"; then
        for part in base binary modules; do unpack "linux-$part-$version" "$1"; done
    else
        unpack "linux-image-$version" "$1"
    fi
}

# Debian 12 ships /lib/modules, Debian 13 /usr/lib/modules: both answer to lib/modules here.
lay_out_kernel() {
    local home=$1
    [[ -e $home/lib ]] || ln -s usr/lib "$home/lib"
    if [[ -e $home/boot/vmlinuz-$version ]]; then
        ln -s "boot/vmlinuz-$version" "$home/vmlinuz"
    else
        ln -s "lib/modules/$version/vmlinuz" "$home/vmlinuz"
    fi
    unpack_modules "$home/lib/modules/$version/kernel" "$home/busybox"
    say "indexing the modules"
    "$home/busybox" depmod -b "$home" "$version"
    (cd "$home" && sha256sum vmlinuz busybox "lib/modules/$version/modules.dep" >stamp)
}

# Plain files, as busybox asks the kernel to load a compressed one first, which answers with an error for each.
# Drivers for hardware that no guest here has are most of the megabytes: they go.
unpack_modules() {
    local modules=$1 busybox=$2
    (cd "$modules" && rm -rf drivers/net drivers/scsi drivers/infiniband sound)
    find "$modules" -name "*.ko.xz" -print0 | xargs -0 -r -P "$(nproc)" -n 50 "$busybox" unxz
}

# ---- the headers: three packages, whose links and paths are absolute and are pointed into the cache ----

fetch_headers() {
    local home tree=$apt_home/headers common kbuild
    home=$(kernel_home "$version")-headers
    headers_are_complete "$version" && return
    say "fetching the kernel's headers"
    common=linux-headers-${version%-amd64}-common
    kbuild=linux-kbuild-${version%-amd64}
    unpack "linux-headers-$version" "$tree"
    unpack "$common" "$tree"
    unpack "$kbuild" "$tree"
    ! has_package "linux-base-$version" || unpack "linux-base-$version" "$tree"
    point_headers_to "$tree" "$home"
    tools_run "$tree" || give_tools_libraries "$tree" "$home"
    rm -f "$tree/usr/src/linux-headers-$version/vmlinux" # its presence asks for type information, and that for pahole
    touch "$tree/stamp"
    rm -rf "$home"
    mv "$tree" "$home"
}

point_headers_to() {
    local tree=$1 home=$2 link
    find "$tree" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
        ln -sfn "$home$(readlink "$link")" "$link"
    done
    grep -rlE --include=Makefile --include='.kernel*' '(^|[ =])/usr/(src|lib)/linux-' "$tree/usr/src" |
        xargs -r sed -i -E "s#(^|[ =])/usr/(src|lib)/linux-#\\1$home/usr/\\2/linux-#"
}

# The build tools are programs of the release that the kernel is of.
tools_run() { [[ $(find "$1/usr/lib/" -type f -perm /111 -exec ldd {} + 2>&1 | grep -c 'not found') == 0 ]]; }

# Puts a script in each tool's place that runs it with the libraries of its own release.
give_tools_libraries() {
    local tree=$1 home=$2 package tool libraries=libraries/usr/lib/x86_64-linux-gnu
    say "fetching the libraries of the kernel's build tools"
    source_line "${suites[0]%-backports}" "$(mirrors | head -n 1)" >"$apt_home/sources.list"
    own_apt apt-get update >"$apt_home/update.log" 2>&1 || die "cannot read the packages of ${suites[0]%-backports}"
    for package in "${TOOLS_NEED[@]}"; do unpack "$package" "$tree/libraries"; done
    find "$tree/usr/lib" -type f -perm /111 -print0 | while IFS= read -r -d '' tool; do
        [[ $(head -c 4 "$tool" | tr -d '\0') == $'\x7fELF' ]] || continue
        mv "$tool" "$tool.program"
        cat >"$tool" <<SCRIPT
#!/bin/sh
exec "$home/$libraries/ld-linux-x86-64.so.2" --library-path "$home/$libraries" --argv0 "\$0" "\$0.program" "\$@"
SCRIPT
        chmod +x "$tool"
    done
}

# ---- modules of the project's own, built in the cache: one folder for each state of their sources ----

headers_path() { printf '%s-headers/usr/src/linux-headers-%s' "$(kernel_home "$version")" "$version"; }

built_path() {
    local contents
    contents=$(cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c -16)
    printf '%s-built/%s-%s' "$(kernel_home "$version")" "$(basename "$1")" "$contents"
}

module_built() { find "$1" -maxdepth 1 -name '*.ko' 2>/dev/null; }

# The compiler the kernel was built with where the machine has it; the kernel's own files name it with a prefix. Else the
# machine's, which is told nothing that it does not know.
kernel_compiler() {
    local major script
    major=$(sed -n 's/^CONFIG_GCC_VERSION=\([0-9]*\)[0-9]\{4\}$/\1/p' "$(headers_path)/.config")
    command -v "gcc-$major" && return
    script=$(kernel_home "$version")-headers/compiler
    cat >"$script" <<SCRIPT
#!/usr/bin/env bash
known=()
for option; do case \$option in $NEWER_OPTIONS) ;; *) known+=("\$option") ;; esac; done
exec $(command -v gcc) "\${known[@]}"
SCRIPT
    chmod +x "$script"
    printf '%s\n' "$script"
}

build_module() {
    local target tree
    target=$(built_path "$1")
    [[ -n $(module_built "$target") ]] && return
    require_command make make
    require_command gcc gcc libc6-dev
    tree=$target.$$
    say "building the module in $1"
    rm -rf "$tree" "$target"
    mkdir -p "$(dirname "$target")"
    cp -r "$1" "$tree"
    make -s -C "$(headers_path)" M="$tree" CC="$(kernel_compiler)" CONFIG_DEBUG_INFO_BTF_MODULES= modules >&2 ||
        die "the module in $1 does not build, see above; its tree is $tree"
    mv "$tree" "$target"
    [[ -n $(module_built "$target") ]] || die "the module in $1 was built, but there is no .ko file in $target"
}

# ---- the initramfs: busybox, the modules the root file system needs, and guest-init.sh ----

initramfs_path() {
    local contents
    contents=$(sha256sum "$here/guest-init.sh" "$here/prepare.sh" | sha256sum | cut -c -16)
    printf '%s/initramfs-%s.cpio' "$(kernel_home "$version")" "$contents"
}

# Path of the module and of all it needs, from modules.dep.
module_files() {
    awk -v module="/$1.ko" '{ file = $1; sub(":$", "", file) }
        index(file, module) && substr(file, index(file, module) + length(module)) ~ /^(\.[a-z0-9]+)?$/ {
            print file; for (i = 2; i <= NF; i++) print $i }' "$2/modules.dep"
}

build_initramfs() {
    local target=$1 home modules tree module
    [[ -s $target ]] && return
    home=$(kernel_home "$version")
    modules=lib/modules/$version
    tree=$home/initramfs.tree
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,dev,proc,sys,root,results,"$modules"}
    cp "$home/busybox" "$tree/bin/busybox"
    install "$here/guest-init.sh" "$tree/init"
    cp "$home/$modules/modules.dep" "$tree/$modules"
    for module in 9p 9pnet_virtio overlay; do
        (cd "$home/$modules" && module_files "$module" . | xargs cp --parents -t "$tree/$modules")
    done
    (cd "$tree" && find . | "$home/busybox" cpio -o -H newc 2>/dev/null) >"$target.$$"
    mv "$target.$$" "$target"
    rm -rf "$tree"
}

# ---- the way through ----

fill_cache() {
    require_debian "$OTHERWISE"
    open_apt_home kernel headers busybox
    find_kernel
    fetch_kernel
    [[ $want_headers == no ]] || fetch_headers
    ln -sfn "$version" "$(current)"
}

report() {
    printf 'kernel=%s\nmodules=%s\ninitramfs=%s\n' "$(kernel_home "$version")/vmlinuz" \
        "$(kernel_home "$version")/lib/modules/$version" "$(initramfs_path)"
    [[ $want_headers == no ]] || printf 'headers=%s\n' "$(headers_path)"
    local folder
    for folder in "${builds[@]+"${builds[@]}"}"; do
        printf 'built=%s\n' "$(module_built "$(built_path "$folder")")"
    done
}

main() {
    local folder
    parse_arguments "$@"
    lock_cache
    require_command qemu-system-x86_64 qemu-system-x86
    version=$(current_version)
    cache_suffices "$version" || fill_cache
    build_initramfs "$(initramfs_path)"
    for folder in "${builds[@]+"${builds[@]}"}"; do build_module "$folder"; done
    report
}

main "$@"
