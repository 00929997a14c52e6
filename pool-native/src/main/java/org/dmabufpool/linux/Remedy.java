// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;
import java.util.List;

/** What to do about a refusal: one or two sentences for people, by error and device. */
final class Remedy {

    private static final String LIMITS_FILE = "/proc/self/limits";
    private static final String UNEXPECTED = "This is unexpected here: look into the kernel's log (dmesg).";

    private Remedy() {}

    /** When a heap's device cannot be opened. */
    static String openingHeap(Syscalls syscalls, String heap, long answer) {
        if (Errno.ENOENT.is(answer)) {
            List<String> present = syscalls.list(DmaHeapIoctl.DIRECTORY);
            return "Heaps present: " + names(present) + "."
                    + (present.isEmpty()
                            ? " This kernel has none that dma-bufs could come from (CONFIG_DMABUF_HEAPS): take a UdmabufHeap"
                                    + " where /dev/udmabuf is, a MemfdHeap where no device is to see the memory, or a"
                                    + " ModelHeap in tests; the command doctor tells what this machine has."
                            : "");
        }
        if (denied(answer)) {
            return udevRule("SUBSYSTEM==\"dma_heap\", KERNEL==\"" + heap + "\"")
                    + " On Android the app's SELinux domain must be allowed to read dmabuf_"
                    + heap.replace('-', '_') + "_heap_device.";
        }
        return descriptors(syscalls, answer);
    }

    /** When {@code /dev/udmabuf} cannot be opened. */
    static String openingUdmabuf(Syscalls syscalls, long answer) {
        if (Errno.ENOENT.is(answer)) {
            return "The kernel needs CONFIG_UDMABUF; where it is a module: modprobe udmabuf.";
        }
        if (denied(answer)) {
            return udevRule("SUBSYSTEM==\"misc\", KERNEL==\"udmabuf\"");
        }
        return descriptors(syscalls, answer);
    }

    /** When a camera's device cannot be opened. */
    static String openingCamera(Syscalls syscalls, long answer) {
        if (Errno.ENOENT.is(answer)) {
            return "Video devices present: " + names(V4l2Devices.paths(syscalls)) + ".";
        }
        if (denied(answer)) {
            return udevRule("SUBSYSTEM==\"video4linux\"");
        }
        return cameraUse(syscalls, answer);
    }

    /** When what is open does not answer as a camera. */
    static String noCamera(Syscalls syscalls) {
        return "It is no video device: name one. Video devices present: " + names(V4l2Devices.paths(syscalls)) + ".";
    }

    /** When a camera that is open refuses. */
    static String cameraUse(Syscalls syscalls, long answer) {
        if (Errno.EBUSY.is(answer)) {
            return "Another program or another part of this one streams from it: see fuser -v on the device.";
        }
        if (Errno.ENODEV.is(answer) || Errno.ENXIO.is(answer)) {
            return "The camera is gone (unplugged, or its driver unloaded): close it and open it again.";
        }
        return descriptors(syscalls, answer);
    }

    /** When a heap or udmabuf cannot give memory. */
    static String memory(long answer) {
        if (Errno.ENOMEM.is(answer) || Errno.ENOSPC.is(answer)) {
            return "There is not that much memory left: ask for less, or, where the heap is a reserved region (CMA),"
                    + " reserve more with cma= on the kernel's command line.";
        }
        if (Errno.EINVAL.is(answer) || Errno.EFBIG.is(answer)) {
            return "The kernel does not give this size: ask for less.";
        }
        return UNEXPECTED;
    }

    /** When a window cannot be made. */
    static String window(Syscalls syscalls, long length, long answer) {
        if (Errno.EINVAL.is(answer)) {
            return "The window has " + length + " bytes and " + UdmabufIoctl.SIZE_LIMIT_FILE + " says "
                    + UdmabufDevice.sizeLimitText(syscalls)
                    + ": make it smaller, or raise the limit to N MiB with 'echo N > " + UdmabufIoctl.SIZE_LIMIT_FILE
                    + "' as root, or with " + UdmabufIoctl.SIZE_LIMIT_PARAMETER + "=N on the kernel's command line.";
        }
        if (Errno.EBADFD.is(answer)) {
            return "The memory's descriptor is no memfd any more: look for code that closes descriptors it was lent.";
        }
        return Errno.ENOMEM.is(answer) ? memory(answer) : descriptors(syscalls, answer);
    }

    /** When a slice is too long for a window. */
    static String windowLimit(long limit) {
        return "One udmabuf has " + limit + " bytes at most (" + UdmabufIoctl.SIZE_LIMIT_PARAMETER
                + "): raise it to N MiB with 'echo N > " + UdmabufIoctl.SIZE_LIMIT_FILE + "' as root, or with "
                + UdmabufIoctl.SIZE_LIMIT_PARAMETER + "=N on the kernel's command line, and allocate the buffer again.";
    }

    /** When memory cannot be mapped. */
    static String mapping(long answer) {
        if (Errno.ENOMEM.is(answer)) {
            return "The address space, its limit (ulimit -v) or vm.max_map_count is used up: ask for less.";
        }
        if (denied(answer)) {
            return "The descriptor must be open for reading and writing (O_RDWR): have its exporter share it so.";
        }
        return UNEXPECTED;
    }

    /** When there is no descriptor left. */
    static String descriptors(Syscalls syscalls, long answer) {
        if (Errno.EMFILE.is(answer)) {
            return "This process may have " + descriptorLimit(syscalls)
                    + " (RLIMIT_NOFILE): raise it (ulimit -n, LimitNOFILE=) or keep fewer windows.";
        }
        if (Errno.ENFILE.is(answer)) {
            return "The whole system is out of descriptors: raise fs.file-max.";
        }
        return UNEXPECTED;
    }

    /** When a descriptor of the caller's cannot be duplicated. */
    static String duplicating(Syscalls syscalls, long answer) {
        return Errno.EBADF.is(answer)
                ? "It is closed: keep it open until the call returns."
                : descriptors(syscalls, answer);
    }

    /** When a fence can be neither exported nor imported. */
    static String fence(Syscalls syscalls, long answer) {
        if (Errno.EINVAL.is(answer)) {
            return "The descriptor is no sync_file: pass one that a driver or exportFence gave out, still open.";
        }
        return Errno.ENOMEM.is(answer) ? memory(answer) : descriptors(syscalls, answer);
    }

    /** When a sync call is refused. */
    static String sync(long answer) {
        if (Errno.EINTR.is(answer) || Errno.EAGAIN.is(answer)) {
            return "It was restarted " + SyncCalls.MAX_RESTARTS
                    + " times: a device never finishes its work on this buffer,"
                    + " or signals arrive faster than the kernel can wait.";
        }
        if (Errno.EINVAL.is(answer)) {
            return "END came without START, or this exporter does not take this range.";
        }
        if (Errno.EIO.is(answer)) {
            return "The kernel cannot map these pages for a device. Where DMA goes through bounce buffers (swiotlb), a run of"
                    + " neighbouring pages may have 256 KiB at most: use smaller slices, or a kernel command line without"
                    + " swiotlb=force, or partial sync.";
        }
        return UNEXPECTED;
    }

    /** When a vendor's device cannot be opened. */
    static String openingVendorDevice(Syscalls syscalls, long answer) {
        if (Errno.ENOENT.is(answer)) {
            return "This kernel does not have it, or has it under another path: ranges go another way without it.";
        }
        if (denied(answer)) {
            return "The device's owner or, on Android, the SELinux policy must let this process open it.";
        }
        return descriptors(syscalls, answer);
    }

    /** When a vendor's device refuses to sync. */
    static String vendorSync(long answer) {
        if (Errno.ENOTTY.is(answer)) {
            return "The device does not know this ioctl: it is another device, or its driver has another version."
                    + " Correct the VendorSync, or leave it out.";
        }
        if (Errno.EFAULT.is(answer) || Errno.EINVAL.is(answer)) {
            return "It does not take this argument or this dma-buf: compare the VendorSync with the driver's header.";
        }
        return sync(answer);
    }

    private static boolean denied(long answer) {
        return Errno.EACCES.is(answer) || Errno.EPERM.is(answer);
    }

    private static String udevRule(String match) {
        return "Let a group open it: as root write '" + match + ", GROUP=\"video\", MODE=\"0660\"' to"
                + " /etc/udev/rules.d/70-dmabuf-pool.rules, run udevadm control --reload && udevadm trigger,"
                + " and make the user a member (usermod -aG video USER, then log in again).";
    }

    private static String names(List<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    private static String descriptorLimit(Syscalls syscalls) {
        try {
            return ProcFiles.openFilesLimit(syscalls.readText(LIMITS_FILE)) + " open files";
        } catch (IOException unreadable) {
            return "no more open files";
        }
    }
}
