// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;

/** The module's vendor node: partial sync by an ioctl of its own. */
final class LabVendor implements AutoCloseable {

    /** The argument of the ioctl. */
    enum Layout {
        /** One command, whose start, read and write are flags. */
        FLAGGED,
        /** Two commands, begin and end, with a direction. */
        DIRECTED
    }

    private final OwnedFd node = LabModule.open(LabModuleLayout.VENDOR_NODE);
    private final Layout layout;

    LabVendor(Layout layout) {
        this.layout = layout;
    }

    /** Syncs a range. */
    void sync(DmaBuf buffer, SyncPhase phase, Direction direction, long offset, long length) {
        LabModule.required("sync by vendor node", trySync(buffer.fd(), phase, direction, offset, length));
    }

    /** Syncs a range, and gives the kernel's answer. */
    int trySync(int fd, SyncPhase phase, Direction direction, long offset, long length) {
        return layout == Layout.FLAGGED
                ? flagged(fd, phase, direction, offset, length)
                : directed(fd, phase, direction, offset, length);
    }

    /** The buffer, synced by range through this node. */
    DmaBuf divert(DmaBuf buffer) {
        return new DivertedDmaBuf(buffer) {
            @Override
            public void syncRange(SyncPhase phase, Direction direction, long offset, long length) {
                sync(buffer, phase, direction, offset, length);
            }

            @Override
            public String name() {
                return kernel.name() + " through the vendor node, " + layout;
            }
        };
    }

    private int flagged(int fd, SyncPhase phase, Direction direction, long offset, long length) {
        int bits = (phase == SyncPhase.START ? LabModuleLayout.FLAGGED_START : 0)
                | (direction.reads() ? LabModuleLayout.FLAGGED_READ : 0)
                | (direction.writes() ? LabModuleLayout.FLAGGED_WRITE : 0);
        Scratch access = Scratch.cleared(LabModuleLayout.FLAGGED_BYTES)
                .putInt(LabModuleLayout.FLAGGED_FD, fd)
                .putInt(LabModuleLayout.FLAGGED_BITS, bits)
                .putInt(LabModuleLayout.FLAGGED_OFFSET, (int) offset)
                .putLong(LabModuleLayout.FLAGGED_LENGTH, length);
        return Libc.INSTANCE.ioctl(node.number(), LabModuleLayout.VENDOR_ACCESS, access.address());
    }

    private int directed(int fd, SyncPhase phase, Direction direction, long offset, long length) {
        Scratch access = Scratch.cleared(LabModuleLayout.DIRECTED_BYTES)
                .putInt(LabModuleLayout.DIRECTED_FD, fd)
                .putInt(LabModuleLayout.DIRECTED_DIRECTION, LabModule.kernelDirection(direction))
                .putInt(LabModuleLayout.DIRECTED_OFFSET, (int) offset)
                .putInt(LabModuleLayout.DIRECTED_LENGTH, (int) length);
        long command = phase == SyncPhase.START ? LabModuleLayout.VENDOR_BEGIN : LabModuleLayout.VENDOR_END;
        return Libc.INSTANCE.ioctl(node.number(), command, access.address());
    }

    @Override
    public void close() {
        node.close();
    }
}
