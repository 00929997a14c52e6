// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What was asked of a pool, in order: allocations and releases, no addresses. A release is where the place is given back:
 * whoever owned it or used it by a loan has ended. Of these it is known how many there were.
 *
 * <p>Immutable. Parts are numbered from 0 in the order of their allocation; each is allocated once and released at most
 * once, later.
 */
public final class Trace {

    private final String name;
    private final int[] operations;
    private final long[] sizes;
    private final byte[] alignments;
    private final Map<Integer, String> tags;
    private final long shares;
    private final long loans;
    private final long peakLiveBytes;

    private Trace(Builder builder) {
        name = builder.name;
        operations = Arrays.copyOf(builder.operations, builder.length);
        sizes = Arrays.copyOf(builder.sizes, builder.parts);
        alignments = Arrays.copyOf(builder.alignments, builder.parts);
        tags = Map.copyOf(builder.tags);
        shares = builder.shares;
        loans = builder.loans;
        peakLiveBytes = builder.peakLiveBytes;
    }

    /** Where it comes from: a file, or a generator with its seed. */
    public String name() {
        return name;
    }

    /** How many allocations and releases there are. */
    public int length() {
        return operations.length;
    }

    /** How many parts are allocated in all. */
    public int parts() {
        return sizes.length;
    }

    /** Whether operation {@code i} allocates its part; otherwise it releases it. */
    public boolean allocates(int i) {
        return operations[i] >= 0;
    }

    /** Number of the part that operation {@code i} is about. */
    public int part(int i) {
        return operations[i] >= 0 ? operations[i] : ~operations[i];
    }

    /** Bytes asked for. */
    public long size(int part) {
        return sizes[part];
    }

    /** What the part's offset is to be a multiple of, in bytes; 1 if nothing was asked for. */
    public long alignment(int part) {
        return 1L << alignments[part];
    }

    /** Who holds the part; empty where nobody said. */
    public String tag(int part) {
        return tags.getOrDefault(part, "");
    }

    /** How many further owners the parts had. */
    public long shares() {
        return shares;
    }

    /** How many times a part was lent to a device. */
    public long loans() {
        return loans;
    }

    /** The size of the largest part, in bytes. */
    public long largestSize() {
        return Arrays.stream(sizes).max().orElse(0);
    }

    /** The most bytes that are live at one moment, as asked for: no pool below this serves the trace. */
    public long peakLiveBytes() {
        return peakLiveBytes;
    }

    /** Collects the operations of a trace. */
    static final class Builder {

        private static final int FIRST_LENGTH = 1024;

        private final String name;
        /** The part allocated, or the complement of the part released. */
        private int[] operations = new int[FIRST_LENGTH];

        private long[] sizes = new long[FIRST_LENGTH];
        /** Logarithms to base 2. */
        private byte[] alignments = new byte[FIRST_LENGTH];

        private final Map<Integer, String> tags = new HashMap<>();
        private int length;
        private int parts;
        private long shares;
        private long loans;
        private long liveBytes;
        private long peakLiveBytes;

        Builder(String name) {
            this.name = name;
        }

        /** Allocates a part wherever it may lie and returns its number. */
        int allocate(long size) {
            return allocate(size, 1);
        }

        /** Allocates a part and returns its number. */
        int allocate(long size, long alignment) {
            if (parts == sizes.length) {
                sizes = Arrays.copyOf(sizes, 2 * parts);
                alignments = Arrays.copyOf(alignments, 2 * parts);
            }
            sizes[parts] = size;
            alignments[parts] = (byte) Long.numberOfTrailingZeros(alignment);
            add(parts);
            liveBytes = Math.addExact(liveBytes, size);
            peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
            return parts++;
        }

        void release(int part) {
            add(~part);
            liveBytes -= sizes[part];
        }

        void tag(int part, String tag) {
            tags.put(part, tag);
        }

        /** A part has a further owner. */
        void share() {
            shares++;
        }

        /** A part is lent. */
        void lend() {
            loans++;
        }

        /** Bytes live now. */
        long liveBytes() {
            return liveBytes;
        }

        private void add(int operation) {
            if (length == operations.length) {
                operations = Arrays.copyOf(operations, 2 * length);
            }
            operations[length++] = operation;
        }

        Trace build() {
            return new Trace(this);
        }
    }
}
