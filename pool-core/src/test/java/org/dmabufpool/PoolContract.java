// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabufpool.alloc.Placement;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every pool does, whatever heap it stands on. */
@Timeout(60)
public abstract class PoolContract {

    private static final long CAPACITY = 4L << 20;

    private DmaBufPool pool;

    /** The heap under test. */
    protected abstract Heap heap();

    /** How it places slices. */
    protected Placement placement() {
        return Placement.EXACT;
    }

    @BeforeEach
    void build() {
        pool = DmaBufPool.builder()
                .name("contract")
                .heap(heap())
                .capacity(CAPACITY)
                .placement(placement())
                .accessTimeout(Duration.ofSeconds(30))
                .build();
    }

    @AfterEach
    void closeAndBalance() {
        if (!pool.isClosed()) {
            PoolStatistics end = pool.statistics();
            assertThat(end.openSlices()).as("a test closes its slices").isZero();
            assertThat(end.usedBytes()).isZero();
            assertThat(end.largestFreeBytes()).as("all coalesced").isEqualTo(CAPACITY);
            pool.close();
        }
    }

    @Test
    void whatIsWrittenIsReadBack() {
        try (Slice slice = pool.allocate(10_000)) {
            fill(slice, 1);
            assertFilled(slice, 1);
        }
    }

    @Test
    void viewsAreOfTheSlicesLengthAndInNativeOrder() {
        try (Slice slice = pool.allocate(1_001)) {
            try (CpuAccess write = slice.write()) {
                assertThat(write.buffer().order()).isEqualTo(ByteOrder.nativeOrder());
                assertThat(write.buffer().capacity()).isEqualTo(1_001);
                assertThat(write.buffer(1_000, 1).capacity()).isEqualTo(1);
                assertThat(write.buffer(1_001, 0).capacity()).isZero();
            }
            try (CpuAccess read = slice.read()) {
                assertThat(read.buffer().order()).isEqualTo(ByteOrder.nativeOrder());
                assertThat(read.buffer().isReadOnly()).isTrue();
                assertThatThrownBy(() -> read.buffer().put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
            }
        }
    }

    @Test
    void viewsStayWithinTheSlice() {
        try (Slice slice = pool.allocate(1_000);
                CpuAccess access = slice.readWrite()) {
            assertThatThrownBy(() -> access.buffer(0, 1_001)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> access.buffer(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> access.buffer(1, -1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> access.buffer(Long.MAX_VALUE, 1))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("offset=" + Long.MAX_VALUE);
            assertThatThrownBy(() -> access.buffer().get(1_000)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void slicesDoNotShareBytesNorCacheLines() {
        SplittableRandom random = new SplittableRandom(1);
        List<Slice> slices = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            slices.add(pool.allocate(1 + random.nextInt(60_000)));
            fill(slices.get(i), i);
        }
        for (int i = 0; i < slices.size(); i++) {
            assertFilled(slices.get(i), i);
            assertThat(slices.get(i).offset() % pool.alignment()).isZero();
            assertThat(slices.get(i).reservedLength() % pool.alignment()).isZero();
        }
        slices.forEach(Slice::close);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, CAPACITY + 1})
    void lengthsThatNoPoolCanGiveAreRefused(long bytes) {
        PoolStatistics before = pool.statistics();
        assertThatThrownBy(() -> pool.allocate(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes=" + bytes)
                .hasMessageContaining("contract");
        assertThatThrownBy(() -> pool.tryAllocate(bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pool.allocate(bytes, Duration.ofDays(1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(pool.statistics().invalid()).isEqualTo(before.invalid() + 3);
        assertThat(pool.statistics().usedBytes()).isEqualTo(before.usedBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {3, -128, 129, Long.MIN_VALUE})
    void alignmentsThatAreNoPowerOfTwoAreRefused(long alignment) {
        assertThatThrownBy(() -> SliceRequest.of(1).alignment(alignment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alignment=" + alignment);
    }

    @Test
    void anAlignmentBeyondThePoolIsRefused() {
        assertThatThrownBy(() -> pool.allocate(SliceRequest.of(1).alignment(2 * CAPACITY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alignment=" + 2 * CAPACITY);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 128, 4096, 65_536, 1 << 20})
    void alignmentIsKept(long alignment) {
        try (Slice first = pool.allocate(1);
                Slice second = pool.allocate(SliceRequest.of(5_000).alignment(alignment))) {
            assertThat(first.offset()).isNotEqualTo(second.offset());
            assertThat(second.offset() % alignment).isZero();
        }
    }

    @Test
    void closingTwiceIsHarmlessAndReleasingTwiceIsSaid() {
        Slice slice = pool.allocate(SliceRequest.of(77).tag("twice"));
        slice.close();
        Slice next = pool.allocate(77);
        slice.close();
        assertThatThrownBy(slice::release)
                .isInstanceOf(SliceReleasedException.class)
                .hasMessageContaining("twice")
                .hasMessageContaining("77 bytes");
        assertThat(next.isOpen()).isTrue();
        assertThat(pool.statistics().openSlices()).isEqualTo(1);
        next.release();
    }

    @Test
    void aReleasedSliceOpensNoAccess() {
        Slice slice = pool.allocate(SliceRequest.of(77).tag("gone"));
        slice.close();
        assertThat(slice.isOpen()).isFalse();
        for (Direction direction : Direction.values()) {
            assertThatThrownBy(() -> slice.access(direction))
                    .isInstanceOf(SliceReleasedException.class)
                    .hasMessageContaining("gone");
        }
        assertThatThrownBy(slice::windowFd).isInstanceOf(SliceReleasedException.class);
    }

    @Test
    void aSliceWithAnOpenAccessIsNotReleased() {
        Slice slice = pool.allocate(100);
        CpuAccess access = slice.read();
        assertThatThrownBy(slice::close)
                .isInstanceOf(AccessConflictException.class)
                .hasMessageContaining("1 reading accesses open");
        assertThatThrownBy(slice::release).isInstanceOf(AccessConflictException.class);
        assertThat(access.buffer().capacity()).isEqualTo(100);
        assertThat(pool.statistics().openSlices()).isEqualTo(1);
        access.close();
        slice.close();
    }

    @Test
    void aClosedAccessGivesNoViews() {
        try (Slice slice = pool.allocate(100)) {
            CpuAccess access = slice.write();
            access.close();
            access.close();
            assertThatThrownBy(access::buffer)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("access closed");
        }
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void readersGoTogetherAndWritersAlone(Direction second) {
        try (Slice slice = pool.allocate(100)) {
            try (CpuAccess first = slice.read()) {
                if (second == Direction.READ) {
                    slice.access(second).close();
                } else {
                    assertThatThrownBy(() -> slice.access(second)).isInstanceOf(AccessConflictException.class);
                }
                assertThat(first.buffer().capacity()).isEqualTo(100);
            }
            try (CpuAccess first = slice.access(second.writes() ? second : Direction.WRITE)) {
                assertThatThrownBy(() -> slice.access(second))
                        .isInstanceOf(AccessConflictException.class)
                        .hasMessageContaining("1 writing access open");
                assertThat(first.buffer().capacity()).isEqualTo(100);
            }
            slice.write().close();
        }
    }

    @Test
    void oneBracketReadsOneSliceAndWritesAnother() {
        try (Slice from = pool.allocate(50_000);
                Slice to = pool.allocate(50_000)) {
            fill(from, 5);
            try (AccessSet set = pool.access(AccessRequest.write(to), AccessRequest.read(from))) {
                set.buffer(to).put(set.buffer(from));
                assertThat(set.buffer(from).isReadOnly()).isTrue();
                assertThatThrownBy(to::read).isInstanceOf(AccessConflictException.class);
                assertThatThrownBy(from::write).isInstanceOf(AccessConflictException.class);
                assertThatThrownBy(from::close).isInstanceOf(AccessConflictException.class);
            }
            assertFilled(to, 5);
            try (AccessSet set = pool.access(AccessRequest.read(from), AccessRequest.readWrite(to))) {
                assertThat(set.buffer(to)).isEqualTo(set.buffer(from));
                set.buffer(to, 0, 1).put(0, (byte) 99);
            }
            try (CpuAccess read = to.read()) {
                assertThat(read.buffer().get(0)).isEqualTo((byte) 99);
            }
        }
    }

    @Test
    void oneBracketOpensAllOrNone() {
        try (Slice one = pool.allocate(1_000);
                Slice other = pool.allocate(1_000);
                CpuAccess open = other.read()) {
            assertThatThrownBy(() -> pool.access(AccessRequest.read(one), AccessRequest.write(other)))
                    .isInstanceOf(AccessConflictException.class);
            assertThatThrownBy(() -> pool.access()).isInstanceOf(IllegalArgumentException.class);
            Slice closed = pool.allocate(1_000);
            closed.close();
            assertThatThrownBy(() -> pool.access(AccessRequest.read(one), AccessRequest.read(closed)))
                    .isInstanceOf(SliceReleasedException.class);
            assertThat(open.buffer().capacity()).isEqualTo(1_000);
            open.close();
            fill(one, 1);
            fill(other, 2);
            assertFilled(one, 1);
        }
    }

    @Test
    void aSharedSliceStaysUntilItsLastOwnerHasClosed() {
        Slice preview = pool.allocate(SliceRequest.of(10_000).tag("preview"));
        fill(preview, 3);
        Slice encoder = preview.share("encoder");
        assertThat(encoder.offset()).isEqualTo(preview.offset());
        assertThat(encoder.tag()).isEqualTo("encoder");
        assertThat(pool.statistics().openSlices()).isEqualTo(1);
        assertThat(pool.statistics().openOwners()).isEqualTo(2);
        try (CpuAccess access = encoder.read()) {
            assertThat(access.buffer().capacity()).isEqualTo(10_000);
            assertThatThrownBy(encoder::close).isInstanceOf(AccessConflictException.class);
            assertThatThrownBy(preview::write).isInstanceOf(AccessConflictException.class);
            preview.close();
        }
        assertThat(preview.isOpen()).isFalse();
        assertFilled(encoder, 3);
        preview.close();
        assertThatThrownBy(() -> preview.share("late")).isInstanceOf(SliceReleasedException.class);
        Slice third = encoder.share("third");
        encoder.close();
        encoder.close();
        assertFilled(third, 3);
        assertThat(pool.statistics().usedBytes()).isEqualTo(third.reservedLength());
        third.close();
    }

    @Test
    void cpuAndDevicesExcludeEachOtherAtOnceAndByName() {
        try (Slice slice = pool.allocate(10_000)) {
            for (Direction device : Direction.values()) {
                try (Loan loan = slice.lend(device, "encoder")) {
                    assertThat(loan.range().offset()).isEqualTo(slice.offset());
                    assertThat(loan.range().length()).isEqualTo(10_000);
                    assertThat(pool.statistics().openLoans()).isEqualTo(1);
                    for (Direction cpu : Direction.values()) {
                        if (device.writes() || cpu.writes()) {
                            assertThatThrownBy(() -> slice.access(cpu))
                                    .isInstanceOf(AccessConflictException.class)
                                    .hasMessageContaining("lent to 'encoder' for " + device);
                        } else {
                            slice.access(cpu).close();
                        }
                    }
                }
            }
            try (CpuAccess write = slice.write()) {
                assertThat(write.direction()).isEqualTo(Direction.WRITE);
                for (Direction device : Direction.values()) {
                    assertThatThrownBy(() -> slice.lend(device, "encoder"))
                            .isInstanceOf(AccessConflictException.class)
                            .hasMessageContaining("1 writing access open");
                }
            }
            try (CpuAccess read = slice.read();
                    Loan loan = slice.lend(Direction.READ, "one");
                    Loan other = slice.lend(Direction.READ, "other")) {
                assertThat(read.buffer().capacity()).isEqualTo(10_000);
                assertThat(loan.isOpen() && other.isOpen()).isTrue();
                assertThatThrownBy(() -> slice.lend(Direction.WRITE, "camera"))
                        .isInstanceOf(AccessConflictException.class)
                        .hasMessageContaining("'one'")
                        .hasMessageContaining("'other'");
            }
            fill(slice, 1);
            assertFilled(slice, 1);
        }
    }

    @Test
    void aPlaceIsRetiringUntilItsLastLoanHasEnded() {
        Slice slice = pool.allocate(SliceRequest.of(CAPACITY).tag("frame"));
        Loan one = slice.lend(Direction.READ, "encoder");
        Loan other = slice.lend(Direction.READ, "display");
        slice.close();
        assertThat(slice.isOpen()).isFalse();
        PoolStatistics retiring = pool.statistics();
        assertThat(retiring.openSlices()).isZero();
        assertThat(retiring.retiringSlices()).isEqualTo(1);
        assertThat(retiring.retiringBytes()).isEqualTo(retiring.usedBytes()).isEqualTo(CAPACITY);
        assertThat(retiring.openLoans()).isEqualTo(2);
        assertThat(retiring.releases()).isEqualTo(retiring.allocations());
        assertThatThrownBy(() -> pool.allocate(1))
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("retiring")
                .hasMessageContaining("encoder");
        one.close();
        one.close();
        assertThat(one.isOpen()).isFalse();
        assertThatThrownBy(one::range).isInstanceOf(LoanEndedException.class);
        assertThat(pool.tryAllocate(1)).isEmpty();
        other.close();
        assertThat(pool.statistics().usedBytes()).isZero();
        pool.allocate(CAPACITY).close();
    }

    @Test
    void whoWaitsForSpaceIsServedWhenTheLastLoanEnds() throws Exception {
        Slice slice = pool.allocate(CAPACITY);
        Loan loan = slice.lend(Direction.WRITE, "camera");
        slice.close();
        inThread(executor -> {
            Future<Slice> waiting = executor.submit(() -> pool.allocate(1, Duration.ofSeconds(50)));
            awaitWaiting(waiting);
            loan.close();
            waiting.get(50, TimeUnit.SECONDS).close();
        });
    }

    @Test
    void aLoanAndAnOwnerHaveOneEndByHandleToo() {
        SliceHandles handles = pool.handles();
        long owner = handles.allocate(1_000, 0, "frame");
        long further = handles.share(owner, "encoder");
        long loan = handles.lend(further, Direction.READ, "display");
        assertThat(new long[] {owner, further, loan}).doesNotHaveDuplicates();
        assertThatThrownBy(() -> handles.endLoan(owner)).isInstanceOf(LoanEndedException.class);
        assertThatThrownBy(() -> handles.release(loan)).isInstanceOf(SliceReleasedException.class);
        assertThatThrownBy(() -> handles.start(loan, Direction.READ)).isInstanceOf(SliceReleasedException.class);
        handles.start(further, Direction.READ);
        assertThatThrownBy(() -> handles.end(owner, Direction.READ)).isInstanceOf(AccessConflictException.class);
        assertThatThrownBy(() -> handles.end(further, Direction.WRITE)).isInstanceOf(AccessConflictException.class);
        handles.end(further, Direction.READ);
        handles.release(owner);
        assertThatThrownBy(() -> handles.release(owner)).isInstanceOf(SliceReleasedException.class);
        handles.release(further);
        assertThat(handles.isLoanOpen(loan)).isTrue();
        assertThat(pool.statistics().retiringSlices()).isEqualTo(1);
        handles.endLoan(loan);
        assertThatThrownBy(() -> handles.endLoan(loan)).isInstanceOf(LoanEndedException.class);
        assertThat(handles.isLoanOpen(loan)).isFalse();
    }

    @Test
    void byHandleOneBracketReadsOneSliceAndWritesAnother() {
        SliceHandles handles = pool.handles();
        long from = handles.allocate(1_000);
        long to = handles.allocate(1_000);
        handles.startBoth(from, to, Direction.WRITE);
        handles.view(to, 0, 1_000).put(handles.view(from, 0, 1_000));
        assertThatThrownBy(() -> handles.start(to, Direction.READ)).isInstanceOf(AccessConflictException.class);
        handles.endBoth(from, to, Direction.WRITE);
        assertThatThrownBy(() -> handles.endBoth(from, to, Direction.WRITE))
                .isInstanceOf(AccessConflictException.class);
        handles.start(to, Direction.READ, 100, 200);
        assertThatThrownBy(() -> handles.start(from, Direction.READ, 900, 200))
                .isInstanceOf(IndexOutOfBoundsException.class);
        handles.end(to, Direction.READ, 100, 200);
        handles.release(from);
        handles.release(to);
    }

    @Test
    void closingThePoolNamesLoans() {
        Slice slice = pool.allocate(SliceRequest.of(1_000).tag("frame"));
        Loan loan = slice.lend(Direction.WRITE, "camera");
        slice.close();
        assertThatThrownBy(pool::close)
                .isInstanceOf(OpenSlicesException.class)
                .hasMessageContaining("1 loans")
                .hasMessageContaining("loan to 'camera' for WRITE of slice 'frame'");
        PoolStatistics last = pool.statistics();
        assertThat(last.usedBytes()).isEqualTo(slice.reservedLength());
        assertThat(pool.dump()).contains("retiring");
        assertThatThrownBy(loan::range).isInstanceOf(PoolClosedException.class);
        loan.close();
        assertThat(pool.statistics().usedBytes()).isEqualTo(last.usedBytes());
    }

    @Test
    void hugeTimeoutsAreAsLongAsCanBe() {
        try (Slice all = pool.allocate(CAPACITY)) {
            assertThatThrownBy(() -> pool.allocate(1, Duration.ofSeconds(Long.MIN_VALUE)))
                    .isInstanceOf(PoolExhaustedException.class);
            all.access(Direction.READ, Duration.ofSeconds(Long.MAX_VALUE)).close();
        }
    }

    @Test
    void exhaustionSaysWhatWasAskedWhatIsFreeAndWhoHoldsIt() {
        Slice held = pool.allocate(SliceRequest.of(2L << 20).tag("raw"));
        PoolStatistics before = pool.statistics();
        assertThatThrownBy(() -> pool.allocate(SliceRequest.of(3L << 20).tag("jpeg")))
                .isInstanceOfSatisfying(PoolExhaustedException.class, e -> {
                    assertThat(e.requestedBytes()).isEqualTo(3L << 20);
                    assertThat(e.freeBytes()).isEqualTo(2L << 20);
                    assertThat(e.largestFreeBytes()).isEqualTo(2L << 20);
                    assertThat(e.isFragmented()).isFalse();
                })
                .hasMessageContaining("requested=3145728")
                .hasMessageContaining("free=2097152")
                .hasMessageContaining("raw: 1 slices, 2097152 bytes");
        assertThat(pool.tryAllocate(3L << 20)).isEmpty();
        assertThat(pool.statistics().exhausted()).isEqualTo(before.exhausted() + 2);
        assertThat(pool.statistics().usedBytes()).isEqualTo(before.usedBytes());
        held.close();
        pool.tryAllocate(3L << 20).orElseThrow().close();
    }

    @Test
    void fragmentationIsToldFromExhaustion() {
        List<Slice> quarters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            quarters.add(pool.allocate(1L << 20));
        }
        quarters.get(0).close();
        quarters.get(2).close();
        assertThatThrownBy(() -> pool.allocate(2L << 20))
                .isInstanceOfSatisfying(
                        PoolExhaustedException.class,
                        e -> assertThat(e.isFragmented()).isTrue())
                .hasMessageContaining("not in one piece");
        assertThat(pool.statistics().fragmented()).isEqualTo(1);
        quarters.forEach(Slice::close);
    }

    @Test
    void allocateWaitsForARelease() throws Exception {
        Slice held = pool.allocate(CAPACITY);
        inThread(executor -> {
            Future<Slice> waiting = executor.submit(() -> pool.allocate(1, Duration.ofSeconds(50)));
            awaitWaiting(waiting);
            held.close();
            waiting.get(50, TimeUnit.SECONDS).close();
        });
    }

    @Test
    void aWaitEndsWithItsTimeout() {
        Slice held = pool.allocate(CAPACITY);
        assertThatThrownBy(() -> pool.allocate(1, Duration.ofMillis(5)))
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("after a wait of 5 ms");
        assertThatThrownBy(() -> pool.allocate(1, Duration.ofDays(-1))).isInstanceOf(PoolExhaustedException.class);
        held.close();
    }

    @Test
    void anInterruptEndsAWaitAndStaysSet() throws Exception {
        Slice held = pool.allocate(CAPACITY);
        AtomicReference<Thread> waiter = new AtomicReference<>();
        inThread(executor -> {
            Future<Boolean> interrupted = executor.submit(() -> {
                waiter.set(Thread.currentThread());
                assertThatThrownBy(() -> pool.allocate(1, Duration.ofDays(100_000_000)))
                        .isInstanceOf(PoolExhaustedException.class)
                        .hasMessageContaining("interrupted");
                return Thread.currentThread().isInterrupted();
            });
            await().until(() -> waiter.get() != null);
            waiter.get().interrupt();
            assertThat(interrupted.get(50, TimeUnit.SECONDS)).isTrue();
        });
        held.close();
    }

    @Test
    void closingThePoolEndsWaits() throws Exception {
        Slice held = pool.allocate(CAPACITY);
        inThread(executor -> {
            Future<?> waiting = executor.submit(() -> assertThatThrownBy(() -> pool.allocate(1, Duration.ofDays(1)))
                    .isInstanceOf(PoolClosedException.class));
            awaitWaiting(waiting);
            assertThatThrownBy(pool::close).isInstanceOf(OpenSlicesException.class);
            waiting.get(50, TimeUnit.SECONDS);
        });
        held.close();
    }

    @Test
    void closingThePoolNamesTheSlicesThatWereOpen() {
        Slice preview = pool.allocate(SliceRequest.of(1_000).tag("preview"));
        Slice raw = pool.allocate(SliceRequest.of(2_000).tag("raw"));
        CpuAccess access = raw.write();
        ByteBuffer stale = access.buffer();
        assertThatThrownBy(pool::close)
                .isInstanceOf(OpenSlicesException.class)
                .hasMessageContaining("2 slices open")
                .hasMessageContaining("'preview' at " + preview.offset() + ", 1000 bytes")
                .hasMessageContaining("'raw' at " + raw.offset() + ", 2000 bytes")
                .hasMessageContaining("1 writing access open");
        stale.put(0, (byte) 1);
        assertThat(stale.capacity()).isEqualTo(2_000);
        assertThat(raw.isOpen()).isFalse();
        assertThatThrownBy(access::buffer).isInstanceOf(PoolClosedException.class);
        assertThatThrownBy(raw::read).isInstanceOf(PoolClosedException.class);
        assertThatThrownBy(preview::windowFd).isInstanceOf(PoolClosedException.class);
        assertThatThrownBy(() -> pool.allocate(1)).isInstanceOf(PoolClosedException.class);
        access.close();
        raw.close();
        preview.close();
        pool.close();
    }

    @Test
    void aWindowIsADescriptorOrARefusal() {
        try (Slice slice = pool.allocate(5_000)) {
            if (pool.statistics().syncWay() == SyncWay.WINDOW && slice.reservedLength() % 4096 == 0) {
                windowOrNone(slice);
            } else {
                assertThatThrownBy(slice::windowFd).isInstanceOf(UnsupportedOperationException.class);
            }
        }
    }

    private static void windowOrNone(Slice slice) {
        try {
            assertThat(slice.windowFd()).isGreaterThan(2).isEqualTo(slice.windowFd());
        } catch (UnsupportedOperationException e) {
            assertThat(e).hasMessageContaining("no descriptor");
        }
    }

    @Test
    void statisticsAddUp() {
        Slice first = pool.allocate(1_000);
        Slice second = pool.allocate(100_000);
        fill(first, 1);
        PoolStatistics two = pool.statistics();
        assertThat(two.name()).isEqualTo("contract");
        assertThat(two.usedBytes()).isEqualTo(first.reservedLength() + second.reservedLength());
        assertThat(two.usedBytes() + two.freeBytes()).isEqualTo(two.capacityBytes());
        assertThat(two.requestedBytes()).isEqualTo(101_000);
        assertThat(two.openSlices()).isEqualTo(2);
        assertThat(two.sync().bytesAsked()).isEqualTo(2 * first.reservedLength());
        assertThat(two.sync().bytesWholeBuffer()).isEqualTo(2 * CAPACITY);
        assertThat(two.sync().callCount()).isEqualTo(two.syncWay() == SyncWay.NONE ? 0 : 2);
        second.close();
        first.close();
        PoolStatistics none = pool.statistics();
        assertThat(none.peakUsedBytes()).isEqualTo(two.usedBytes());
        assertThat(none.allocations()).isEqualTo(2).isEqualTo(none.releases());
    }

    @Test
    void twoThreadsShareThePoolAndNoByte() throws Exception {
        inThread(executor -> {
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < 2; worker++) {
                int seed = worker;
                workers.add(executor.submit(() -> hammer(seed)));
            }
            for (Future<?> worker : workers) {
                worker.get(50, TimeUnit.SECONDS);
            }
        });
    }

    private void hammer(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            try (Slice slice = pool.allocate(1 + random.nextInt(20_000))) {
                fill(slice, seed * 1_000 + round);
                assertFilled(slice, seed * 1_000 + round);
            }
        }
    }

    private static void fill(Slice slice, int seed) {
        try (CpuAccess access = slice.write()) {
            ByteBuffer view = access.buffer();
            for (int at = 0; at < view.capacity(); at++) {
                view.put(at, (byte) (at * 31 + seed));
            }
        }
    }

    private static void assertFilled(Slice slice, int seed) {
        try (CpuAccess access = slice.read()) {
            ByteBuffer view = access.buffer();
            for (int at = 0; at < view.capacity(); at++) {
                if (view.get(at) != (byte) (at * 31 + seed)) {
                    throw new AssertionError("byte " + at + " of " + slice + " is " + view.get(at));
                }
            }
        }
    }

    /** Code that is given another thread. */
    @FunctionalInterface
    private interface ThreadUse {
        void with(ExecutorService executor) throws Exception;
    }

    private static void inThread(ThreadUse use) throws Exception {
        ExecutorService executor = Executors.newCachedThreadPool();
        try {
            use.with(executor);
        } finally {
            executor.shutdownNow();
        }
    }

    private void awaitWaiting(Future<?> future) {
        await().until(() -> future.isDone() || pool.waiters() > 0);
        assertThat(future.isDone()).as("waits for space").isFalse();
    }
}
