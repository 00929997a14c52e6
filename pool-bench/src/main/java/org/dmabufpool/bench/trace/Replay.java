// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.Arrays;
import org.dmabufpool.bench.policy.Placement;
import org.dmabufpool.bench.policy.Policy;

/** A trace played to a policy. */
public final class Replay {

    private final Trace trace;
    private final long[] handles;
    private final long[] offsets;
    private long metadataBytes;

    private Replay(Trace trace) {
        this.trace = trace;
        this.handles = new long[trace.parts()];
        this.offsets = new long[trace.parts()];
        Arrays.fill(offsets, Placement.NO_SPACE);
    }

    /**
     * Plays all of a trace. A part for which there is no space is left out, its release too.
     *
     * @param capacity bytes of the pool, a multiple of {@link Policy#PAGE}
     */
    public static Replay run(Trace trace, Policy policy, long capacity) {
        Replay replay = new Replay(trace);
        replay.play(policy, capacity, false);
        return replay;
    }

    /** Whether every part finds its space in a pool of so many bytes. */
    public static boolean serves(Trace trace, Policy policy, long capacity) {
        return new Replay(trace).play(policy, capacity, true);
    }

    private boolean play(Policy policy, long capacity, boolean untilFailure) {
        boolean served = true;
        try (Placement placement = policy.open(capacity)) {
            for (int i = 0; i < trace.length() && (served || !untilFailure); i++) {
                int part = trace.part(i);
                if (trace.allocates(i)) {
                    served &= allocate(placement, part, capacity);
                } else if (offsets[part] != Placement.NO_SPACE) {
                    placement.free(handles[part]);
                }
            }
            metadataBytes = placement.metadataBytes();
        }
        return served;
    }

    private boolean allocate(Placement placement, int part, long capacity) {
        long bytes = trace.size(part);
        long handle = bytes > capacity ? Placement.NO_SPACE : placement.allocate(bytes, trace.alignment(part));
        if (handle == Placement.NO_SPACE) {
            return false;
        }
        handles[part] = handle;
        offsets[part] = placement.offset();
        return true;
    }

    /** The trace that was played. */
    public Trace trace() {
        return trace;
    }

    /** Where the part lay, in bytes, or {@link Placement#NO_SPACE}. */
    public long offset(int part) {
        return offsets[part];
    }

    /** Bytes that held the policy's own state at the end; 0 where that is not known. */
    public long metadataBytes() {
        return metadataBytes;
    }

    /** How many parts found no space. */
    public long failures() {
        return Arrays.stream(offsets)
                .filter(offset -> offset == Placement.NO_SPACE)
                .count();
    }
}
