// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.oom.AllocationPoints;

/**
 * A random walk of calls, each of which may run out of memory at a random place. After each the sums must be those of before or of
 * after the call; at the end all must be free. Loaded by a loader that instruments the core.
 */
public final class OutOfMemoryWalk {

    private static final int MOST = 40;
    private static final long CAPACITY = 4 << 20;

    /** More points than most calls have. */
    private static final int POINTS = 12;

    /** What is told of the pool. */
    private static final class Ears implements PoolObserver {
        @Override
        public void allocated(SliceFacts slice, long nanos) {
            new ArrayList<>(List.of(slice)).clear();
        }
    }

    private final DmaBufPool pool;
    private final SliceStore store;
    private final SplittableRandom random;
    private final List<Slice> owners = new ArrayList<>();
    private final List<Loan> loans = new ArrayList<>();
    private final List<Long> handles = new ArrayList<>();
    private final List<Long> handleLoans = new ArrayList<>();
    private final List<CompletableFuture<Slice>> answers = new ArrayList<>();
    private int failed;
    private int step;

    private OutOfMemoryWalk(DmaBufPool pool, long seed) {
        this.pool = pool;
        try (Slice any = pool.allocate(1)) {
            this.store = any.store();
        }
        this.random = new SplittableRandom(seed);
    }

    /**
     * Walks until so many calls have failed.
     *
     * @return what was wrong, or an empty text
     */
    public static String walk(String way, long seed, int failures) {
        ModelHeap heap = ModelHeap.supporting(SyncWay.valueOf(way)).withSeed(seed);
        DmaBufPool pool = DmaBufPool.builder()
                .name("walk")
                .heap(heap)
                .capacity(CAPACITY)
                .statistics(seed % 2 == 0)
                .observer(new Ears())
                .build();
        OutOfMemoryWalk walk = new OutOfMemoryWalk(pool, seed);
        try {
            walk.run(failures);
            return heap.violations().isEmpty() ? "" : heap.violations().get(0).toString();
        } catch (RuntimeException | Error e) {
            AllocationPoints.failNoMore();
            e.addSuppressed(AllocationPoints.lastFailure());
            StringWriter text = new StringWriter();
            e.printStackTrace(new PrintWriter(text));
            return way + ", seed " + seed + ", step " + walk.step + ": " + text;
        } finally {
            try {
                pool.close();
            } catch (OpenSlicesException ofAFailedWalk) {
                // What is wrong was told.
            }
        }
    }

    private void run(int failures) {
        // A class whose initialization fails stays unusable.
        PoolObserver.Refusal.values();
        look();
        while (failed < failures) {
            step++;
            AllocationPoints.failAfter(random.nextInt(POINTS), random.nextInt(4) == 0);
            try {
                call(random.nextInt(14));
            } catch (OutOfMemoryError e) {
                requireInjected(e);
                failed++;
            } finally {
                AllocationPoints.failNoMore();
            }
            collectAnswers();
            check();
        }
        closeAll();
    }

    private static void requireInjected(OutOfMemoryError e) {
        if (!"injected".equals(e.getMessage())) {
            throw e;
        }
    }

    private void call(int what) {
        switch (what) {
            case 0, 1 -> allocate();
            case 2 -> share();
            case 3 -> closeOwner();
            case 4 -> lend();
            case 5 -> endLoan();
            case 6 -> access();
            case 7 -> allocateHandle();
            case 8 -> releaseHandle();
            case 9 -> useHandle();
            case 10 -> endHandleLoan();
            case 11 -> allocateLater();
            case 12 -> cancel();
            default -> look();
        }
    }

    private int length() {
        return switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(300);
            case 1 -> 1 + random.nextInt(5_000);
            case 2 -> 1 + random.nextInt(40_000);
            default -> 1 + random.nextInt(200_000);
        };
    }

    private long alignment() {
        return random.nextInt(4) == 0 ? 4096L << random.nextInt(4) : 128;
    }

    // The lists have room and are changed after a call that did not throw.

    private void allocate() {
        if (owners.size() < MOST) {
            pool.tryAllocate(SliceRequest.of(length()).alignment(alignment()).tag("tag" + random.nextInt(3)))
                    .ifPresent(owners::add);
        }
    }

    /** Half of the pool: it has to wait, as a rule. */
    private void allocateLater() {
        if (answers.size() < 4 && owners.size() < MOST) {
            SliceRequest request =
                    SliceRequest.of(CAPACITY / 2 - random.nextInt(100_000)).tag("later");
            answers.add(pool.allocateAsync(
                    random.nextBoolean() ? request.urgent() : request, Duration.ofDays(1), Runnable::run));
        }
    }

    private void cancel() {
        if (!answers.isEmpty()) {
            any(answers).cancel(false);
        }
    }

    /** Requests that were served by what was called last are owners now; for want of memory they may have failed. */
    private void collectAnswers() {
        for (CompletableFuture<Slice> answer : List.copyOf(answers)) {
            if (answer.isDone()) {
                answers.remove(answer);
                if (!answer.isCompletedExceptionally()) {
                    owners.add(answer.join());
                }
            }
        }
    }

    private void share() {
        if (!owners.isEmpty() && owners.size() < MOST) {
            owners.add(any(owners).share("shared"));
        }
    }

    private void closeOwner() {
        if (owners.isEmpty()) {
            return;
        }
        int at = random.nextInt(owners.size());
        Slice owner = owners.get(at);
        try {
            owner.close();
        } finally {
            if (!owner.isOpen()) {
                owners.remove(at);
            }
        }
    }

    private void lend() {
        if (!owners.isEmpty() && loans.size() < MOST) {
            Direction direction = Direction.values()[random.nextInt(3)];
            try {
                loans.add(any(owners).lend(direction, "device" + random.nextInt(3)));
            } catch (AccessConflictException lentAlready) {
                // As the rules are.
            }
        }
    }

    private void endLoan() {
        if (loans.isEmpty()) {
            return;
        }
        int at = random.nextInt(loans.size());
        Loan loan = loans.get(at);
        try {
            loan.close();
        } finally {
            if (!loan.isOpen()) {
                loans.remove(at);
            }
        }
    }

    private void access() {
        if (owners.isEmpty()) {
            return;
        }
        Slice owner = any(owners);
        Direction direction = Direction.values()[random.nextInt(3)];
        boolean part = random.nextBoolean();
        CpuAccess access;
        try {
            access = part
                    ? owner.access(direction, List.of(new SliceRange(0, 1), new SliceRange(owner.length() - 1, 1)))
                    : owner.access(direction);
        } catch (AccessConflictException lent) {
            return;
        }
        try {
            ByteBuffer view = access.buffer(0, 1);
            if (direction.writes()) {
                view.put(0, (byte) 1);
            }
        } finally {
            closeForSure(access);
        }
    }

    /** A close that failed is made again, with memory. */
    private static void closeForSure(CpuAccess access) {
        try {
            access.close();
        } catch (OutOfMemoryError e) {
            AllocationPoints.failNoMore();
            access.close();
            throw e;
        }
    }

    private void allocateHandle() {
        if (handles.size() < MOST) {
            long handle = pool.handles().tryAllocate(length(), alignment(), "handle");
            if (handle >= 0) {
                handles.add(handle);
            }
        }
    }

    private void releaseHandle() {
        if (handles.isEmpty()) {
            return;
        }
        int at = random.nextInt(handles.size());
        long handle = handles.get(at);
        try {
            pool.handles().release(handle);
        } finally {
            AllocationPoints.failNoMore();
            if (!pool.handles().isOpen(handle)) {
                handles.remove(at);
            }
        }
    }

    private void useHandle() {
        if (handles.isEmpty()) {
            return;
        }
        long handle = handles.get(random.nextInt(handles.size()));
        try {
            pool.handles().start(handle, Direction.READ_WRITE);
        } catch (AccessConflictException lent) {
            return;
        }
        try {
            pool.handles().end(handle, Direction.READ_WRITE);
        } catch (OutOfMemoryError e) {
            AllocationPoints.failNoMore();
            endIfOpen(handle);
            throw e;
        }
        if (handleLoans.size() < MOST) {
            handleLoans.add(pool.handles().lend(handle, Direction.READ, "by handle"));
        }
    }

    private void endIfOpen(long handle) {
        try {
            pool.handles().end(handle, Direction.READ_WRITE);
        } catch (AccessConflictException ended) {
            // The failure came after the end.
        }
    }

    private void endHandleLoan() {
        if (handleLoans.isEmpty()) {
            return;
        }
        int at = random.nextInt(handleLoans.size());
        long loan = handleLoans.get(at);
        try {
            pool.handles().endLoan(loan);
        } finally {
            AllocationPoints.failNoMore();
            if (!pool.handles().isLoanOpen(loan)) {
                handleLoans.remove(at);
            }
        }
    }

    private void look() {
        pool.statistics();
        pool.dump();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void check() {
        PoolStatistics now = pool.statistics();
        require(
                now.openOwners() == owners.size() + handles.size(),
                "owners",
                now.openOwners(),
                owners.size() + handles.size());
        require(
                now.openLoans() == loans.size() + handleLoans.size(),
                "loans",
                now.openLoans(),
                loans.size() + handleLoans.size());
        if (step % 64 == 0) {
            checkAllocator();
        }
    }

    private void checkAllocator() {
        try {
            Object allocator = store.core().allocator;
            Method check = allocator.getClass().getDeclaredMethod("checkInvariants");
            check.setAccessible(true);
            check.invoke(allocator);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static void require(boolean holds, String what, long is, long expected) {
        if (!holds) {
            throw new AssertionError(what + ": " + is + ", expected " + expected);
        }
    }

    private void closeAll() {
        answers.forEach(answer -> answer.cancel(false));
        collectAnswers();
        require(pool.statistics().waiting() == 0, "waiting", pool.statistics().waiting(), 0);
        loans.forEach(Loan::close);
        handleLoans.forEach(loan -> pool.handles().endLoan(loan));
        owners.forEach(Slice::close);
        handles.forEach(handle -> pool.handles().release(handle));
        // What could not be given back for want of memory is given back now, by this thread or the pool's own.
        await().atMost(20, TimeUnit.SECONDS).pollInSameThread().until(() -> {
            store.checkWaiting();
            return pool.statistics().usedBytes() == 0;
        });
        PoolStatistics now = pool.statistics();
        require(now.openOwners() == 0, "owners", now.openOwners(), 0);
        long whole = pool.handles().tryAllocate(CAPACITY, 0, "whole");
        require(whole >= 0, "all in one piece", whole, 0);
        pool.handles().release(whole);
    }
}
