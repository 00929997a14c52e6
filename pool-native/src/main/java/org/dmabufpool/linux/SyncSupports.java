// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.EnumMap;
import java.util.Map;
import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;

/** One answer for each way to sync, fixed when a dma-buf is born. Immutable. */
final class SyncSupports {

    private static final String UNCACHED_SUFFIX = "-uncached";

    private final Map<SyncWay, SyncSupport> byWay = new EnumMap<>(SyncWay.class);

    /** Takes the answers; what is not among them is not supported. */
    SyncSupports(SyncSupport... answers) {
        for (SyncWay way : SyncWay.values()) {
            byWay.put(way, SyncSupport.no(way, "this heap does not have it"));
        }
        for (SyncSupport answer : answers) {
            byWay.put(answer.way(), answer);
        }
    }

    SyncSupport of(SyncWay way) {
        SyncSupport answer = byWay.get(way);
        if (answer == null) {
            throw new AssertionError("every way has an answer, " + way + " too");
        }
        return answer;
    }

    /**
     * Throws unless a way is supported.
     *
     * @throws UnsupportedOperationException with the reason
     */
    void require(SyncWay way, String name) {
        SyncSupport answer = of(way);
        if (!answer.supported()) {
            throw new UnsupportedOperationException(name + " does not support " + way + ": " + answer.reason());
        }
    }

    /** Whether memory needs no sync at all, which Android's heaps say in their names. */
    static SyncSupport noneByName(String heap) {
        return heap.endsWith(UNCACHED_SUFFIX)
                ? SyncSupport.yes(SyncWay.NONE, "\"" + heap + "\" maps its memory uncached")
                : SyncSupport.no(SyncWay.NONE, "\"" + heap + "\" maps its memory cached");
    }

    /** Windows, where the heap cannot make them. */
    static SyncSupport noWindows() {
        return SyncSupport.no(SyncWay.WINDOW, "only a udmabuf heap makes dma-bufs over parts of its memory");
    }

    /** A vendor's device that the user named or a self-test saw. */
    static SyncSupport vendorDevice(VendorDevice device, String exporter, RangeSettings settings) {
        RangeSyncProof proof = settings.vendorProof();
        if (proof == null) {
            return SyncSupport.yes(SyncWay.VENDOR, device.path() + " opens and is named by setting");
        }
        return proof.exporter().equals(exporter)
                ? PartialSupport.bySelfTest(proof)
                : noVendorDevice(
                        "the self-test was of exporter \"" + proof.exporter() + "\", this one is \"" + exporter + "\"");
    }

    /** The partial ioctl, where a vendor's device is in its place. */
    static SyncSupport insteadOfPartialIoctl(VendorDevice device) {
        return SyncSupport.no(SyncWay.PARTIAL, "ranges are synced through " + device.path() + " instead");
    }

    /** No vendor's device, and why. */
    static SyncSupport noVendorDevice(String reason) {
        return SyncSupport.no(SyncWay.VENDOR, reason);
    }

    /** Sync of the whole buffer, which every dma-buf has. */
    static SyncSupport wholeBuffer() {
        return SyncSupport.yes(SyncWay.WHOLE, "every dma-buf has DMA_BUF_IOCTL_SYNC");
    }
}
