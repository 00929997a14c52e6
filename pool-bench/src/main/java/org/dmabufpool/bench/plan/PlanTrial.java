// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.Budget;
import org.dmabufpool.alloc.Kind;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.bench.trace.Trace;

/** Plays recordings in pools that are hardly larger than their peaks, to see how good planned places are. */
final class PlanTrial {

    /** The pools, in proportion to the peak: the smaller one serves, the better. */
    private static final double[] POOLS = {1.035, 1.02, 1.01, 1.003};

    /** A recording is not played on once so many requests have failed. */
    private static final int MOST_FAILURES = 1000;
    /** A pool that does not serve counts as so many failures besides. */
    private static final int FAILED_POOL = 20;

    private final long page;
    private final List<Recording> recordings = new ArrayList<>();

    /** A recording, and the class of each of its parts, from 1 on; 0 for none. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Recording(Trace trace, int[] classes) {}

    PlanTrial(List<Trace> traces, RequestClasses classes) {
        page = classes.page();
        for (Trace trace : traces) {
            int[] numbers = new int[trace.parts()];
            for (int part = 0; part < numbers.length; part++) {
                numbers[part] = classes.of(trace.tag(part), trace.size(part)) + 1;
            }
            recordings.add(new Recording(trace, numbers));
        }
    }

    /**
     * How bad places are: the requests that fail, and more for each pool in which any does.
     *
     * @param places offsets of each class in pages
     * @param limit the trial ends as soon as it is certain that the answer is above
     */
    long failures(long[][] places, long limit) {
        long[][] bytes = new long[places.length][];
        for (int i = 0; i < places.length; i++) {
            bytes[i] = places[i].clone();
            for (int j = 0; j < bytes[i].length; j++) {
                bytes[i][j] *= page;
            }
        }
        long sum = 0;
        for (Recording recording : recordings) {
            for (double pool : POOLS) {
                int failures = failures(recording, bytes, (long) (pool * pages(recording.trace())) + 1);
                sum += failures + (failures > 0 ? FAILED_POOL : 0);
                if (sum > limit) {
                    return sum;
                }
            }
        }
        return sum;
    }

    private long pages(Trace trace) {
        return -Math.floorDiv(-trace.peakLiveBytes(), page);
    }

    private int failures(Recording recording, long[][] places, long pages) {
        Trace trace = recording.trace();
        OffsetAllocator allocator = AllocatorLayout.of(pages * page, AllocatorLayout.DEFAULT_GRANULE, page)
                .create(places);
        long[] numbers = new long[trace.parts()];
        int failures = 0;
        for (int i = 0; i < trace.length() && failures < MOST_FAILURES; i++) {
            int part = trace.part(i);
            if (trace.allocates(i)) {
                numbers[part] = allocate(allocator, trace, part, recording.classes()[part]);
                failures += numbers[part] < 0 ? 1 : 0;
            } else if (numbers[part] >= 0) {
                allocator.free(numbers[part]);
            }
        }
        return failures;
    }

    private static long allocate(OffsetAllocator allocator, Trace trace, int part, int planClass) {
        return trace.alignment(part) > allocator.capacity()
                ? OffsetAllocator.NO_SPACE
                : allocator.allocate(trace.size(part), trace.alignment(part), Kind.of(planClass, Budget.NONE));
    }
}
