#!/usr/bin/env bash
# SPDX-FileCopyrightText: The dmabuf-pool authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs one command in a guest with a stock Debian kernel, on the host's own files.
set -Eeuo pipefail

readonly STATUS_HUNG=200 STATUS_PANIC=201 STATUS_SILENT=202 STATUS_SETUP=203
# Thread dumps are asked of a guest this long before it is given up; the guest's clock starts a little after ours.
readonly DUMP_AHEAD_SECONDS=15
readonly KILL_AFTER_SECONDS=5
readonly SHOWN_LINES=40
# qemu before 8.1 sometimes runs code that another CPU of the guest has just patched: one boot in a hundred then
# ends in "Oops: int3". With one thread for all CPUs it cannot.
readonly FIRST_SAFE_WITH_THREADS=8.1
# What timeout answers when it had to stop its command, by TERM and by KILL.
readonly TIMED_OUT=124 KILLED=137
# The words of guest-init.sh when it cannot go on.
readonly GAVE_UP='lab: guest gave up'
# An oops is a failed test, not a line in a log: it becomes a panic, and a panic ends qemu (panic=-1, -no-reboot).
readonly KERNEL_ARGUMENTS='console=ttyS0 quiet panic=-1 oops=panic mitigations=off'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
results='' append='' memory=4G timeout=300
modules=() preparation=() command=()
declare -A lab=()

usage() {
    cat <<USAGE
Usage: boot.sh [options] --results DIR -- COMMAND [ARGUMENT...]

Boots a stock Debian kernel in qemu (emulated, no KVM needed), runs COMMAND in it as root in the current folder, and
powers off. The guest sees every file of the host under the same path; what it writes stays in the guest, but for DIR.

  --results DIR      folder shared with the guest for writing, under the same path
  --module "NAME [PARAMETER=VALUE...]"
                     load a module of the kernel, with all it needs; NAME with a slash is a .ko file. Repeatable.
  --suite SUITE      boot the newest kernel of this suite of Debian, as prepare.sh has it
  --build FOLDER     build the kernel module in this folder as prepare.sh does, and load it after the others. Repeatable.
  --append "ARGS"    more kernel arguments
  --memory SIZE      the guest's memory (default $memory)
  --timeout SECONDS  give the whole run up after this long (default $timeout)
  --help             this text

COMMAND's output is shown as it comes. Left in DIR: output.log (the same), console.log (the kernel's), dmesg.log,
exit-status (COMMAND's), outcome (one line saying how the run ended).

Exit status: COMMAND's own, or
  $STATUS_HUNG  the run did not end in time          $STATUS_PANIC  the kernel panicked
  $STATUS_SILENT  the guest ended without reporting    $STATUS_SETUP  the guest could not be set up
USAGE
}

say() { printf 'lab: %s\n' "$*" >&2; }

setup_failed() {
    say "$*"
    exit $STATUS_SETUP
}

parse_arguments() {
    while (($#)); do
        case $1 in
            --help) usage && exit 0 ;;
            --) shift && command=("$@") && break ;;
            --results | --module | --suite | --build | --append | --memory | --timeout)
                (($# > 1)) || setup_failed "option $1 needs a value, see boot.sh --help"
                take_option "$1" "$2" && shift 2
                ;;
            *) setup_failed "unknown option '$1', see boot.sh --help" ;;
        esac
    done
    [[ -n $results ]] || setup_failed "--results DIR is missing, see boot.sh --help"
    ((${#command[@]})) || setup_failed "no command after --, see boot.sh --help"
    [[ $timeout =~ ^[1-9][0-9]*$ ]] || setup_failed "--timeout takes a number of seconds above 0, not '$timeout'"
}

take_option() {
    case $1 in
        --results) results=$2 ;;
        --module) modules+=("$2") ;;
        --suite | --build) preparation+=("$1" "$2") ;;
        --append) append=$2 ;;
        --memory) memory=$2 ;;
        --timeout) timeout=$2 ;;
    esac
}

prepare() {
    local listing name path
    listing=$("$here/prepare.sh" "${preparation[@]+"${preparation[@]}"}") || setup_failed "prepare.sh failed, see above"
    while IFS='=' read -r name path; do
        if [[ $name == built ]]; then modules+=("$path"); else lab[$name]=$path; fi
    done <<<"$listing"
}

# The host's words to guest-init.sh, and a results folder without the words of an earlier guest.
write_guest_files() {
    local watch=$((timeout > 2 * DUMP_AHEAD_SECONDS ? timeout - DUMP_AHEAD_SECONDS : timeout))
    mkdir -p "$results/guest"
    results=$(realpath "$results")
    (cd "$results" && rm -f exit-status outcome console.log dmesg.log && : >output.log)
    printf 'LAB_RESULTS=%q\nLAB_MODULES=%q\nLAB_WATCH_SECONDS=%q\n' "$results" "${lab[modules]}" "$watch" \
        >"$results/guest/settings"
    printf '%s\n' "${modules[@]+"${modules[@]}"}" >"$results/guest/modules"
    write_command >"$results/guest/command"
}

write_command() {
    printf 'export PATH=%q HOME=%q LANG=C.UTF-8 TERM=dumb\n' \
        "$PATH:/usr/sbin:/usr/bin:/sbin:/bin" "$HOME"
    printf 'cd %q || exit\n' "$PWD"
    printf 'exec'
    printf ' %q' "${command[@]}"
    printf '\n'
}

# A comma in a qemu option's value is written twice.
qemu_value() { printf '%s' "${1//,/,,}"; }

qemu_threads() {
    local version
    version=$(qemu-system-x86_64 --version | sed -n "s/^QEMU emulator version \\([0-9.]*\\).*/\\1/p")
    if printf "%s\n" "$FIRST_SAFE_WITH_THREADS" "$version" | sort --check=quiet --version-sort; then
        echo multi
    else
        echo single
    fi
}

start_qemu() {
    timeout --kill-after=$KILL_AFTER_SECONDS "$timeout" qemu-system-x86_64 \
        -accel "tcg,thread=$(qemu_threads)" -cpu max -smp 2 -m "$memory" -nodefaults -no-reboot -display none \
        -serial "file:$(qemu_value "$results/console.log")" \
        -kernel "${lab[kernel]}" -initrd "${lab[initramfs]}" -append "$KERNEL_ARGUMENTS $append" \
        -fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
        -device virtio-9p-pci,fsdev=root,mount_tag=root \
        -fsdev "local,id=results,path=$(qemu_value "$results"),security_model=none,multidevs=remap" \
        -device virtio-9p-pci,fsdev=results,mount_tag=results \
        >"$results/qemu.log" 2>&1 </dev/null &
    qemu=$!
    trap 'kill "$qemu" 2>/dev/null || :' EXIT # TERM and INT end here too
}

# Shows the command's output while it comes; the status is that of timeout around qemu.
await_qemu() {
    tail --follow --lines=+1 --sleep-interval=0.2 --pid="$qemu" "$results/output.log" 2>/dev/null &
    local shown=$!
    qemu_status=0
    wait "$qemu" || qemu_status=$?
    wait "$shown"
}

conclude() {
    local status=0
    if status=$(cat "$results/exit-status" 2>/dev/null); then
        end_with "$status" "exited with status $status"
    elif grep -qs "Kernel panic" "$results/console.log"; then
        show_log console.log
        end_with $STATUS_PANIC "kernel panic"
    elif grep -s "$GAVE_UP" "$results/console.log" >&2; then
        end_with $STATUS_SETUP "guest could not be set up, see console.log"
    elif ((qemu_status == TIMED_OUT || qemu_status == KILLED)); then
        show_log console.log
        end_with $STATUS_HUNG "hung: not done after $timeout s"
    elif ((qemu_status)); then
        show_log qemu.log
        end_with $STATUS_SETUP "qemu failed with status $qemu_status"
    fi
    show_log console.log
    end_with $STATUS_SILENT "guest ended without reporting"
}

show_log() {
    [[ -s $results/$1 ]] || return 0
    say "the end of $results/$1:"
    tail -n $SHOWN_LINES "$results/$1" >&2
}

end_with() {
    printf '%s\n' "$2" >"$results/outcome"
    (($1 < STATUS_HUNG)) || say "$2"
    exit "$1"
}

trap 'setup_failed "boot.sh failed in line $LINENO"' ERR
parse_arguments "$@"
prepare
write_guest_files
start_qemu
await_qemu
conclude
