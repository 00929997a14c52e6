// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.List;
import org.dmabufpool.bench.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * What came of a replay.
 *
 * @param trace where the trace comes from
 * @param policy the policy's name on the command line
 * @param operations how many allocations and releases the trace has
 * @param shares how many further owners its parts had
 * @param loans how many times its parts were lent to devices
 * @param peakLiveBytes the most bytes live at one moment, as asked for
 * @param capacityBytes size of the pool that was played in
 * @param success whether every part found its space there
 * @param failures how many parts did not
 * @param firstFailure the first of them; null if there is none
 * @param minPoolBytes size of the smallest pool that serves the trace; null unless it was looked for
 * @param footprintRatio that size in proportion to {@code peakLiveBytes}; null unless it was looked for
 * @param configurePoolBytes size of the pool to configure: the smallest found that serves and from which every larger one
 *     tried serves, too; null if none was found, and unless it was looked for
 * @param configureRatio that size in proportion to {@code peakLiveBytes}; null where {@code configurePoolBytes} is
 * @param unplannedPoolBytes size of the smallest pool that serves without the plan; null unless there is a plan and both were
 *     looked for
 * @param unplannedRatio that size in proportion to {@code peakLiveBytes}; null where {@code unplannedPoolBytes} is
 * @param search how far {@code minPoolBytes} and {@code configurePoolBytes} are to be relied on; null unless it was looked for
 * @param offline how small a pool could be that knows the whole trace beforehand; null unless it was looked for
 * @param metadataBytes bytes that held the policy's own state at the end; 0 where that is not known
 * @param metadataRatio the same in proportion to {@code capacityBytes}
 * @param availability how many more parts of one size could have been had, at the moments of {@code fragmentation}
 * @param meanFragmentation mean over {@code fragmentation}
 * @param worstFragmentation maximum over {@code fragmentation}
 * @param fragmentation the pool at evenly spaced moments
 */
public record ReplayReport(
        String trace,
        String policy,
        int operations,
        long shares,
        long loans,
        long peakLiveBytes,
        long capacityBytes,
        boolean success,
        long failures,
        @Nullable FirstFailure firstFailure,
        @Nullable Long minPoolBytes,
        @Nullable Double footprintRatio,
        @Nullable Long configurePoolBytes,
        @Nullable Double configureRatio,
        @Nullable Long unplannedPoolBytes,
        @Nullable Double unplannedRatio,
        @Nullable MinPool search,
        @Nullable OfflineSummary offline,
        long metadataBytes,
        double metadataRatio,
        PartsLeft availability,
        double meanFragmentation,
        double worstFragmentation,
        List<Timeline.Moment> fragmentation) {

    private static final int MOMENTS = 200;

    /**
     * What was looked for; null what was not.
     *
     * @param smallest the smallest pool
     * @param unplanned the smallest pool without the plan, if there is one
     * @param offline the smallest pool with foresight
     */
    public record Searches(
            @Nullable MinPool smallest,
            @Nullable MinPool unplanned,
            @Nullable OfflineSummary offline) {}

    /**
     * Sums a replay up.
     *
     * @param size whose availability is told, in bytes
     */
    public static ReplayReport of(Replay replay, Policy policy, long capacity, Searches searches, long size) {
        Trace trace = replay.trace();
        List<Timeline.Moment> moments = Timeline.moments(replay, capacity, Math.min(MOMENTS, trace.length()), size);
        long failures = replay.failures();
        MinPool search = searches.smallest();
        Long unplanned =
                searches.unplanned() == null ? null : searches.unplanned().bytes();
        Long smallest = search == null ? null : search.bytes();
        Long configure = search == null ? null : search.configureBytes();
        return new ReplayReport(
                trace.name(),
                policy.label(),
                trace.length(),
                trace.shares(),
                trace.loans(),
                trace.peakLiveBytes(),
                capacity,
                failures == 0,
                failures,
                FirstFailure.of(replay, capacity),
                smallest,
                ratio(smallest, trace),
                configure,
                ratio(configure, trace),
                unplanned,
                ratio(unplanned, trace),
                search,
                searches.offline(),
                replay.metadataBytes(),
                (double) replay.metadataBytes() / capacity,
                PartsLeft.of(size, moments),
                moments.stream()
                        .mapToDouble(Timeline.Moment::fragmentation)
                        .average()
                        .orElse(0),
                moments.stream()
                        .mapToDouble(Timeline.Moment::fragmentation)
                        .max()
                        .orElse(0),
                moments);
    }

    private static @Nullable Double ratio(@Nullable Long bytes, Trace trace) {
        return bytes == null ? null : (double) bytes / trace.peakLiveBytes();
    }
}
