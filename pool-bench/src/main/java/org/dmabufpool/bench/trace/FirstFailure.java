// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import org.dmabufpool.bench.policy.Placer;
import org.jspecify.annotations.Nullable;

/**
 * The first part of a trace that found no space, and why.
 *
 * @param operation which operation it was, from 1
 * @param bytes what was asked for
 * @param alignment what the offset had to be a multiple of, in bytes
 * @param fragmented whether enough was free, but not in one piece there
 * @param pool the pool at that moment
 */
public record FirstFailure(int operation, long bytes, long alignment, boolean fragmented, Timeline.Moment pool) {

    /** Looks for it; null if every part found its space. */
    static @Nullable FirstFailure of(Replay replay, long capacity) {
        Trace trace = replay.trace();
        for (int i = 0; i < trace.length(); i++) {
            int part = trace.part(i);
            if (trace.allocates(i) && replay.offset(part) == Placer.NO_SPACE) {
                long bytes = trace.size(part);
                Timeline.Moment pool = Timeline.momentBefore(replay, capacity, i, bytes);
                return new FirstFailure(i + 1, bytes, trace.alignment(part), pool.freeBytes() >= bytes, pool);
            }
        }
        return null;
    }
}
