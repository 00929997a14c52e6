// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabufpool.AccessConflictException;
import org.dmabufpool.AccessRequest;
import org.dmabufpool.AccessSet;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Loan;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRange;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.sync.AccessBlockedException;
import org.jspecify.annotations.Nullable;

/**
 * Random use of a pool by owners, CPU and devices, each step compared with a plain byte array for each place.
 *
 * <p>A step allocates, shares, opens an access to a slice, to a part of it or to two slices at once, uses an open access, lends, lets a
 * device read or write, ends a loan, leaves a fence, or closes an owner. Accesses and loans stay open over many steps, so that some
 * slices hold bytes that only the CPU has, others bytes that only a device has. What the rules forbid is tried, too, and must be
 * refused. The program keeps the one rule of dma-bufs that the pool cannot check: a WRITE access writes every byte it is
 * opened for. So every mismatch is a fault of what is under test.
 */
final class CoherencyWalk {

    private static final int MOST_PLACES = 24;
    private static final int MOST_LOANS = 3;
    private static final int MOST_OWNERS = 4;
    private static final int STALE = 32;
    private static final int NOISE_BYTES = 1 << 17;
    private static final int LINE = 128;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What the walk came to. */
    record Outcome(long seed, int steps, int comparisons, int refusals, int loans, int mismatches, String first) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "seed %d: %d steps, %d comparisons, %d refusals, %d loans, %d mismatches %s",
                    seed,
                    steps,
                    comparisons,
                    refusals,
                    loans,
                    mismatches,
                    first);
        }
    }

    /** A place, who uses it, and what its bytes must be. */
    private static final class Place {
        final List<Slice> owners = new ArrayList<>();
        final List<Loan> loans = new ArrayList<>();
        final long offset;
        final long reserved;
        final byte[] truth;

        @Nullable
        CpuAccess access;

        /** What the access was opened for, and through whom. */
        int from;

        int to;

        @Nullable
        Slice opener;

        /** In which direction the access is synced. */
        Direction synced = Direction.READ;

        /** A device whose fence on the window keeps the place. */
        @Nullable
        LabCamera busy;

        Place(Slice slice) {
            owners.add(slice);
            offset = slice.offset();
            reserved = slice.reservedLength();
            truth = new byte[(int) slice.length()];
        }

        boolean isDeviceWriting() {
            return !loans.isEmpty() && loans.get(0).direction().writes();
        }

        boolean isCpuWriting() {
            return access != null && access.direction().writes();
        }

        boolean isCpuReading() {
            return access != null && synced.reads();
        }

        boolean isUsed() {
            return !owners.isEmpty() || !loans.isEmpty() || busy != null;
        }
    }

    private final DmaBufPool pool;

    /** The device, where its side of the memory can be seen. */
    @Nullable
    private final LabCamera camera;

    private final boolean leavesFences;
    private final int largest;
    private final boolean wholeBuffer;
    private final long seed;
    private final SplittableRandom random;
    private final byte[] noise = new byte[NOISE_BYTES];
    private final List<Place> places = new ArrayList<>();
    private final Deque<Slice> closedOwners = new ArrayDeque<>();
    private int steps;
    private int comparisons;
    private int refusals;
    private int loans;
    private int mismatches;
    private String first = "";

    /**
     * A walk that begins now.
     *
     * @param camera the device that slices are lent to, or null where only what the CPU sees is compared
     * @param leavesFences whether devices may leave fences on windows
     * @param largest the largest slice in bytes
     */
    CoherencyWalk(DmaBufPool pool, @Nullable LabCamera camera, boolean leavesFences, int largest, long seed) {
        this.pool = pool;
        this.camera = camera;
        this.leavesFences = leavesFences;
        this.largest = largest;
        this.wholeBuffer = pool.statistics().syncWay() == SyncWay.WHOLE;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        random.nextBytes(noise);
    }

    /** So many steps, then every place is compared and given back. */
    Outcome run(int count) {
        for (steps = 0; steps < count; steps++) {
            step();
            places.removeIf(place -> !place.isUsed());
            if (steps % 64 == 0) {
                checkSums();
            }
        }
        places.forEach(this::closeAccess);
        places.forEach(this::finish);
        places.clear();
        checkSums();
        return new Outcome(seed, steps, comparisons, refusals, loans, mismatches, first);
    }

    private void finish(Place place) {
        while (!place.loans.isEmpty()) {
            endLoan(place);
        }
        if (!place.owners.isEmpty()) {
            lentForAMoment(place, Direction.READ, () -> compareWithDevice(place, 0, place.truth.length));
            openAll(place, Direction.READ);
            compareWithCpu(place, 0, place.truth.length);
            closeAccess(place);
        }
        while (!place.owners.isEmpty()) {
            close(place, place.owners.get(0));
        }
        signal(place);
    }

    private void step() {
        if (places.isEmpty() || (places.size() < MOST_PLACES && random.nextInt(12) == 0)) {
            allocate();
            return;
        }
        if (wholeBuffer && random.nextInt(8) == 0) {
            makeWay();
        }
        Place place = any();
        int what = random.nextInt(100);
        if (place.busy != null) {
            signal(place);
        } else if (place.access != null && what < 60) {
            useOpen(place, place.access);
        } else if (!place.loans.isEmpty() && what < 60) {
            useLent(place);
        } else {
            use(place, random.nextInt(100));
        }
    }

    /** Else there is hardly a moment at which the CPU or a device may write. */
    private void makeWay() {
        places.forEach(this::closeAccess);
        for (Place place : places) {
            while (place.isDeviceWriting()) {
                endLoan(place);
            }
        }
        places.removeIf(place -> !place.isUsed());
        if (places.isEmpty()) {
            allocate();
        }
    }

    private void use(Place place, int what) {
        if (what < 18) {
            openSome(place, Direction.READ);
        } else if (what < 36) {
            openSome(place, Direction.WRITE);
        } else if (what < 44) {
            openSome(place, Direction.READ_WRITE);
        } else if (what < 50) {
            readOneWriteAnother(place, any());
        } else if (what < 70) {
            lend(place, Direction.values()[random.nextInt(3)]);
        } else if (what < 76) {
            share(place);
        } else if (what < 80) {
            closeStale();
        } else {
            closeOwner(place);
        }
    }

    private Place any() {
        return places.get(random.nextInt(places.size()));
    }

    private Slice anyOwner(Place place) {
        return place.owners.get(random.nextInt(place.owners.size()));
    }

    // ---- owners ----

    private void allocate() {
        int length = 1 + random.nextInt(1 + random.nextInt(largest));
        Slice slice = pool.tryAllocate(length).orElse(null);
        if (slice == null) {
            return;
        }
        Place place = new Place(slice);
        for (Place other : places) {
            assertThat(place.offset < other.offset + other.reserved && other.offset < place.offset + place.reserved)
                    .as("%s overlaps another's place", slice)
                    .isFalse();
        }
        places.add(place);
        fill(place);
        if (!place.isUsed()) {
            places.remove(place);
        }
    }

    /** A new slice's bytes are anybody's: they are written first, all of them. */
    private void fill(Place place) {
        if (camera != null && random.nextBoolean() && lend(place, Direction.WRITE)) {
            deviceWrites(place, 0, place.truth.length);
        } else if (mayOpen(place, Direction.WRITE)) {
            openAll(place, Direction.WRITE);
            cpuWrites(place, 0, place.truth.length);
        } else {
            close(place, place.owners.get(0));
        }
    }

    private void share(Place place) {
        if (!place.owners.isEmpty() && place.owners.size() < MOST_OWNERS) {
            place.owners.add(anyOwner(place).share("shared"));
        }
    }

    private void closeOwner(Place place) {
        if (place.owners.isEmpty()) {
            return;
        }
        Slice owner = anyOwner(place);
        if (owner == place.opener) {
            refused(owner::close);
            return;
        }
        boolean last = place.owners.size() == 1 && place.loans.isEmpty();
        if (last && leavesFences && random.nextInt(4) == 0) {
            leaveAFence(place, owner);
        }
        close(place, owner);
    }

    private void close(Place place, Slice owner) {
        owner.close();
        place.owners.remove(owner);
        closedOwners.addLast(owner);
        if (closedOwners.size() > STALE) {
            closedOwners.removeFirst();
        }
    }

    /** An owner that was closed long ago touches nobody. */
    private void closeStale() {
        for (Slice owner : closedOwners) {
            owner.close();
        }
    }

    private void leaveAFence(Place place, Slice owner) {
        try (Loan loan = owner.lend(Direction.READ, "leaves a fence")) {
            place.busy = new LabCamera(loan.window().fd());
            place.busy.busy(false);
        }
    }

    private void signal(Place place) {
        LabCamera busy = place.busy;
        if (busy == null) {
            return;
        }
        place.busy = null;
        busy.idle();
        busy.close(); // Before the place can have another owner: up to Linux 6.12 this copies.
    }

    // ---- the CPU ----

    /** Whether the rules let the CPU in. */
    private boolean mayOpen(Place place, Direction direction) {
        if (place.isDeviceWriting() || (direction.writes() && !place.loans.isEmpty())) {
            return false;
        }
        return !wholeBuffer || others(place).noneMatch(other -> excludes(other, direction));
    }

    private Stream<Place> others(Place place) {
        return places.stream().filter(other -> other != place);
    }

    private static boolean excludes(Place other, Direction direction) {
        return (direction.writes() && (other.isCpuReading() || other.isDeviceWriting()))
                || (direction.reads() && other.isCpuWriting());
    }

    /** Opens the whole slice or, as often, a part of it. */
    private void openSome(Place place, Direction direction) {
        if (place.owners.isEmpty() || place.access != null) {
            return;
        }
        boolean whole = random.nextBoolean();
        int from = whole ? 0 : random.nextInt(place.truth.length);
        int length = whole ? place.truth.length : 1 + random.nextInt(place.truth.length - from);
        if (mayOpen(place, synced(place, direction, from, length))) {
            open(place, direction, from, length);
        } else {
            refused(() -> anyOwner(place).access(direction, List.of(new SliceRange(from, length))));
            return;
        }
        if (direction == Direction.WRITE) {
            cpuWrites(place, from, length);
        }
    }

    /** A line that is written in part is read before; the last one of a slice is all its own. */
    private static Direction synced(Place place, Direction direction, int from, int length) {
        int end = from + length;
        boolean cuts = from % LINE != 0 || (end != place.truth.length && end % LINE != 0);
        return direction == Direction.WRITE && cuts ? Direction.READ_WRITE : direction;
    }

    private void openAll(Place place, Direction direction) {
        open(place, direction, 0, place.truth.length);
    }

    private void open(Place place, Direction direction, int from, int length) {
        Slice opener = anyOwner(place);
        place.access = length == place.truth.length
                ? opener.access(direction)
                : opener.access(direction, List.of(new SliceRange(from, length)));
        place.opener = opener;
        place.from = from;
        place.to = from + length;
        place.synced = synced(place, direction, from, length);
    }

    private void closeAccess(Place place) {
        if (place.access != null) {
            place.access.close();
            place.access = null;
            place.opener = null;
        }
    }

    private void useOpen(Place place, CpuAccess access) {
        int offset = place.from + random.nextInt(place.to - place.from);
        int length = 1 + random.nextInt(place.to - offset);
        switch (random.nextInt(4)) {
            case 0 -> closeAccess(place);
            case 1 -> compareWithCpu(place, offset, length);
            default -> {
                if (access.direction().writes()) {
                    cpuWrites(place, offset, length);
                } else {
                    compareWithCpu(place, offset, length);
                }
            }
        }
    }

    private void readOneWriteAnother(Place read, Place written) {
        if (read == written
                || read.owners.isEmpty()
                || written.owners.isEmpty()
                || read.access != null
                || written.access != null) {
            return;
        }
        AccessRequest[] requests = {AccessRequest.read(anyOwner(read)), AccessRequest.write(anyOwner(written))};
        if (!mayOpen(read, Direction.READ) || !mayOpen(written, Direction.WRITE)) {
            refused(() -> pool.access(requests));
            return;
        }
        try (AccessSet set = pool.access(requests)) {
            makeNoise(written, 0, written.truth.length);
            set.buffer(requests[1].slice()).put(written.truth);
            compared("CPU", read, set.buffer(requests[0].slice()).equals(ByteBuffer.wrap(read.truth)));
        }
    }

    private void cpuWrites(Place place, int offset, int length) {
        makeNoise(place, offset, length);
        view(place, offset, length).put(place.truth, offset, length);
    }

    private void compareWithCpu(Place place, int offset, int length) {
        ByteBuffer expected = ByteBuffer.wrap(place.truth, offset, length);
        compared("CPU", place, view(place, offset, length).equals(expected));
    }

    private static ByteBuffer view(Place place, int offset, int length) {
        CpuAccess access = place.access;
        if (access == null) {
            throw new AssertionError("the walk uses a place without an access: " + place.owners);
        }
        return access.buffer(offset, length);
    }

    // ---- devices ----

    /** Whether it was lent, or refused as the rules demand. */
    private boolean lend(Place place, Direction direction) {
        if (place.owners.isEmpty() || place.loans.size() == MOST_LOANS) {
            return false;
        }
        Slice owner = anyOwner(place);
        if (!mayLend(place, direction)) {
            refused(() -> owner.lend(direction, "camera"));
            return false;
        }
        place.loans.add(owner.lend(direction, "camera"));
        loans++;
        return true;
    }

    private boolean mayLend(Place place, Direction direction) {
        if (place.isCpuWriting() || place.isDeviceWriting()) {
            return false;
        }
        if (!direction.writes()) {
            return true;
        }
        boolean free = place.access == null && place.loans.isEmpty();
        return free && !(wholeBuffer && places.stream().anyMatch(Place::isCpuWriting));
    }

    private void lentForAMoment(Place place, Direction direction, Runnable use) {
        if (mayLend(place, direction)) {
            try (Loan loan = anyOwner(place).lend(direction, "camera")) {
                assertThat(loan.range().offset()).isEqualTo(place.offset);
                use.run();
            }
        }
    }

    private void useLent(Place place) {
        int offset = random.nextInt(place.truth.length);
        int length = 1 + random.nextInt(place.truth.length - offset);
        switch (random.nextInt(4)) {
            case 0 -> endLoan(place);
            case 1 -> compareWithDevice(place, offset, length);
            default -> {
                if (place.isDeviceWriting()) {
                    deviceWrites(place, offset, length);
                } else {
                    compareWithDevice(place, offset, length);
                }
            }
        }
    }

    private void endLoan(Place place) {
        Loan loan = place.loans.remove(random.nextInt(place.loans.size()));
        loan.close();
        loan.close();
        assertThat(loan.isOpen()).isFalse();
    }

    private void deviceWrites(Place place, int offset, int length) {
        if (camera != null) {
            makeNoise(place, offset, length);
            camera.write(place.offset + offset, Arrays.copyOfRange(place.truth, offset, offset + length));
        }
    }

    private void compareWithDevice(Place place, int offset, int length) {
        if (camera != null) {
            ByteBuffer expected = ByteBuffer.wrap(place.truth, offset, length);
            compared("device", place, camera.sees(place.offset + offset, expected));
        }
    }

    // ---- what must hold ----

    private void makeNoise(Place place, int offset, int length) {
        System.arraycopy(noise, random.nextInt(NOISE_BYTES - length), place.truth, offset, length);
    }

    private void compared(String who, Place place, boolean equal) {
        comparisons++;
        if (!equal) {
            mismatches++;
            first = first.isEmpty()
                    ? "(first: " + who + " at step " + steps + ", offset " + place.offset + ", " + place.truth.length
                            + " bytes)"
                    : first;
        }
    }

    private void refused(ThrowingCallable call) {
        refusals++;
        assertThatThrownBy(call).isInstanceOfAny(AccessConflictException.class, AccessBlockedException.class);
    }

    /** A fence that was signalled is seen by the pool's own thread a little later. */
    private void checkSums() {
        await().atMost(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(this::compareSums);
    }

    private void compareSums() {
        PoolStatistics now = pool.statistics();
        long used = places.stream().mapToLong(place -> place.reserved).sum();
        long retiring = places.stream()
                .filter(place -> place.owners.isEmpty())
                .mapToLong(place -> place.reserved)
                .sum();
        assertThat(now.usedBytes()).as("used after %d steps", steps).isEqualTo(used);
        assertThat(now.retiringBytes()).as("retiring after %d steps", steps).isEqualTo(retiring);
        assertThat(now.openLoans())
                .as("loans after %d steps", steps)
                .isEqualTo(
                        places.stream().mapToLong(place -> place.loans.size()).sum());
    }
}
