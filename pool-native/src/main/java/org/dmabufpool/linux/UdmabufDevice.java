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

    private UdmabufDevice(Syscalls syscalls, OwnedFd device, OwnedFd memfd) {
        this.syscalls = syscalls;
        this.device = device;
        this.memfd = memfd;
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
            return rollback.keep(new UdmabufDevice(syscalls, device, memfd));
        }
    }

    /** The memory's descriptor. */
    int memfd() {
        return memfd.number();
    }

    /**
     * Makes a dma-buf over some pages and primes it: a udmabuf maps itself on the first START, and answers EINVAL to an
     * END before that (drivers/dma-buf/udmabuf.c).
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
            syncCalls.whole(fd, what, SyncPhase.START, Direction.READ_WRITE);
            syncCalls.whole(fd, what, SyncPhase.END, Direction.READ_WRITE);
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

    /** The most bytes one udmabuf may have, where the kernel tells. */
    static OptionalLong sizeLimit(Syscalls syscalls) {
        OptionalLong mib = parameter(syscalls, UdmabufIoctl.SIZE_LIMIT_FILE);
        return mib.isPresent() ? OptionalLong.of(mib.getAsLong() * MIB) : mib;
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
