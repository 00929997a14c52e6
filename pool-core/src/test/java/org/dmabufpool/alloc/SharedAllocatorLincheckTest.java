// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever threads do at once, each answer is one that could have been had one after the other. Parts of one page, so that
 * where a part lies makes no difference to what is refused.
 */
class SharedAllocatorLincheckTest {

    private static final long PAGE = 4096;
    private static final int PAGES = 3;
    private static final int MOST_THREADS = 8;
    private static final int MOST_HELD = 16;
    /** A loop of more steps than a look through the bitmaps has is taken for one without end. */
    private static final int LONGEST_SEARCH = 1000;

    /** What threads do. */
    public abstract static class Threads {

        private final SharedAllocator allocator;
        /** Parts that each thread holds; nobody else looks at them. */
        private final long[][] held = new long[MOST_THREADS][MOST_HELD];

        private final int[] heldCount = new int[MOST_THREADS];
        /** Taken before threads begin, from whatever stripe; given back by one of the threads. */
        private final long[] early;

        private final AtomicInteger earlyGiven = new AtomicInteger();

        Threads(Placement placement) {
            AllocatorLayout layout = AllocatorLayout.ofCapacity(PAGES * PAGE)
                    .withSlabLimit(0)
                    .withWaitingLimit(PAGES * PAGE)
                    .withPlacement(placement);
            allocator = new SharedAllocator(layout, true, 2);
            early = new long[] {allocator.allocate(PAGE, 1), allocator.allocate(PAGE, 1)};
        }

        @Operation
        public boolean take(@Param(gen = ThreadIdGen.class) int thread) {
            long part = allocator.allocate(PAGE, 1);
            if (part < 0) {
                return false;
            }
            held[thread][heldCount[thread]++] = part;
            return true;
        }

        @Operation
        public boolean giveOwn(@Param(gen = ThreadIdGen.class) int thread) {
            if (heldCount[thread] == 0) {
                return false;
            }
            allocator.free(held[thread][--heldCount[thread]]);
            return true;
        }

        @Operation(nonParallelGroup = "early")
        public boolean giveEarly() {
            int next = earlyGiven.getAndIncrement();
            if (next >= early.length) {
                return false;
            }
            allocator.free(early[next]);
            return true;
        }
    }

    /** In exact runs. */
    public static final class Exact extends Threads {
        public Exact() {
            super(Placement.EXACT);
        }
    }

    /** In blocks of a power of two: one of two pages, which is halved and joined, and one of a page. */
    public static final class Buddies extends Threads {
        public Buddies() {
            super(Placement.BUDDY);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Exact.class, Buddies.class})
    void answersAreThoseOfOneAfterTheOtherWhereverThreadsSwitch(Class<?> threads) {
        new ModelCheckingOptions()
                .iterations(Boolean.getBoolean("dmabufpool.deep") ? 20 : threads == Exact.class ? 3 : 1)
                .invocationsPerIteration(100)
                .loopBound(LONGEST_SEARCH)
                .threads(2)
                .actorsPerThread(3)
                .check(threads);
    }
}
