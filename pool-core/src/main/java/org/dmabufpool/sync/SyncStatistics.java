// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import java.util.List;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;

/**
 * How a pool's accesses have been synced so far. Immutable. Every number only grows; they are read one after another, so
 * that a snapshot taken while accesses run may hold a call in one number and not yet in another. All are 0 where the
 * pool's statistics are off.
 *
 * @param way by which way accesses are synced; never changes
 * @param reason why that way
 * @param calls the calls made, by way, phase and direction; none where the way is {@code NONE}
 * @param phases the STARTs and ENDs of accesses, by phase and direction, whether or not they took a call
 * @param restarts calls begun anew after EINTR or EAGAIN
 */
public record SyncStatistics(SyncWay way, String reason, List<Calls> calls, List<Phases> phases, long restarts) {

    /** Copies the lists: the record is immutable. */
    public SyncStatistics {
        calls = List.copyOf(calls);
        phases = List.copyOf(phases);
    }

    /**
     * Calls of one kind.
     *
     * @param way the way of these calls: the pool's, or {@code WHOLE} for slices beyond what a range can name
     * @param phase START or END
     * @param direction what was synced for
     * @param count calls made
     * @param bytes what they named: whole cache lines, whole windows or whole buffers
     */
    public record Calls(SyncWay way, SyncPhase phase, Direction direction, long count, long bytes) {}

    /**
     * Beginnings or ends of accesses of one direction.
     *
     * @param phase START or END
     * @param direction of the accesses
     * @param count how many began or ended
     * @param bytesAsked bytes of their slices, or of the parts of slices that they named
     * @param bytesWholeBuffer what whole-buffer calls would have named for them
     * @param nanos time they took, waiting for other accesses and for fences included, in ns: the time of one in 16 is
     *     taken and stands for all. 0 where the way is {@code NONE}
     */
    public record Phases(
            SyncPhase phase, Direction direction, long count, long bytesAsked, long bytesWholeBuffer, long nanos) {}

    /** Calls made, STARTs and ENDs. */
    public long callCount() {
        return calls.stream().mapToLong(Calls::count).sum();
    }

    /** Bytes that the calls named. */
    public long bytes() {
        return calls.stream().mapToLong(Calls::bytes).sum();
    }

    /** Bytes that accesses asked to sync, counted at START and at END. */
    public long bytesAsked() {
        return phases.stream().mapToLong(Phases::bytesAsked).sum();
    }

    /** Bytes that whole-buffer calls would have named for the same accesses. */
    public long bytesWholeBuffer() {
        return phases.stream().mapToLong(Phases::bytesWholeBuffer).sum();
    }

    /** Bytes that did not have to be synced, as calls named less than the whole buffer; 0 where they named more. */
    public long bytesSaved() {
        return Math.max(0, bytesWholeBuffer() - bytes());
    }
}
