// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelDevice;
import org.dmabufpool.model.ModelFence;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.model.ModelTransfer;
import org.dmabufpool.sync.AccessBlockedException;

/**
 * A random walk of owners, shares, loans, accesses, fences, windows and releases of overlapping places. What the rules forbid
 * is tried, too, and must be refused and change nothing; whoever looks must see what an array of plain bytes says.
 */
final class LoanWalk {

    private static final int MOST_PLACES = 10;
    private static final int MOST_LOANS = 3;
    private static final int STALE = 64;

    private final DmaBufPool pool;
    private final ModelHeap heap;
    private final SplittableRandom random;
    private final ModelDevice[] devices;
    private final int longest;
    private final boolean wholeBuffer;
    private final List<Place> places = new ArrayList<>();
    /** Owners and loans that were closed before; closed again they must touch nobody. */
    private final Deque<Slice> closedOwners = new ArrayDeque<>();

    private final Deque<Long> staleHandles = new ArrayDeque<>();
    private final SliceStore store;
    private long comparisons;
    private int steps;

    LoanWalk(DmaBufPool pool, ModelHeap heap, long seed) {
        this.pool = pool;
        this.heap = heap;
        this.random = new SplittableRandom(seed);
        this.devices = new ModelDevice[] {heap.device("sensor"), heap.device("encoder"), heap.device("display")};
        this.longest = pool.alignment() > 128 ? 10_000 : 1_500;
        this.wholeBuffer = pool.statistics().syncWay() == SyncWay.WHOLE;
        try (Slice any = pool.allocate(1)) {
            this.store = any.store();
        }
    }

    /** A slice, who uses it, and its bytes. */
    private static final class Place {
        final long slot;
        final long offset;
        final long reserved;
        final List<Slice> owners = new ArrayList<>();
        final List<Lent> loans = new ArrayList<>();
        byte[] expected;
        /** A fence on the window that keeps the place. */
        ModelFence fence;

        Place(Slice slice) {
            this.slot = SlotTable.slot(slice.handle());
            this.offset = slice.offset();
            this.reserved = slice.reservedLength();
            this.owners.add(slice);
            this.expected = new byte[(int) slice.length()];
        }

        boolean isWrittenByDevice() {
            return loans.stream().anyMatch(lent -> lent.loan.direction().writes());
        }

        boolean isKept() {
            return !owners.isEmpty() || !loans.isEmpty() || fence != null;
        }
    }

    /** A loan, and what its device does meanwhile. */
    private record Lent(Loan loan, ModelDevice device, ModelTransfer transfer, byte[] written, ModelFence fence) {}

    void run(int count) {
        for (steps = 0; steps < count; steps++) {
            step();
            places.removeIf(place -> !place.isKept());
            if (steps % 16 == 0) {
                checkSums();
            }
        }
        while (!places.isEmpty()) {
            Place place = places.get(0);
            while (!place.loans.isEmpty()) {
                endLoan(place);
            }
            while (!place.owners.isEmpty()) {
                closeOwner(place);
            }
            signal(place);
            places.removeIf(one -> !one.isKept());
        }
        checkSums();
        assertThat(heap.violations()).isEmpty();
        assertThat(pool.statistics().usedBytes()).isZero();
        assertThat(comparisons).isPositive();
    }

    int steps() {
        return steps;
    }

    private void step() {
        if (wholeBuffer && random.nextInt(8) == 0) {
            endWritingLoans(); // Else there is hardly a moment at which the CPU may write.
            places.removeIf(place -> !place.isKept());
        }
        int what = random.nextInt(100);
        if (places.isEmpty() || what < 14) {
            allocate();
        } else if (what < 20) {
            share(any());
        } else if (what < 34) {
            closeOwner(any());
        } else if (what < 41) {
            cpuWrite(any());
        } else if (what < 44) {
            writePartWhileAnotherIsWritten(any(), any());
        } else if (what < 52) {
            cpuRead(any());
        } else if (what < 58) {
            readOneWriteAnother(any(), any());
        } else if (what < 72) {
            lend(any());
        } else if (what < 84) {
            endLoan(any());
        } else if (what < 88) {
            deviceWorks(any());
        } else if (what < 91) {
            signal(any());
        } else if (what < 94) {
            closeStale();
        } else if (what < 97) {
            useByHandle();
        } else {
            heap.disturb();
        }
    }

    private void endWritingLoans() {
        for (Place place : places) {
            if (place.isWrittenByDevice()) {
                endLoan(place);
            }
        }
    }

    private Place any() {
        return places.get(random.nextInt(places.size()));
    }

    private Slice anyOwner(Place place) {
        return place.owners.get(random.nextInt(place.owners.size()));
    }

    /** The pool's own thread looks at fences, too, and may be about to give a place back. */
    private void checkSums() {
        await().atMost(20, TimeUnit.SECONDS)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(1))
                .untilAsserted(this::compareSums);
    }

    /** used is what is live and what is retiring, and the pool says how much of each. */
    private void compareSums() {
        PoolStatistics now = pool.statistics();
        long used = 0;
        long retiring = 0;
        long owners = 0;
        long loans = 0;
        for (Place place : places) {
            used += place.reserved;
            retiring += place.owners.isEmpty() ? place.reserved : 0;
            owners += place.owners.size();
            loans += place.loans.size();
        }
        assertThat(now.usedBytes()).as("used after %d steps", steps).isEqualTo(used);
        assertThat(now.retiringBytes()).as("retiring after %d steps", steps).isEqualTo(retiring);
        assertThat(now.openOwners()).isEqualTo(owners);
        assertThat(now.openLoans()).isEqualTo(loans);
    }

    private void allocate() {
        if (places.size() == MOST_PLACES) {
            return;
        }
        Optional<Slice> slice =
                pool.tryAllocate(SliceRequest.of(1 + random.nextInt(longest)).tag("walk"));
        slice.map(Place::new).ifPresent(place -> {
            for (Place other : places) {
                assertThat(place.offset < other.offset + other.reserved && other.offset < place.offset + place.reserved)
                        .as("places overlap after %d steps", steps)
                        .isFalse();
            }
            places.add(place);
            if (!cpuWrite(place)) {
                lendToWrite(place);
            }
        });
    }

    private void share(Place place) {
        if (!place.owners.isEmpty() && place.owners.size() < 4) {
            place.owners.add(anyOwner(place).share("shared"));
        }
    }

    private void closeOwner(Place place) {
        if (place.owners.isEmpty()) {
            return;
        }
        Slice owner = place.owners.remove(random.nextInt(place.owners.size()));
        if (place.owners.isEmpty() && place.loans.isEmpty() && place.fence == null && random.nextInt(4) == 0) {
            leaveAFence(place, owner);
        }
        owner.close();
        closedOwners.addLast(owner);
        staleHandles.addLast(owner.handle());
        if (closedOwners.size() > STALE) {
            closedOwners.removeFirst();
            staleHandles.removeFirst();
        }
    }

    /** A device is still at work on the window when the last owner closes. */
    private void leaveAFence(Place place, Slice owner) {
        if (!store.core().planner.hasWindows()) {
            return;
        }
        ModelFence fence = heap.fence();
        try (Loan loan = owner.lend(Direction.READ, "leaves a fence")) {
            loan.importFence(fence.fd());
        } catch (AccessConflictException e) {
            return;
        }
        place.fence = fence;
    }

    private void signal(Place place) {
        if (place.fence == null) {
            return;
        }
        place.fence.signal();
        if (place.owners.isEmpty()) {
            awaitMaintenance(() -> !SlotWord.isHeld(store.core().ledger.state(place.slot)));
            place.fence = null;
        }
    }

    /** Looks at fences until it is so; the pool's own thread may have begun to before. */
    private void awaitMaintenance(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            store.checkWaiting();
        }
    }

    private void closeStale() {
        if (!closedOwners.isEmpty()) {
            Slice owner = closedOwners.removeFirst();
            long handle = staleHandles.removeFirst();
            owner.close();
            assertThat(owner.isOpen()).isFalse();
            assertThatThrownBy(() -> pool.handles().release(handle)).isInstanceOf(SliceReleasedException.class);
            assertThatThrownBy(() -> pool.handles().endLoan(handle)).isInstanceOf(LoanEndedException.class);
            closedOwners.addLast(owner);
            staleHandles.addLast(handle);
        }
    }

    private boolean mayWrite(Place place) {
        return place.loans.isEmpty() && !(wholeBuffer && anyDeviceWrites());
    }

    private boolean anyDeviceWrites() {
        return places.stream().anyMatch(Place::isWrittenByDevice);
    }

    /** Whether the CPU could. */
    private boolean cpuWrite(Place place) {
        if (place.owners.isEmpty()) {
            return false;
        }
        Slice owner = anyOwner(place);
        if (!mayWrite(place)) {
            refused(() -> owner.write());
            return false;
        }
        byte[] fresh = fresh(place.expected.length);
        try (CpuAccess access = owner.write()) {
            access.buffer().put(fresh);
            heap.disturb();
            refused(() -> owner.lend(Direction.READ, "too early"));
        }
        place.expected = fresh;
        return true;
    }

    /** Where a line is written in part its other bytes are read: under whole-buffer sync that would lose what the first wrote. */
    private void writePartWhileAnotherIsWritten(Place first, Place second) {
        if (first == second || first.owners.isEmpty() || second.owners.isEmpty()) {
            return;
        }
        if (!mayWrite(first) || !mayWrite(second)) {
            return;
        }
        int from = random.nextInt(second.expected.length);
        int length = 1 + random.nextInt(second.expected.length - from);
        boolean cuts = from % 128 != 0 || (from + length != second.expected.length && (from + length) % 128 != 0);
        byte[] fresh = fresh(first.expected.length);
        try (CpuAccess one = anyOwner(first).write()) {
            one.buffer().put(fresh);
            first.expected = fresh;
            Slice other = anyOwner(second);
            List<SliceRange> part = List.of(new SliceRange(from, length));
            if (wholeBuffer && cuts) {
                assertThatThrownBy(() -> other.access(Direction.WRITE, part))
                        .isInstanceOf(AccessBlockedException.class);
                return;
            }
            byte[] bytes = fresh(length);
            try (CpuAccess two = other.access(Direction.WRITE, part)) {
                two.buffer().put(bytes);
                heap.disturb();
            }
            System.arraycopy(bytes, 0, second.expected, from, length);
        }
    }

    private void cpuRead(Place place) {
        if (place.owners.isEmpty()) {
            return;
        }
        Slice owner = anyOwner(place);
        if (place.isWrittenByDevice()) {
            refused(() -> owner.read());
            return;
        }
        try (CpuAccess access = owner.read()) {
            heap.disturb();
            compare(place, access.buffer());
            refused(() -> owner.lend(Direction.WRITE, "too early"));
        }
    }

    private void readOneWriteAnother(Place read, Place written) {
        if (read == written || read.owners.isEmpty() || written.owners.isEmpty()) {
            return;
        }
        AccessRequest[] requests = {AccessRequest.read(anyOwner(read)), AccessRequest.write(anyOwner(written))};
        if (read.isWrittenByDevice() || !mayWrite(written)) {
            refused(() -> pool.access(requests));
            return;
        }
        byte[] fresh = fresh(written.expected.length);
        try (AccessSet set = pool.access(requests)) {
            compare(read, set.buffer(requests[0].slice()));
            set.buffer(requests[1].slice()).put(fresh);
            heap.disturb();
        }
        written.expected = fresh;
    }

    private void useByHandle() {
        SliceHandles handles = pool.handles();
        if (wholeBuffer && anyDeviceWrites()) {
            return;
        }
        long handle = handles.tryAllocate(1 + random.nextInt(longest), 0, "handle");
        if (handle < 0) {
            return;
        }
        int length = (int) handles.length(handle);
        byte[] fresh = fresh(length);
        handles.start(handle, Direction.WRITE);
        handles.view(handle, 0, length).put(fresh);
        assertThatThrownBy(() -> handles.end(handle, Direction.READ_WRITE)).isInstanceOf(AccessConflictException.class);
        handles.end(handle, Direction.WRITE);
        long loan = handles.lend(handle, Direction.READ, "by handle");
        handles.release(handle);
        ByteBuffer seen = ByteBuffer.allocate(length);
        devices[0].read(placeOffset(loan), seen);
        assertThat(seen.array()).isEqualTo(fresh);
        handles.endLoan(loan);
        assertThatThrownBy(() -> handles.endLoan(loan)).isInstanceOf(LoanEndedException.class);
    }

    private long placeOffset(long handle) {
        return store.core().offset(store.core().ledger.place(handle));
    }

    private void lend(Place place) {
        if (place.owners.isEmpty() || place.loans.size() == MOST_LOANS) {
            return;
        }
        if (random.nextBoolean()) {
            lendToWrite(place);
            return;
        }
        Slice owner = anyOwner(place);
        if (place.isWrittenByDevice()) {
            refused(() -> owner.lend(Direction.READ, "reader"));
            return;
        }
        ModelFence fence = random.nextInt(3) == 0 ? heap.fence() : null;
        Loan loan = owner.lend(Direction.READ, "reader");
        place.loans.add(new Lent(endingOn(loan, fence), anyDevice(), null, null, fence));
    }

    private void lendToWrite(Place place) {
        Slice owner = anyOwner(place);
        Direction direction = random.nextBoolean() ? Direction.WRITE : Direction.READ_WRITE;
        if (!place.loans.isEmpty()) {
            refused(() -> owner.lend(direction, "writer"));
            return;
        }
        ModelFence fence = random.nextInt(3) == 0 ? heap.fence() : null;
        Loan loan = endingOn(owner.lend(direction, "writer"), fence);
        byte[] written = fresh(place.expected.length);
        ModelDevice device = anyDevice();
        ModelTransfer transfer = device.beginWrite(place.offset, ByteBuffer.wrap(written));
        transfer.progress(random.nextInt(written.length + 1));
        place.loans.add(new Lent(loan, device, transfer, written, fence));
    }

    private static Loan endingOn(Loan loan, ModelFence fence) {
        return fence == null ? loan : loan.closeOn(fence.fd());
    }

    private void deviceWorks(Place place) {
        for (Lent lent : place.loans) {
            if (lent.transfer != null) {
                lent.transfer.progress(random.nextInt(place.expected.length + 1));
            } else {
                deviceReads(place, lent.device);
            }
        }
    }

    private void deviceReads(Place place, ModelDevice device) {
        ByteBuffer seen = ByteBuffer.allocate(place.expected.length);
        device.read(place.offset, seen);
        seen.flip();
        compare(place, seen);
    }

    private void endLoan(Place place) {
        if (place.loans.isEmpty()) {
            return;
        }
        Lent lent = place.loans.remove(random.nextInt(place.loans.size()));
        if (lent.transfer != null) {
            lent.transfer.finish();
            place.expected = lent.written;
        } else {
            deviceReads(place, lent.device);
        }
        if (lent.fence != null) {
            assertThat(lent.loan.isOpen()).isTrue();
            if (random.nextBoolean()) {
                lent.fence.signal();
            } else {
                lent.fence.fail();
            }
            awaitMaintenance(() -> !lent.loan.isOpen());
        } else {
            lent.loan.close();
        }
        assertThat(lent.loan.isOpen()).isFalse();
        lent.loan.close();
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(AccessConflictException.class);
    }

    private void compare(Place place, ByteBuffer seen) {
        comparisons++;
        assertThat(seen.equals(ByteBuffer.wrap(place.expected)))
                .as("bytes of the place at %d after %d steps", place.offset, steps)
                .isTrue();
    }

    private byte[] fresh(int length) {
        byte[] bytes = new byte[length];
        int values = random.nextBoolean() ? 256 : 2;
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt(values);
        }
        return bytes;
    }

    private ModelDevice anyDevice() {
        return devices[random.nextInt(devices.length)];
    }
}
