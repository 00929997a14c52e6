#!/bin/busybox sh
# SPDX-FileCopyrightText: The dmabuf-pool authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# Process 1 of the lab's guest. It builds the guest's root, runs one command in it, and powers off.
#
#   /root      overlay: the host's own root over 9p, read-only, below; a tmpfs above.  So every path of the host
#              is there, every path can be written, and the host sees nothing of it.
#   /results   the one folder shared with the host for writing, seen in /root under the path it has on the host
#
# Files in /results: guest/settings and guest/command are the host's words; exit-status is the guest's last.
export PATH=/bin
NINEP=trans=virtio,version=9p2000.L,msize=524288

die() {
    echo "lab: guest gave up: $*" >/dev/console
    poweroff -f
    sleep 60
}

mount_kernel_files() {
    mount -t proc proc "$1/proc" &&
        mount -t sysfs sysfs "$1/sys" &&
        mount -t devtmpfs devtmpfs "$1/dev"
}

mount_shares() {
    { modprobe 9p && modprobe 9pnet_virtio && modprobe overlay; } || die "cannot load the file system modules"
    # Loose caching is safe below, where nobody in the guest writes. Results must be seen by the host as they come.
    mount -t 9p -o "ro,$NINEP,cache=loose" root /lower || die "cannot mount the host's root"
    mount -t 9p -o "rw,$NINEP,cache=mmap" results /results || die "cannot mount the results folder"
}

mount_root() {
    { mount -t tmpfs -o mode=755 upper /upper && mkdir /upper/files /upper/work; } || die "cannot make a tmpfs"
    mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /root ||
        die "cannot lay an overlay over the host's root"
    mount_kernel_files /root || die "cannot mount the kernel's file systems"
    mkdir -p /root/dev/shm /root/dev/pts
    mount -t tmpfs shm /root/dev/shm
    mount -t devpts devpts /root/dev/pts
    mount -t tmpfs run /root/run
    mount -t debugfs debugfs /root/sys/kernel/debug
    mount -t tracefs tracefs /root/sys/kernel/tracing
    { mkdir -p "/root$LAB_RESULTS" && mount --bind /results "/root$LAB_RESULTS"; } || die "cannot place $LAB_RESULTS"
}

# One module a line: a name of the kernel's own or the path of a .ko file, then its parameters.
load_modules() {
    mount --bind "/root$LAB_MODULES" "/lib/modules/$(uname -r)" || die "cannot see the modules in $LAB_MODULES"
    while read -r module parameters; do
        # shellcheck disable=SC2086 # parameters are words
        case $module in
            '') ;;
            */*) insmod "/root$module" $parameters || die "cannot load module file $module $parameters" ;;
            *) modprobe "$module" $parameters || die "cannot load module $module $parameters" ;;
        esac
    done </results/guest/modules
}

# Shortly before the host gives up, say where everybody stands.
watch_for_hang() {
    sleep "$LAB_WATCH_SECONDS"
    echo "lab: still running, the host will give up soon: thread dumps follow" >>/results/output.log
    killall -QUIT java 2>/dev/null
    echo w >/proc/sysrq-trigger
    dmesg >/results/dmesg.log
}

run_command() {
    chroot /root /bin/bash "$LAB_RESULTS/guest/command" >>/results/output.log 2>&1 </dev/null
}

report() {
    dmesg >/results/dmesg.log
    echo "$1" >/results/exit-status.part
    mv /results/exit-status.part /results/exit-status
    sync
}

/bin/busybox --install -s /bin
mkdir -p /lower /upper /root /results /proc /sys /dev
mount_kernel_files "" || die "cannot mount the kernel's file systems"
mount_shares
# shellcheck source=/dev/null
. /results/guest/settings || die "the host left no settings"
mount_root
load_modules
ifconfig lo up
# A bounced mapping has at most 256 KiB in one piece, and a large page may be longer: the kernel answers EIO then.
echo never >/sys/kernel/mm/transparent_hugepage/shmem_enabled 2>/dev/null
watch_for_hang &
run_command
report $?
poweroff -f
