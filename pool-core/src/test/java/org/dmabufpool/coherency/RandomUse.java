// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.coherency;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.SliceRange;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.model.ModelDevice;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.model.ModelTransfer;

/**
 * A camera app gone mad: slices come and go, CPU and devices write and read them in any order that the rules allow, and
 * whoever looks must see what an array of plain bytes says.
 */
final class RandomUse {

    private static final int MOST_SLICES = 12;
    private static final int LONGEST = 1_500;

    private final DmaBufPool pool;
    private final ModelHeap heap;
    private final ModelDevice[] devices;
    private final SplittableRandom random;
    private final List<Used> slices = new ArrayList<>();
    private final byte[] fresh = new byte[LONGEST];
    private long mismatches;
    private long comparisons;

    RandomUse(DmaBufPool pool, ModelHeap heap, long seed) {
        this.pool = pool;
        this.heap = heap;
        this.devices = new ModelDevice[] {
            heap.device("sensor"), heap.device("encoder"), heap.device("display"), heap.coherentDevice("npu")
        };
        this.random = new SplittableRandom(seed);
    }

    /** Slice contents as a plain array has them. */
    private static final class Used {
        final Slice slice;
        final byte[] expected;

        Used(Slice slice) {
            this.slice = slice;
            this.expected = new byte[(int) slice.length()];
        }
    }

    void run(int operations) {
        for (int i = 0; i < operations; i++) {
            step();
        }
        while (!slices.isEmpty()) {
            release();
        }
    }

    long mismatches() {
        return mismatches;
    }

    long comparisons() {
        return comparisons;
    }

    private void step() {
        int what = random.nextInt(100);
        if (slices.isEmpty() || what < 12) {
            allocate();
        } else if (what < 22) {
            release();
        } else if (what < 36) {
            cpuWrite(any());
        } else if (what < 50) {
            cpuUpdate(any());
        } else if (what < 56) {
            cpuUpdatesRows(any());
        } else if (what < 63) {
            cpuRead(any());
        } else if (what < 70) {
            cpuReadPart(any());
        } else if (what < 79) {
            deviceWrite(any(), anyDevice());
        } else if (what < 88) {
            deviceRead(any(), anyDevice());
        } else if (what < 96) {
            heap.disturb();
        } else {
            cpuReadsWhileADeviceWritesElsewhere();
        }
    }

    private void allocate() {
        if (slices.size() == MOST_SLICES) {
            return;
        }
        Optional<Slice> slice = pool.tryAllocate(1 + random.nextInt(LONGEST));
        slice.map(Used::new).ifPresent(used -> {
            slices.add(used);
            if (random.nextBoolean()) {
                cpuWrite(used);
            } else {
                deviceWrite(used, devices[random.nextInt(devices.length)], 0, used.expected.length);
            }
        });
    }

    private void release() {
        slices.remove(random.nextInt(slices.size())).slice.close();
    }

    /** WRITE promises to look at nothing, so it replaces all. */
    private void cpuWrite(Used used) {
        fill(used.expected.length);
        try (CpuAccess access = used.slice.write()) {
            ByteBuffer view = access.buffer();
            int half = random.nextInt(used.expected.length + 1);
            view.put(fresh, 0, half);
            heap.disturb();
            view.put(fresh, half, used.expected.length - half);
        }
        System.arraycopy(fresh, 0, used.expected, 0, used.expected.length);
    }

    private void cpuUpdate(Used used) {
        int from = random.nextInt(used.expected.length);
        int length = 1 + random.nextInt(used.expected.length - from);
        boolean looks = random.nextBoolean();
        fill(length);
        try (CpuAccess access = looks ? used.slice.readWrite(from, length) : used.slice.write(from, length)) {
            ByteBuffer view = access.buffer();
            if (looks) {
                compare(used, from, view);
            }
            view.put(fresh, 0, length);
            heap.disturb();
        }
        System.arraycopy(fresh, 0, used.expected, from, length);
    }

    /** As of the rows of a rectangle. */
    private void cpuUpdatesRows(Used used) {
        int stride = 1 + random.nextInt(used.expected.length);
        int width = 1 + random.nextInt(stride);
        List<SliceRange> rows = new ArrayList<>();
        for (int at = 0; at + width <= used.expected.length; at += stride) {
            rows.add(new SliceRange(at, width));
        }
        Direction direction = random.nextBoolean() ? Direction.WRITE : Direction.READ_WRITE;
        fill(used.expected.length);
        try (CpuAccess access = used.slice.access(direction, rows)) {
            for (SliceRange row : rows) {
                int at = (int) row.offset();
                access.buffer(at, width).put(fresh, at, width);
                System.arraycopy(fresh, at, used.expected, at, width);
            }
            heap.disturb();
        }
    }

    private void cpuRead(Used used) {
        try (CpuAccess access = used.slice.read()) {
            heap.disturb();
            compare(used, 0, access.buffer());
        }
    }

    private void cpuReadPart(Used used) {
        int from = random.nextInt(used.expected.length);
        int length = 1 + random.nextInt(used.expected.length - from);
        try (CpuAccess access = used.slice.read(from, length)) {
            heap.disturb();
            compare(used, from, access.buffer());
        }
    }

    private void deviceWrite(Used used, ModelDevice device) {
        int from = random.nextInt(used.expected.length);
        deviceWrite(used, device, from, 1 + random.nextInt(used.expected.length - from));
    }

    private void deviceWrite(Used used, ModelDevice device, int from, int length) {
        fill(length);
        ByteBuffer source = ByteBuffer.wrap(fresh, 0, length).slice();
        ModelTransfer transfer = device.beginWrite(used.slice.offset() + from, source);
        transfer.progress(random.nextInt(length + 1));
        heap.disturb();
        transfer.finish();
        System.arraycopy(fresh, 0, used.expected, from, length);
        heap.disturb();
        if (!device.isCoherent()) {
            cpuLooksBeforeACoherentDevice(used);
        }
    }

    /** A snooping device finds old lines in the cache like the CPU does, so the CPU must drop them first. */
    private void cpuLooksBeforeACoherentDevice(Used used) {
        if (random.nextBoolean()) {
            cpuRead(used);
        } else {
            used.slice.access(Direction.READ_WRITE).close();
        }
    }

    private void deviceRead(Used used, ModelDevice device) {
        ByteBuffer target = ByteBuffer.allocate(used.expected.length);
        device.read(used.slice.offset(), target);
        target.flip();
        compare(used, 0, target);
    }

    private void cpuReadsWhileADeviceWritesElsewhere() {
        Used read = any();
        Used written = any();
        if (read == written) {
            return;
        }
        fill(written.expected.length);
        try (CpuAccess access = read.slice.read()) {
            devices[0].write(
                    written.slice.offset(),
                    ByteBuffer.wrap(fresh, 0, written.expected.length).slice());
            System.arraycopy(fresh, 0, written.expected, 0, written.expected.length);
            compare(read, 0, access.buffer());
        }
        cpuLooksBeforeACoherentDevice(written);
    }

    private void compare(Used used, int from, ByteBuffer seen) {
        comparisons++;
        if (!seen.equals(ByteBuffer.wrap(used.expected, from, seen.remaining()))) {
            mismatches++;
        }
    }

    /** Often few values, so that what is written is often what was there. */
    private void fill(int length) {
        int values = random.nextBoolean() ? 256 : 2;
        for (int i = 0; i < length; i++) {
            fresh[i] = (byte) random.nextInt(values);
        }
    }

    private Used any() {
        return slices.get(random.nextInt(slices.size()));
    }

    private ModelDevice anyDevice() {
        return devices[random.nextInt(devices.length)];
    }
}
