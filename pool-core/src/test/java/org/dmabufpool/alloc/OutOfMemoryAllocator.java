// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.dmabufpool.oom.AllocationPoints;

/**
 * A random walk of calls of a shared allocator, where parts wait in all stripes, each of which may run out of memory at a random
 * place. After each the invariants must hold, and what is used must be what the walk has. Loaded by a loader that instruments
 * the core.
 */
public final class OutOfMemoryAllocator {

    private static final long PAGE = 4096;
    private static final int PAGES = 64;
    private static final int MOST = 300;
    private static final int BUDGETS = 2;
    /** More points than most calls have; those that make the table larger have {@value #MOST_POINTS}, a few times. */
    private static final int POINTS = 8;

    private static final int MOST_POINTS = 40;

    private final SharedAllocator allocator;
    private final Stripes stripes;
    private final SplittableRandom random;
    private final List<Long> parts = new ArrayList<>(2 * MOST);
    private final List<QueuedRequest> waiting = new ArrayList<>(MOST);
    private int failed;
    private int steps;

    private OutOfMemoryAllocator(long seed) {
        random = new SplittableRandom(seed);
        Placement[] placements = Placement.values();
        allocator = Stripes.allocator(AllocatorLayout.ofCapacity(PAGES * PAGE)
                .withPlacement(placements[random.nextInt(placements.length)])
                .withBudgets(List.of(new Budget(8 * PAGE, 20 * PAGE), new Budget(0, 10 * PAGE)))
                .withWaitingLimit(PAGES / 4 * PAGE));
        stripes = new Stripes(allocator);
    }

    /** Walks until so many calls have failed; throws if anything is wrong. */
    public static void walk(long seed, int failures) {
        OutOfMemoryAllocator walk = new OutOfMemoryAllocator(seed);
        try {
            while (walk.failed < failures) {
                walk.step();
                walk.check();
            }
            walk.end();
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ", step " + walk.steps, e);
        }
    }

    private void step() {
        steps++;
        stripes.use(random.nextInt(Stripes.COUNT));
        AllocationPoints.failAfter(
                random.nextInt(random.nextInt(3) == 0 ? MOST_POINTS : POINTS), random.nextInt(4) == 0);
        try {
            call(random.nextInt(12));
        } catch (OutOfMemoryError e) {
            if (!"injected".equals(e.getMessage())) {
                throw e;
            }
            failed++;
        } finally {
            AllocationPoints.failNoMore();
        }
        for (QueuedRequest request : List.copyOf(waiting)) {
            if (request.part() != BlockTable.NONE) {
                parts.add(request.part());
                waiting.remove(request);
            }
        }
    }

    // What is noted has room, and is changed after a call that did not throw.

    private void call(int what) {
        switch (what) {
            case 0, 1, 2, 3, 4 -> allocate();
            case 5, 6 -> free();
            case 7 -> queue();
            case 8 -> leave();
            case 9 -> allocator.availability(size(), random.nextInt(BUDGETS + 1));
            case 10 -> allocator.forEachRegion((offset, length, live) -> {});
            default -> allocator.totals();
        }
    }

    private long size() {
        return switch (random.nextInt(12)) {
            case 0 -> 1 + random.nextInt((int) (8 * PAGE));
            case 1 -> 1 + random.nextInt((int) PAGE);
            default -> 1 + random.nextInt(300);
        };
    }

    private int kind() {
        return Kind.of(0, random.nextInt(3) > 0 ? Budget.NONE : random.nextInt(BUDGETS + 1));
    }

    private void allocate() {
        if (parts.size() < MOST) {
            long part = allocator.allocate(
                    size(), 1L << (random.nextInt(4) == 0 ? 13 + random.nextInt(4) : random.nextInt(8)), kind());
            if (part >= 0) {
                parts.add(part);
            }
        }
    }

    private void free() {
        if (!parts.isEmpty()) {
            int at = random.nextInt(parts.size());
            allocator.free(parts.get(at));
            parts.remove(at);
        }
    }

    private void queue() {
        if (waiting.size() < 4 && parts.size() < MOST) {
            QueuedRequest request =
                    new SilentRequest(random.nextBoolean() ? size() : PAGES / 4 * PAGE, kind(), random.nextBoolean());
            long part = allocator.allocateOrQueue(request);
            if (part == OffsetAllocator.QUEUED) {
                waiting.add(request);
            } else if (part >= 0) {
                parts.add(part);
            }
        }
    }

    private void leave() {
        if (!waiting.isEmpty()) {
            QueuedRequest request = waiting.get(random.nextInt(waiting.size()));
            if (allocator.leaveQueue(request)) {
                waiting.remove(request);
            }
        }
    }

    private void check() {
        allocator.checkInvariants();
        AllocatorTotals totals = allocator.totals();
        long[] sums = new long[2];
        parts.forEach(part -> sums[0] += allocator.reserved(part));
        allocator.forEachRegion((offset, length, live) -> sums[1] += live ? length : 0);
        Invariants.equal("live parts", parts.size(), totals.liveCount());
        Invariants.equal("requests that wait", waiting.size(), totals.queuedRequests());
        Invariants.equal("used bytes", sums[0], totals.usedBytes());
        Invariants.equal("bytes of live regions", sums[1], totals.usedBytes());
    }

    private void end() {
        allocator.dismissQueue();
        parts.forEach(allocator::free);
        Invariants.equal("used bytes at the end", 0, allocator.totals().usedBytes());
    }
}
