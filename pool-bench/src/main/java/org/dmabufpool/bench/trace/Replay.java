// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.Arrays;
import org.dmabufpool.PlacementPlan;
import org.dmabufpool.bench.policy.Placer;
import org.dmabufpool.bench.policy.Policy;
import org.jspecify.annotations.Nullable;

/** A trace played to a policy. */
public final class Replay {

    private final Trace trace;
    private final @Nullable PlacementPlan plan;
    private final long[] handles;
    private final long[] offsets;
    private long metadataBytes;

    private Replay(Trace trace, @Nullable PlacementPlan plan) {
        this.trace = trace;
        this.plan = plan;
        this.handles = new long[trace.parts()];
        this.offsets = new long[trace.parts()];
        Arrays.fill(offsets, Placer.NO_SPACE);
    }

    /**
     * Plays all of a trace. A part for which there is no space is left out, its release too.
     *
     * @param capacity bytes of the pool, a multiple of {@link Policy#PAGE}
     */
    public static Replay run(Trace trace, Policy policy, long capacity) {
        return run(trace, policy, null, capacity);
    }

    /**
     * As {@link #run(Trace, Policy, long)}.
     *
     * @param plan where parts are to lie; null for none, and for all policies but {@link Policy#OURS}
     */
    public static Replay run(Trace trace, Policy policy, @Nullable PlacementPlan plan, long capacity) {
        Replay replay = new Replay(trace, plan);
        replay.play(policy, capacity, false);
        return replay;
    }

    /** Whether every part finds its space in a pool of so many bytes. */
    public static boolean serves(Trace trace, Policy policy, long capacity) {
        return serves(trace, policy, null, capacity);
    }

    /** As {@link #serves(Trace, Policy, long)}, with a plan as above. */
    static boolean serves(Trace trace, Policy policy, @Nullable PlacementPlan plan, long capacity) {
        return new Replay(trace, plan).play(policy, capacity, true);
    }

    private boolean play(Policy policy, long capacity, boolean untilFailure) {
        boolean served = true;
        try (Placer placer = policy.open(capacity, plan)) {
            for (int i = 0; i < trace.length() && (served || !untilFailure); i++) {
                int part = trace.part(i);
                if (trace.allocates(i)) {
                    served &= allocate(placer, part, capacity);
                } else if (offsets[part] != Placer.NO_SPACE) {
                    placer.free(handles[part]);
                }
            }
            metadataBytes = placer.metadataBytes();
        }
        return served;
    }

    private boolean allocate(Placer placer, int part, long capacity) {
        long bytes = trace.size(part);
        int planClass = plan == null ? 0 : plan.classOf(trace.tag(part), bytes);
        long handle = bytes > capacity ? Placer.NO_SPACE : placer.allocate(bytes, trace.alignment(part), planClass);
        if (handle == Placer.NO_SPACE) {
            return false;
        }
        handles[part] = handle;
        offsets[part] = placer.offset();
        return true;
    }

    /** The trace that was played. */
    public Trace trace() {
        return trace;
    }

    /** Where the part lay, in bytes, or {@link Placer#NO_SPACE}. */
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
                .filter(offset -> offset == Placer.NO_SPACE)
                .count();
    }
}
