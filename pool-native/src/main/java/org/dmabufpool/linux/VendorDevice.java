// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;

/** A vendor's device for range sync, open. Safe for use by many threads. */
final class VendorDevice implements Rollback.Closing {

    private final Syscalls syscalls;
    private final VendorSync sync;
    private final OwnedFd device;

    private VendorDevice(Syscalls syscalls, VendorSync sync, OwnedFd device) {
        this.syscalls = syscalls;
        this.sync = sync;
        this.device = device;
    }

    /**
     * Opens the device for reading, which is all that some allow; an ioctl needs no more.
     *
     * @throws HeapException if the kernel refuses
     */
    static VendorDevice open(Syscalls syscalls, VendorSync sync) {
        String path = sync.device();
        int number = syscalls.open(path, LinuxAbi.O_RDONLY);
        if (number < 0) {
            throw Refusal.of("open", path, number, Remedy.openingVendorDevice(syscalls, number));
        }
        return new VendorDevice(syscalls, sync, new OwnedFd(syscalls, path, number));
    }

    String path() {
        return sync.device();
    }

    /** Ranges that end at or before this byte can be named. */
    long limit() {
        return sync.limit();
    }

    /** One call; gives the ioctl's answer, or what the device says in the argument where that is 0 or above. */
    long sync(OwnedFd buffer, SyncPhase phase, Direction direction, long offset, long length) {
        int deviceNumber = device.use();
        try {
            int bufferNumber = buffer.use();
            try {
                return issue(deviceNumber, bufferNumber, phase, direction, offset, length);
            } finally {
                buffer.done();
            }
        } finally {
            device.done();
        }
    }

    private long issue(
            int deviceNumber, int bufferNumber, SyncPhase phase, Direction direction, long offset, long length) {
        Scratch scratch = Scratch.cleared(sync.argumentBytes());
        ByteBuffer argument = scratch.lent(sync.argumentBytes());
        long request = sync.fill(argument, bufferNumber, phase, direction, offset, length);
        int answer = syscalls.ioctl(deviceNumber, request, scratch.address());
        return answer < 0 ? answer : Math.min(0, sync.outcome(argument));
    }

    @Override
    public void close() {
        device.close();
    }
}
