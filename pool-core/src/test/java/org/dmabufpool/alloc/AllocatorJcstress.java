// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads and one lock or one range, for {@code HandOverJcstressTest}. */
public final class AllocatorJcstress {

    private static final int REFUSED = -1;

    private AllocatorJcstress() {}

    /** Each holder sees what the one before wrote. */
    @JCStressTest
    @Outcome(
            id = {"1, 2", "2, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "one after the other")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both at once, or what was written is not seen")
    @State
    public static class LockAndLock {

        private final AllocatorLock lock = new AllocatorLock(true);
        private int count;

        @Actor
        public void one(II_Result seen) {
            lock.lock();
            seen.r1 = ++count;
            lock.unlock();
        }

        @Actor
        public void other(II_Result seen) {
            lock.lock();
            seen.r2 = ++count;
            lock.unlock();
        }
    }

    /** All of a range is given back by one thread, and taken by another. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "handed over, with what was written in it")
    @Outcome(id = "-1, 1", expect = Expect.ACCEPTABLE, desc = "too early, and there for the next one")
    @Outcome(expect = Expect.FORBIDDEN, desc = "handed over before its end, twice, or lost")
    @State
    public static class FreeAndAllocate {

        private static final long CAPACITY = 4096;

        private final SharedAllocator allocator = new SharedAllocator(AllocatorLayout.ofCapacity(CAPACITY), true, 2);
        private final long part = allocator.allocate(CAPACITY, 1);
        /** Stands for the bytes of the part. */
        private int content;

        @Actor
        public void giveBack() {
            content = 1;
            allocator.free(part);
        }

        @Actor
        public void take(II_Result seen) {
            seen.r1 = allocator.allocate(CAPACITY, 1) < 0 ? REFUSED : content;
        }

        @Arbiter
        public void takeAfterwards(II_Result seen) {
            seen.r2 = allocator.allocate(CAPACITY, 1) < 0 ? 0 : 1;
        }
    }

    /** The range is given back while a request joins the queue. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = Expect.ACCEPTABLE,
            desc = "served, at once or by the release, once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "waits for ever, or told twice")
    @State
    public static class FreeAndQueue {

        private static final long CAPACITY = 4096;

        private final SharedAllocator allocator = new SharedAllocator(AllocatorLayout.ofCapacity(CAPACITY), true, 2);
        private final long part = allocator.allocate(CAPACITY, 1);
        private final SilentRequest request = new SilentRequest(CAPACITY);
        private boolean queued;

        @Actor
        public void giveBack() {
            allocator.free(part);
        }

        @Actor
        public void queue(II_Result seen) {
            queued = allocator.allocateOrQueue(request) < 0;
            seen.r1 = queued ? 0 : 1;
        }

        @Arbiter
        public void look(II_Result seen) {
            seen.r2 = queued && request.part() > 0 ? 1 : 0;
        }
    }

    /** A request leaves the queue while what it waits for is given back. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "left, and all is free")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "served before it could leave")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lost, or still held")
    @State
    public static class FreeAndLeave {

        private static final long CAPACITY = 2 * 4096;

        private final SharedAllocator allocator = new SharedAllocator(AllocatorLayout.ofCapacity(CAPACITY), true, 2);
        private final long part = allocator.allocate(1, 1);
        private final SilentRequest request = new SilentRequest(CAPACITY);
        private final long queued = allocator.allocateOrQueue(request);

        @Actor
        public void giveBack() {
            allocator.free(part);
        }

        @Actor
        public void leave(II_Result seen) {
            seen.r1 = allocator.leaveQueue(request) && queued == OffsetAllocator.QUEUED ? 1 : 0;
        }

        @Arbiter
        public void look(II_Result seen) {
            seen.r2 = allocator.allocate(CAPACITY, 1) < 0 ? 0 : 1;
        }
    }
}
