// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.linux.RangeSyncProof.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by trying whether a call that syncs ranges does so, where there is a device that reads and writes.
 *
 * <p>An answer of 0 proves nothing: an exporter without the operation gives it, too. Proof is that CPU and device saw
 * different bytes, and that the call brought them together in the range it named while a second range, left alone, kept its
 * difference. The second range is what tells the call's work from luck, as caches drop and write back lines unasked:
 *
 * <pre>
 *  offset   0         4096      8192      12288
 *           [ synced ][        ][  left  ][        ]     even rounds
 *           [  left  ][        ][ synced ][        ]     odd rounds
 * </pre>
 *
 * <p>{@value #ROUNDS} rounds try both ways: what the device wrote must show after START READ, what the CPU wrote must reach
 * the device with END WRITE. On coherent hardware no difference is ever seen, and nothing can be proven.
 */
public final class SyncSelfTest {

    /** How often each direction is tried. */
    static final int ROUNDS = 8;

    /** Size of each of the two ranges in bytes. */
    static final int RANGE_BYTES = 4096;

    private static final long FIRST = 0;
    private static final long SECOND = 2 * RANGE_BYTES;
    private static final int BUFFER_BYTES = 4 * RANGE_BYTES;

    private final DmaBuf buffer;
    private final DeviceLoop device;
    private final SyncWay way;
    private final @Nullable VendorSync vendor;
    private byte lastPattern;

    private SyncSelfTest(DmaBuf buffer, DeviceLoop device, SyncWay way, @Nullable VendorSync vendor) {
        this.buffer = buffer;
        this.device = device;
        this.way = way;
        this.vendor = vendor;
    }

    /**
     * Tries {@code DMA_BUF_IOCTL_SYNC_PARTIAL}.
     *
     * @param fd a dma-buf of the exporter in question, of at least 16 KiB, that nobody uses: its first 16 KiB are
     *     overwritten. It stays the caller's
     * @param device a device that has it attached
     * @throws HeapException if the descriptor is no dma-buf that can be mapped, or is smaller
     */
    public static RangeSyncProof ofPartialIoctl(int fd, DeviceLoop device) {
        return ofPartialIoctl(Libc.INSTANCE, fd, device);
    }

    static RangeSyncProof ofPartialIoctl(Syscalls syscalls, int fd, DeviceLoop device) {
        String exporter = FdInfo.of(syscalls, fd).exporter();
        RangeSettings trusting = RangeSettings.NONE.trusting(exporter);
        return run(new AdoptedHeap(syscalls, fd, trusting), device, SyncWay.PARTIAL, null);
    }

    /**
     * Tries a vendor's device.
     *
     * @param fd as for {@link #ofPartialIoctl}
     * @param vendor the vendor's device
     * @param device a device that has the dma-buf attached
     * @throws HeapException if the descriptor is no dma-buf that can be mapped, or is smaller
     */
    public static RangeSyncProof ofVendorDevice(int fd, VendorSync vendor, DeviceLoop device) {
        return ofVendorDevice(Libc.INSTANCE, fd, vendor, device);
    }

    static RangeSyncProof ofVendorDevice(Syscalls syscalls, int fd, VendorSync vendor, DeviceLoop device) {
        FdInfo.of(syscalls, fd); // refuses what is no dma-buf
        RangeSettings through = RangeSettings.NONE.through(vendor);
        return run(new AdoptedHeap(syscalls, fd, through), device, SyncWay.VENDOR, vendor);
    }

    private static RangeSyncProof run(AdoptedHeap heap, DeviceLoop device, SyncWay way, @Nullable VendorSync vendor) {
        try (DmaBuf buffer = heap.allocate(BUFFER_BYTES)) {
            requireMapped(buffer);
            return new SyncSelfTest(buffer, device, way, vendor).judge();
        }
    }

    private static void requireMapped(DmaBuf buffer) {
        if (!buffer.unmappedReason().isEmpty()) {
            throw new HeapException(
                    "a self-test compares what CPU and device see, and the CPU sees nothing of " + buffer.name() + ": "
                            + buffer.unmappedReason() + ". Test a dma-buf that can be mapped.",
                    HeapException.NO_ERRNO);
        }
    }

    private RangeSyncProof judge() {
        if (!buffer.support(way).supported()) {
            return verdict(Verdict.REFUTED, buffer.support(way).reason());
        }
        try {
            Sight reads = new Sight();
            Sight writes = new Sight();
            for (int round = 0; round < ROUNDS; round++) {
                boolean even = round % 2 == 0;
                deviceToCpu(even ? FIRST : SECOND, even ? SECOND : FIRST, reads);
                cpuToDevice(even ? FIRST : SECOND, even ? SECOND : FIRST, writes);
            }
            return judge(reads, writes);
        } catch (HeapException refused) {
            return verdict(Verdict.REFUTED, "the call is refused: " + refused.getMessage());
        }
    }

    private RangeSyncProof judge(Sight reads, Sight writes) {
        if (reads.neverDiffered() || writes.neverDiffered()) {
            return verdict(
                    Verdict.UNDECIDED,
                    "CPU and device saw each other's bytes without any sync, so nothing can be proven: the hardware is"
                            + " coherent, or the device goes through the CPU's cache");
        }
        if (reads.leftStale() || writes.leftStale()) {
            return verdict(
                    Verdict.REFUTED,
                    "the call answers 0, and bytes of its range stayed stale (" + reads.stale + " of what the device"
                            + " wrote, " + writes.stale + " of what the CPU wrote)");
        }
        if (reads.alwaysMeddled() || writes.alwaysMeddled()) {
            return verdict(Verdict.REFUTED, "the call syncs more than its range, where others may hold fresh bytes");
        }
        return verdict(
                Verdict.PROVEN,
                ROUNDS + " rounds each way: stale before the call, right after it, and a second range left as it was");
    }

    private RangeSyncProof verdict(Verdict verdict, String reason) {
        return new RangeSyncProof(way, buffer.exporter(), verdict, reason, vendor);
    }

    private void deviceToCpu(long synced, long left, Sight sight) {
        makeCoherent();
        byte pattern = nextPattern();
        deviceWrites(synced, pattern);
        deviceWrites(left, pattern);
        boolean differed = Math.min(cpuMisses(synced, pattern), cpuMisses(left, pattern)) > 0;
        buffer.syncRange(SyncPhase.START, Direction.READ, synced, RANGE_BYTES);
        sight.saw(differed, cpuMisses(synced, pattern), cpuMisses(left, pattern));
        buffer.syncRange(SyncPhase.END, Direction.READ, synced, RANGE_BYTES);
    }

    private void cpuToDevice(long synced, long left, Sight sight) {
        makeCoherent();
        byte pattern = nextPattern();
        buffer.syncRange(SyncPhase.START, Direction.WRITE, synced, RANGE_BYTES);
        cpuWrites(synced, pattern);
        cpuWrites(left, pattern);
        boolean differed = Math.min(deviceMisses(synced, pattern), deviceMisses(left, pattern)) > 0;
        buffer.syncRange(SyncPhase.END, Direction.WRITE, synced, RANGE_BYTES);
        sight.saw(differed, deviceMisses(synced, pattern), deviceMisses(left, pattern));
    }

    /** Brings both sides together by the call that every dma-buf has, and the lines into the cache. */
    private void makeCoherent() {
        buffer.syncWhole(SyncPhase.END, Direction.WRITE);
        buffer.syncWhole(SyncPhase.START, Direction.READ);
        cpuMisses(FIRST, lastPattern);
        cpuMisses(SECOND, lastPattern);
    }

    private byte nextPattern() {
        return ++lastPattern;
    }

    private void deviceWrites(long offset, byte pattern) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(RANGE_BYTES);
        fill(bytes, pattern);
        device.write(offset, bytes);
    }

    private void cpuWrites(long offset, byte pattern) {
        fill(buffer.view(offset, RANGE_BYTES), pattern);
    }

    private int cpuMisses(long offset, byte pattern) {
        return misses(buffer.view(offset, RANGE_BYTES), pattern);
    }

    private int deviceMisses(long offset, byte pattern) {
        ByteBuffer seen = ByteBuffer.allocateDirect(RANGE_BYTES);
        device.read(offset, seen);
        return misses(seen, pattern);
    }

    private static void fill(ByteBuffer bytes, byte pattern) {
        for (int i = 0; i < RANGE_BYTES; i++) {
            bytes.put(i, pattern);
        }
    }

    private static int misses(ByteBuffer bytes, byte pattern) {
        int misses = 0;
        for (int i = 0; i < RANGE_BYTES; i++) {
            misses += bytes.get(i) == pattern ? 0 : 1;
        }
        return misses;
    }

    /** What all rounds of one direction showed. */
    private static final class Sight {

        private int rounds;
        private int differed;
        private int meddled;
        private int stale;

        /**
         * One round.
         *
         * @param roundDiffered whether both ranges were stale before the call
         * @param staleInRange bytes of the range that were stale after it
         * @param staleOutside bytes of the other range that still were
         */
        void saw(boolean roundDiffered, int staleInRange, int staleOutside) {
            rounds++;
            stale += staleInRange;
            differed += roundDiffered ? 1 : 0;
            meddled += roundDiffered && staleOutside == 0 ? 1 : 0;
        }

        /** Luck may hide the difference in a round or two, but not in most. */
        boolean neverDiffered() {
            return 2 * differed <= rounds;
        }

        boolean leftStale() {
            return stale > 0;
        }

        /** The other range came right in most rounds in which it was stale: no luck, but the call's work. */
        boolean alwaysMeddled() {
            return 2 * meddled > differed;
        }
    }
}
