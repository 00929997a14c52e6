// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.io.IOException;
import java.util.OptionalLong;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;

/** {@code /dev/udmabuf}, open, and the one sealed memfd whose pages it makes dma-bufs of. */
final class UdmabufDevice implements Rollback.Closing {

    private static final long MIB = 1L << 20;

    private final Syscalls syscalls;
    private final OwnedFd device;
    private final OwnedFd memfd;
    private final OptionalLong sizeLimit;

    private UdmabufDevice(Syscalls syscalls, OwnedFd device, OwnedFd memfd, OptionalLong sizeLimit) {
        this.syscalls = syscalls;
        this.device = device;
        this.memfd = memfd;
        this.sizeLimit = sizeLimit;
    }

    /**
     * Opens the device, and makes the memory.
     *
     * @throws HeapException if the kernel refuses either
     */
    static UdmabufDevice open(Syscalls syscalls, String label, long bytes) {
        try (Rollback rollback = new Rollback()) {
            OwnedFd device = openDevice(syscalls);
            rollback.add(device::close);
            OwnedFd memfd = Memfd.create(syscalls, label, bytes);
            rollback.add(memfd::close);
            return rollback.keep(new UdmabufDevice(syscalls, device, memfd, sizeLimit(syscalls)));
        }
    }

    /** The most bytes one udmabuf may have, as the kernel told when the device was opened. */
    OptionalLong sizeLimit() {
        return sizeLimit;
    }

    /** The memory's descriptor. */
    int memfd() {
        return memfd.number();
    }

    /**
     * Makes a dma-buf over some pages and primes it: a udmabuf maps itself on the first START, and answers EINVAL to an
     * END before that (begin_cpu_udmabuf and end_cpu_udmabuf in drivers/dma-buf/udmabuf.c).
     *
     * <p>Priming is START WRITE and END WRITE, never READ or READ_WRITE. On Linux 6.12 the first START only maps. On 7.3
     * it syncs as well, and on arm64 a START that reads invalidates: it would discard what the CPU has written to these
     * pages and not yet cleaned, while a START that writes does no maintenance and an END that writes only cleans.
     *
     * @throws HeapException if the kernel refuses; nothing is left open then
     */
    OwnedFd create(String what, SyncCalls syncCalls, long offset, long length) {
        int number = create(offset, length);
        if (number < 0) {
            String call = "UDMABUF_CREATE of " + length + " bytes at " + offset;
            throw Refusal.of(call, what, number, Remedy.window(syscalls, length, number));
        }
        OwnedFd fd = new OwnedFd(syscalls, "udmabuf at " + offset + " of " + what, number);
        try (Rollback rollback = new Rollback()) {
            rollback.add(fd::close);
            syncCalls.whole(fd, what, SyncPhase.START, Direction.WRITE);
            syncCalls.whole(fd, what, SyncPhase.END, Direction.WRITE);
            return rollback.keep(fd);
        }
    }

    /** A window, owned by the caller; it needs neither this device nor the memfd any more. */
    Window open(String what, SyncCalls syncCalls, long offset, long length) {
        return new UdmabufWindow(create(what, syncCalls, offset, length), what, syncCalls, offset, length);
    }

    @Override
    public void close() {
        try (Rollback both = new Rollback()) {
            both.add(memfd::close);
            both.add(device::close);
        }
    }

    /** The most bytes one udmabuf may have, where the kernel tells; more MiB than bytes can count are all bytes. */
    static OptionalLong sizeLimit(Syscalls syscalls) {
        OptionalLong mib = parameter(syscalls, UdmabufIoctl.SIZE_LIMIT_FILE);
        if (mib.isEmpty() || mib.getAsLong() < 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(mib.getAsLong() > Long.MAX_VALUE / MIB ? Long.MAX_VALUE : mib.getAsLong() * MIB);
    }

    /** A module parameter's number, where the kernel tells. */
    static OptionalLong parameter(Syscalls syscalls, String file) {
        try {
            return OptionalLong.of(Long.parseLong(syscalls.readText(file).trim()));
        } catch (IOException | NumberFormatException unknown) {
            return OptionalLong.empty();
        }
    }

    /** The limit for people. */
    static String sizeLimitText(Syscalls syscalls) {
        OptionalLong limit = sizeLimit(syscalls);
        return limit.isPresent() ? limit.getAsLong() / MIB + " MiB" : "nothing";
    }

    private static OwnedFd openDevice(Syscalls syscalls) {
        int number = syscalls.open(UdmabufIoctl.DEVICE, LinuxAbi.O_RDWR);
        if (number < 0) {
            throw Refusal.of("open", UdmabufIoctl.DEVICE, number, Remedy.openingUdmabuf(syscalls, number));
        }
        return new OwnedFd(syscalls, UdmabufIoctl.DEVICE, number);
    }

    private int create(long offset, long length) {
        int deviceNumber = device.use();
        try {
            return createFrom(deviceNumber, memfd.use(), offset, length);
        } finally {
            device.done();
        }
    }

    private int createFrom(int deviceNumber, int memfdNumber, long offset, long length) {
        try {
            Scratch create = Scratch.cleared(UdmabufIoctl.CREATE_BYTES)
                    .putInt(UdmabufIoctl.MEMFD, memfdNumber)
                    .putInt(UdmabufIoctl.FLAGS, UdmabufIoctl.FLAG_CLOEXEC)
                    .putLong(UdmabufIoctl.OFFSET, offset)
                    .putLong(UdmabufIoctl.SIZE, length);
            return syscalls.ioctl(deviceNumber, UdmabufIoctl.CREATE, create.address());
        } finally {
            memfd.done();
        }
    }
}
