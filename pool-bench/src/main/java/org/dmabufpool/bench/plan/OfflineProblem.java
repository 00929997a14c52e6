// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.dmabufpool.bench.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * Buffers with sizes and lifetimes, to be placed. Immutable. Buffers are numbered from 0.
 *
 * <p>Sizes are rounded up to the granule when the problem is made; everything after that knows the rounded sizes only.
 */
public final class OfflineProblem implements Buffers {

    /** No sum of sizes and alignments may exceed this, so that no offset overflows. */
    private static final long MOST_BYTES = 1L << 60;

    private final String name;
    private final Lives lives;
    private final long[] sizes;
    private final long[] alignments;
    /** The first moment at which a buffer lives. */
    private final int[] begins;
    /** One past the last moment at which it lives. */
    private final int[] ends;

    private final int moments;
    private final long step;
    private final long lowerBound;

    /**
     * What buffers are called, and when they live, in any unit of time.
     *
     * @param ids what the buffers are called; null if by their number
     * @param lowers when they begin to live
     * @param uppers when they no longer do
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed over once, and never compared.
    record Lives(@Nullable List<String> ids, long[] lowers, long[] uppers) {}

    private OfflineProblem(String name, Lives lives, long[] sizes, long[] alignments) {
        Lifetimes lifetimes = Lifetimes.of(lives.lowers(), lives.uppers());
        this.name = name;
        this.lives = lives;
        this.sizes = sizes;
        this.alignments = alignments;
        this.begins = lifetimes.begins();
        this.ends = lifetimes.ends();
        this.moments = lifetimes.moments();
        this.step = commonStep(sizes, alignments);
        this.lowerBound = Arrays.stream(liveBytes()).max().orElse(0);
    }

    /**
     * The parts of a trace; time is counted in operations, and what is live at the end stays so.
     *
     * @param granule what sizes are rounded up to a multiple of, in bytes, from 1 on
     * @throws IllegalArgumentException if the sizes and alignments add up to more than 2^60
     */
    public static OfflineProblem of(Trace trace, long granule) {
        int parts = trace.parts();
        long[] lowers = new long[parts];
        long[] uppers = new long[parts];
        long[] sizes = new long[parts];
        long[] alignments = new long[parts];
        Arrays.fill(uppers, trace.length());
        for (int i = 0; i < trace.length(); i++) {
            (trace.allocates(i) ? lowers : uppers)[trace.part(i)] = i;
        }
        Arrays.setAll(sizes, trace::size);
        Arrays.setAll(alignments, trace::alignment);
        return of(trace.name(), new Lives(null, lowers, uppers), sizes, alignments, granule);
    }

    /**
     * Reads a file: an instance, whose first line is {@code id,lower,upper,size} or that with {@code ,alignment}, or a trace.
     * A buffer of an instance lives from {@code lower}, included, to {@code upper}, excluded.
     *
     * @param granule what sizes of a trace are rounded up to a multiple of, in bytes; those of an instance are taken as
     *     they are
     * @throws IOException if the file cannot be read
     * @throws org.dmabufpool.bench.trace.TraceFormatException if it is neither; the message names the line
     */
    public static OfflineProblem read(Path path, long granule) throws IOException {
        return InstanceReader.read(path, granule);
    }

    /** As {@link #of(Trace, long)}, of any lives. The arrays are of one length, and are kept. */
    static OfflineProblem of(String name, Lives lives, long[] sizes, long[] alignments, long granule) {
        long sum = 0;
        for (int i = 0; i < sizes.length; i++) {
            sum += Math.min(sizes[i], MOST_BYTES) + Math.min(alignments[i], MOST_BYTES) + granule;
            if (sum > MOST_BYTES) {
                throw new IllegalArgumentException(name + ": the sizes and alignments of the first " + (i + 1)
                        + " buffers add up to more than 2^60 bytes: give sizes in a larger unit");
            }
            sizes[i] = roundUp(sizes[i], granule);
        }
        return new OfflineProblem(name, lives, sizes, alignments);
    }

    /** Where it comes from: a file, or a generator with its seed. */
    public String name() {
        return name;
    }

    /** How many buffers there are. */
    @Override
    public int buffers() {
        return sizes.length;
    }

    /** What a buffer is called where it comes from: its id, or the number of the trace's part. */
    public String id(int buffer) {
        return lives.ids() == null ? Integer.toString(buffer) : lives.ids().get(buffer);
    }

    /** When a buffer begins to live; for a trace, the number of the operation. */
    public long lower(int buffer) {
        return lives.lowers()[buffer];
    }

    /** The first time, after {@link #lower}, at which a buffer does not live. */
    public long upper(int buffer) {
        return lives.uppers()[buffer];
    }

    /** Bytes of a buffer, rounded up to the granule; above 0. */
    @Override
    public long size(int buffer) {
        return sizes[buffer];
    }

    /** What a buffer's offset must be a multiple of, in bytes: a power of two, 1 if any offset will do. */
    @Override
    public long alignment(int buffer) {
        return alignments[buffer];
    }

    /** The most bytes that live at one moment: no placement is lower than this. 0 if there are no buffers. */
    public long lowerBound() {
        return lowerBound;
    }

    /** How many moments there are. */
    int moments() {
        return moments;
    }

    /** The first moment at which a buffer lives. */
    int begin(int buffer) {
        return begins[buffer];
    }

    /** One past the last moment at which a buffer lives. */
    int end(int buffer) {
        return ends[buffer];
    }

    /** Whether two buffers live at the same time. */
    boolean together(int one, int other) {
        return begins[one] < ends[other] && begins[other] < ends[one];
    }

    /** What every height of a placement without needless gaps is a multiple of. */
    long step() {
        return step;
    }

    /** The bytes that live at each moment. */
    long[] liveBytes() {
        long[] live = new long[moments + 1];
        for (int i = 0; i < sizes.length; i++) {
            live[begins[i]] += sizes[i];
            live[ends[i]] -= sizes[i];
        }
        Arrays.parallelPrefix(live, Long::sum);
        return Arrays.copyOf(live, moments);
    }

    private static long roundUp(long size, long granule) {
        return (size + granule - 1) / granule * granule;
    }

    /** Buffers lie on each other or on multiples of their alignments, so ends are multiples of what divides all of those. */
    private static long commonStep(long[] sizes, long[] alignments) {
        long step = 0;
        for (int i = 0; i < sizes.length; i++) {
            step = divisor(step, sizes[i]);
            if (alignments[i] > 1) {
                step = divisor(step, alignments[i]);
            }
        }
        return Math.max(1, step);
    }

    private static long divisor(long one, long other) {
        long a = one;
        long b = other;
        while (b != 0) {
            long rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }
}
