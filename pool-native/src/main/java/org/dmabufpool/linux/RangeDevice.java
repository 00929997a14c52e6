// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncSupport;
import org.jspecify.annotations.Nullable;

/**
 * By what the ranges of a dma-buf are synced: a vendor's device where one is named and opens, else the partial ioctl
 * where that may be relied on, else nothing.
 *
 * @param partialIoctl whether the partial ioctl may be relied on, and why
 * @param vendorDevice whether the vendor's device may be, and why
 * @param device the vendor's device, open, where it may be
 */
record RangeDevice(
        SyncSupport partialIoctl,
        SyncSupport vendorDevice,
        @Nullable VendorDevice device) implements Rollback.Closing {

    /** Chooses by what the user knows and the kernel answers. The caller owns the device. */
    static RangeDevice choose(Syscalls syscalls, int fd, String exporter, RangeSettings settings) {
        VendorSync named = settings.vendor();
        if (named == null) {
            return without(syscalls, fd, exporter, settings, "no device is named with vendorSync or provenSync");
        }
        VendorDevice device;
        try {
            device = VendorDevice.open(syscalls, named);
        } catch (HeapException refused) {
            return without(syscalls, fd, exporter, settings, String.valueOf(refused.getMessage()));
        }
        SyncSupport vendor = SyncSupports.vendorDevice(device, exporter, settings);
        if (vendor.supported()) {
            return new RangeDevice(SyncSupports.insteadOfPartialIoctl(device), vendor, device);
        }
        device.close();
        return without(syscalls, fd, exporter, settings, vendor.reason());
    }

    private static RangeDevice without(
            Syscalls syscalls, int fd, String exporter, RangeSettings settings, String reason) {
        SyncSupport partial = PartialSupport.decide(syscalls, fd, exporter, settings);
        return new RangeDevice(partial, SyncSupports.noVendorDevice(reason), null);
    }

    @Override
    public void close() {
        if (device != null) {
            device.close();
        }
    }
}
