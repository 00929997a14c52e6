// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.Optional;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncWay;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SyncSelfTest} found out about one way to sync ranges, on one exporter of this kernel. Immutable.
 *
 * <p>It holds until the next boot: another kernel may have another exporter behind the same name.
 */
public final class RangeSyncProof {

    /** What was found. */
    public enum Verdict {
        /** The device and the CPU saw different bytes, and a sync of just the range brought them together. */
        PROVEN,
        /** They saw different bytes, and the sync left them so, was refused, or touched other bytes too. */
        REFUTED,
        /** Nothing could be seen, such as on coherent hardware. */
        UNDECIDED
    }

    private final SyncWay way;
    private final String exporter;
    private final Verdict verdict;
    private final String reason;
    private final @Nullable VendorSync vendor;

    RangeSyncProof(SyncWay way, String exporter, Verdict verdict, String reason, @Nullable VendorSync vendor) {
        this.way = way;
        this.exporter = exporter;
        this.verdict = verdict;
        this.reason = reason;
        this.vendor = vendor;
    }

    /** {@link SyncWay#PARTIAL} or {@link SyncWay#VENDOR}. */
    public SyncWay way() {
        return way;
    }

    /** Whose dma-buf it was tried on, as {@link DmaBuf#exporter()} names it. */
    public String exporter() {
        return exporter;
    }

    /** What was found. */
    public Verdict verdict() {
        return verdict;
    }

    /** One clause for people. */
    public String reason() {
        return reason;
    }

    /** The vendor's device that was tried, if one was. */
    public Optional<VendorSync> vendor() {
        return Optional.ofNullable(vendor);
    }

    @Override
    public String toString() {
        return verdict + " for " + way + " of exporter \"" + exporter + "\": " + reason;
    }
}
