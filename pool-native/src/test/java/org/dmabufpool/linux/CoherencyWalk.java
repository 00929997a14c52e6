// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRange;
import org.dmabufpool.heap.Direction;
import org.jspecify.annotations.Nullable;

/**
 * Random use of a pool by CPU and camera, each step compared with a plain byte array for each slice.
 *
 * <p>A step allocates, opens an access to a slice or to a part of it, uses an open access, closes one, lets the camera read or write, or releases.
 * Accesses stay open over many steps, so that some slices hold bytes that only the CPU has while others are synced. The
 * program keeps the rules of dma-bufs: no DMA to a slice while the CPU has it, and a WRITE access writes every byte it is opened for. So
 * every mismatch is a fault of what is under test.
 */
final class CoherencyWalk {

    private static final int MOST_SLICES = 24;
    private static final int NOISE_BYTES = 1 << 17;

    /** What the walk came to. */
    record Outcome(long seed, int steps, int comparisons, int mismatches, String first) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "seed %d: %d steps, %d comparisons, %d mismatches %s",
                    seed,
                    steps,
                    comparisons,
                    mismatches,
                    first);
        }
    }

    /** One slice with what its bytes must be. */
    private static final class Owned {
        final Slice slice;
        final byte[] truth;

        @Nullable
        CpuAccess access;

        /** What the access was opened for. */
        int from;

        int to;

        Owned(Slice slice) {
            this.slice = slice;
            this.truth = new byte[(int) slice.length()];
        }
    }

    private final DmaBufPool pool;
    private final LabCamera camera;
    private final int largest;
    private final boolean deviceWaitsForCpu;
    private final long seed;
    private final SplittableRandom random;
    private final byte[] noise = new byte[NOISE_BYTES];
    private final List<Owned> slices = new ArrayList<>();
    private int steps;
    private int comparisons;
    private int mismatches;
    private String first = "";

    /**
     * A walk that begins now.
     *
     * @param largest the largest slice in bytes
     * @param deviceWaitsForCpu whether the camera is idle while any access is open, and the CPU always reads before it
     *     writes: what whole-buffer sync demands over bounce buffers, which know no dirty lines and are written whole
     */
    CoherencyWalk(DmaBufPool pool, LabCamera camera, int largest, boolean deviceWaitsForCpu, long seed) {
        this.pool = pool;
        this.camera = camera;
        this.largest = largest;
        this.deviceWaitsForCpu = deviceWaitsForCpu;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        random.nextBytes(noise);
    }

    /** So many steps, then every slice is compared and released. */
    Outcome run(int count) {
        for (steps = 0; steps < count; steps++) {
            step();
        }
        slices.forEach(this::closeAccess);
        for (Owned owned : slices) {
            compareWithDevice(owned, 0, owned.truth.length);
            openAll(owned, Direction.READ);
            compareWithCpu(owned, 0, owned.truth.length);
            closeAccess(owned);
            owned.slice.close();
        }
        return new Outcome(seed, steps, comparisons, mismatches, first);
    }

    private void step() {
        if (slices.isEmpty() || (slices.size() < MOST_SLICES && random.nextInt(12) == 0)) {
            allocate();
            return;
        }
        Owned owned = slices.get(random.nextInt(slices.size()));
        if (owned.access == null) {
            useClosed(owned);
        } else {
            useOpen(owned, owned.access);
        }
    }

    private void allocate() {
        int length = 1 + random.nextInt(1 + random.nextInt(largest));
        pool.tryAllocate(length).ifPresent(slice -> {
            Owned owned = new Owned(slice);
            slices.add(owned);
            if (mayDeviceWrite() && random.nextBoolean()) {
                deviceWrites(owned, 0, length);
            } else {
                openAll(owned, writing());
                cpuWrites(owned, 0, length);
            }
        });
    }

    private void useClosed(Owned owned) {
        switch (random.nextInt(8)) {
            case 0, 1 -> openSome(owned, Direction.READ);
            case 2, 3 -> {
                openSome(owned, writing());
                cpuWrites(owned, owned.from, owned.to - owned.from);
            }
            case 4 -> openSome(owned, Direction.READ_WRITE);
            case 5 -> deviceWritesSome(owned);
            case 6 -> compareSome(owned);
            default -> release(owned);
        }
    }

    private void useOpen(Owned owned, CpuAccess access) {
        int offset = owned.from + random.nextInt(owned.to - owned.from);
        int length = 1 + random.nextInt(owned.to - offset);
        switch (random.nextInt(4)) {
            case 0 -> closeAccess(owned);
            case 1 -> compareWithCpu(owned, offset, length);
            default -> {
                if (access.direction().writes()) {
                    cpuWrites(owned, offset, length);
                } else {
                    compareWithCpu(owned, offset, length);
                }
            }
        }
    }

    private Direction writing() {
        return deviceWaitsForCpu ? Direction.READ_WRITE : Direction.WRITE;
    }

    private boolean mayDeviceWrite() {
        return !deviceWaitsForCpu || slices.stream().allMatch(owned -> owned.access == null);
    }

    private void openAll(Owned owned, Direction direction) {
        owned.access = owned.slice.access(direction);
        owned.from = 0;
        owned.to = owned.truth.length;
    }

    /** Opens the whole slice or, as often, a part of it. */
    private void openSome(Owned owned, Direction direction) {
        if (random.nextBoolean()) {
            openAll(owned, direction);
            return;
        }
        int from = random.nextInt(owned.truth.length);
        int length = 1 + random.nextInt(owned.truth.length - from);
        owned.access = owned.slice.access(direction, List.of(new SliceRange(from, length)));
        owned.from = from;
        owned.to = from + length;
    }

    private void closeAccess(Owned owned) {
        if (owned.access != null) {
            owned.access.close();
            owned.access = null;
        }
    }

    private void cpuWrites(Owned owned, int offset, int length) {
        makeNoise(owned, offset, length);
        view(owned, offset, length).put(owned.truth, offset, length);
    }

    private void deviceWritesSome(Owned owned) {
        if (mayDeviceWrite()) {
            int offset = random.nextInt(owned.truth.length);
            deviceWrites(owned, offset, 1 + random.nextInt(owned.truth.length - offset));
        }
    }

    private void deviceWrites(Owned owned, int offset, int length) {
        makeNoise(owned, offset, length);
        camera.write(owned.slice.offset() + offset, Arrays.copyOfRange(owned.truth, offset, offset + length));
    }

    private void makeNoise(Owned owned, int offset, int length) {
        System.arraycopy(noise, random.nextInt(NOISE_BYTES - length), owned.truth, offset, length);
    }

    private void compareSome(Owned owned) {
        int offset = random.nextInt(owned.truth.length);
        compareWithDevice(owned, offset, 1 + random.nextInt(owned.truth.length - offset));
    }

    private void compareWithDevice(Owned owned, int offset, int length) {
        ByteBuffer expected = ByteBuffer.wrap(owned.truth, offset, length);
        compared("device", owned, camera.sees(owned.slice.offset() + offset, expected));
    }

    private void compareWithCpu(Owned owned, int offset, int length) {
        ByteBuffer expected = ByteBuffer.wrap(owned.truth, offset, length);
        compared("CPU", owned, view(owned, offset, length).equals(expected));
    }

    private static ByteBuffer view(Owned owned, int offset, int length) {
        CpuAccess access = owned.access;
        if (access == null) {
            throw new AssertionError("the walk uses a slice without an access: " + owned.slice);
        }
        return access.buffer(offset, length);
    }

    private void compared(String who, Owned owned, boolean equal) {
        comparisons++;
        if (!equal) {
            mismatches++;
            first = first.isEmpty() ? "(first: " + who + " at step " + steps + ", " + owned.slice + ")" : first;
        }
    }

    private void release(Owned owned) {
        owned.slice.close();
        slices.remove(owned);
    }
}
