// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/** The layouts that the module's vendor node takes, those of real vendors' devices. */
enum LabVendor {
    LWIS(new LwisSync(LabModuleLayout.VENDOR_NODE)),
    XRING(new XringSync(LabModuleLayout.VENDOR_NODE));

    private final VendorSync sync;

    LabVendor(VendorSync sync) {
        this.sync = sync;
    }

    /** What heaps are told. */
    VendorSync sync() {
        return sync;
    }

    /** Syncs a range of any descriptor, which stays the caller's, and gives the device's answer. */
    long trySync(int fd, SyncPhase phase, Direction direction, long offset, long length) {
        try (VendorDevice device = VendorDevice.open(Libc.INSTANCE, sync)) {
            return device.sync(new OwnedFd(Libc.INSTANCE, "a buffer", fd), phase, direction, offset, length);
        }
    }
}
