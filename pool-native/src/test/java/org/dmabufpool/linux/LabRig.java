// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.function.UnaryOperator;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.Heap;

/**
 * A heap of the module's exporter. The one buffer it gives has a camera attached, so that with bounced DMA whatever is
 * not synced is stale.
 */
final class LabRig implements Heap, AutoCloseable {

    private final LabModule.Exporter exporter;
    private final UnaryOperator<AdoptedHeap> settings;
    private final UnaryOperator<DmaBuf> diversion;
    private DmaBuf buffer;
    private LabCamera camera;
    private String diverted;

    private LabRig(LabModule.Exporter exporter, UnaryOperator<DmaBuf> diversion, UnaryOperator<AdoptedHeap> settings) {
        this.exporter = exporter;
        this.diversion = diversion;
        this.settings = settings;
    }

    /** The exporter that syncs ranges, trusted to. */
    static LabRig ranged() {
        return diverted(UnaryOperator.identity());
    }

    /** The same, with a fault between pool and kernel. */
    static LabRig diverted(UnaryOperator<DmaBuf> diversion) {
        return new LabRig(
                LabModule.Exporter.RANGED,
                diversion,
                heap -> heap.trustPartialSync(LabModule.Exporter.RANGED.kernelName()));
    }

    /** An exporter of which the heap is told something. */
    static LabRig told(LabModule.Exporter exporter, UnaryOperator<AdoptedHeap> settings) {
        return new LabRig(exporter, UnaryOperator.identity(), settings);
    }

    /** The exporter that syncs ranges, through the vendor's node. */
    static LabRig through(LabVendor vendor) {
        return told(LabModule.Exporter.RANGED, heap -> heap.vendorSync(vendor.sync()));
    }

    /** The exporter that does nothing and says 0; which exporters the user trusts is given. */
    static LabRig silent(String... trusted) {
        return told(LabModule.Exporter.SILENT, heap -> heap.trustPartialSync(trusted));
    }

    @Override
    public String name() {
        return exporter.kernelName();
    }

    @Override
    public DmaBuf allocate(long bytes) {
        int fd = LabModule.allocate(bytes, exporter);
        try {
            camera = new LabCamera(fd);
            buffer = settings.apply(new AdoptedHeap(fd)).allocate(bytes);
            DmaBuf given = diversion.apply(buffer);
            diverted = given.name();
            return given;
        } finally {
            Libc.INSTANCE.close(fd);
        }
    }

    /** The buffer itself. */
    DmaBuf buffer() {
        return buffer;
    }

    LabCamera camera() {
        return camera;
    }

    /** What the exporter synced since the last call. */
    LabCounters takeCounters() {
        return LabModule.takeCounters(buffer.fd());
    }

    @Override
    public String toString() {
        return diverted == null ? name() : diverted;
    }

    /** Detaches the camera; the buffer is closed by whoever allocated it. */
    @Override
    public void close() {
        if (camera != null) {
            camera.close();
        }
    }
}
