// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/** The lab's kernel module as tests see it. All refusals are {@link AssertionError}s. */
final class LabModule {

    /** Which of the module's exporters. */
    enum Exporter {
        /** Syncs ranges. */
        RANGED("dmabuf_pool_lab"),
        /** Has no partial op: a partial sync answers 0 and does nothing. */
        SILENT("dmabuf_pool_silent");

        private final String kernelName;

        Exporter(String kernelName) {
            this.kernelName = kernelName;
        }

        /** As {@code exp_name} has it. */
        String kernelName() {
            return kernelName;
        }
    }

    /** The argument of the vendor's node. */
    enum VendorLayout {
        /** One command, whose start, read and write are flags. */
        FLAGGED,
        /** Two commands, begin and end, with a direction. */
        DIRECTED
    }

    private static final Syscalls SYSCALLS = Libc.INSTANCE;

    private LabModule() {}

    /** A new dma-buf; gives its descriptor, which the caller closes. */
    static int allocate(long size, Exporter exporter) {
        int answer = tryAllocate(size, exporter.ordinal());
        return required("allocate " + size + " bytes", answer);
    }

    /** The descriptor, or the kernel's negative answer. */
    static int tryAllocate(long size, int mode) {
        try (OwnedFd node = open(LabModuleLayout.EXPORTER_NODE)) {
            Scratch alloc = Scratch.cleared(LabModuleLayout.ALLOC_BYTES)
                    .putLong(LabModuleLayout.ALLOC_SIZE, size)
                    .putInt(LabModuleLayout.ALLOC_MODE, mode);
            int answer = SYSCALLS.ioctl(node.number(), LabModuleLayout.ALLOC, alloc.address());
            return answer < 0 ? answer : alloc.getInt(LabModuleLayout.ALLOC_FD);
        }
    }

    /** What was synced since the last call for this dma-buf. */
    static LabCounters takeCounters(int fd) {
        try (OwnedFd node = open(LabModuleLayout.EXPORTER_NODE)) {
            Scratch counters = Scratch.cleared(LabModuleLayout.COUNTERS_BYTES)
                    .putInt(LabModuleLayout.COUNTERS_FD, fd)
                    .putInt(LabModuleLayout.COUNTERS_RESET, 1);
            long address = counters.address();
            required("read counters", SYSCALLS.ioctl(node.number(), LabModuleLayout.COUNTERS, address));
            return LabCounters.of(counters);
        }
    }

    /** Partial sync through the vendor's node; gives the kernel's answer. */
    static int vendorSync(VendorLayout layout, int fd, SyncPhase phase, Direction direction, long offset, long length) {
        try (OwnedFd node = open(LabModuleLayout.VENDOR_NODE)) {
            return layout == VendorLayout.FLAGGED
                    ? flagged(node, fd, phase, direction, offset, length)
                    : directed(node, fd, phase, direction, offset, length);
        }
    }

    private static int flagged(OwnedFd node, int fd, SyncPhase phase, Direction direction, long offset, long length) {
        int bits = (phase == SyncPhase.START ? LabModuleLayout.FLAGGED_START : 0)
                | (direction.reads() ? LabModuleLayout.FLAGGED_READ : 0)
                | (direction.writes() ? LabModuleLayout.FLAGGED_WRITE : 0);
        Scratch access = Scratch.cleared(LabModuleLayout.FLAGGED_BYTES)
                .putInt(LabModuleLayout.FLAGGED_FD, fd)
                .putInt(LabModuleLayout.FLAGGED_BITS, bits)
                .putInt(LabModuleLayout.FLAGGED_OFFSET, (int) offset)
                .putLong(LabModuleLayout.FLAGGED_LENGTH, length);
        return SYSCALLS.ioctl(node.number(), LabModuleLayout.VENDOR_ACCESS, access.address());
    }

    private static int directed(OwnedFd node, int fd, SyncPhase phase, Direction direction, long offset, long length) {
        Scratch access = Scratch.cleared(LabModuleLayout.DIRECTED_BYTES)
                .putInt(LabModuleLayout.DIRECTED_FD, fd)
                .putInt(LabModuleLayout.DIRECTED_DIRECTION, kernelDirection(direction))
                .putInt(LabModuleLayout.DIRECTED_OFFSET, (int) offset)
                .putInt(LabModuleLayout.DIRECTED_LENGTH, (int) length);
        long command = phase == SyncPhase.START ? LabModuleLayout.VENDOR_BEGIN : LabModuleLayout.VENDOR_END;
        return SYSCALLS.ioctl(node.number(), command, access.address());
    }

    /** {@code enum dma_data_direction}: DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE. */
    static int kernelDirection(Direction direction) {
        return switch (direction) {
            case READ_WRITE -> 0;
            case WRITE -> 1;
            case READ -> 2;
        };
    }

    /** Opens a device node of the module. */
    static OwnedFd open(String node) {
        return new OwnedFd(SYSCALLS, node, required("open " + node, SYSCALLS.open(node, LinuxAbi.O_RDWR)));
    }

    /** The answer, unless it is a refusal. */
    static int required(String what, int answer) {
        if (answer < 0) {
            throw new AssertionError("the kernel refuses to " + what + ": " + Errno.describe(-answer));
        }
        return answer;
    }
}
