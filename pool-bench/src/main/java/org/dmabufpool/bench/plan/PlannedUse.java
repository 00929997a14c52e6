// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.dmabufpool.bench.trace.Trace;

/**
 * What is to be given a place by a plan, and which of these are in use at one time in the recordings. Sizes are in pages.
 *
 * <p>A buffer is here the i-th of the parts of a class that are live at once, i being the lowest that is free when a part
 * begins: so a class has as many as are ever live at once, and the first ones are in use the most.
 */
final class PlannedUse implements Buffers {

    /** Pairs that are noted before equal ones are joined. */
    private static final int MOST_NOTED = 1 << 20;

    private static final int FIRST_ROOM = 64;

    private final RequestClasses classes;
    /** The buffers of each class, in the order of i. */
    private final List<List<Integer>> ofClass = new ArrayList<>();

    private int count;
    private long[] sizes = new long[FIRST_ROOM];
    private long[] begun = new long[FIRST_ROOM];
    private long[] noted = new long[FIRST_ROOM];
    private int notedCount;
    /** Sorted pairs, and how often one of each began while the other was in use. */
    private long[] pairs = {};

    private int[] weights = {};

    private PlannedUse(RequestClasses classes) {
        this.classes = classes;
        for (int i = 0; i < classes.size(); i++) {
            ofClass.add(new ArrayList<>());
        }
    }

    /** That of recordings. */
    static PlannedUse of(List<Trace> traces, RequestClasses classes) {
        PlannedUse use = new PlannedUse(classes);
        for (Trace trace : traces) {
            use.add(trace);
        }
        use.join();
        return use;
    }

    private void add(Trace trace) {
        int[] buffers = new int[trace.parts()];
        BitSet live = new BitSet();
        for (int i = 0; i < trace.length(); i++) {
            int part = trace.part(i);
            if (trace.allocates(i)) {
                int number = classes.of(trace.tag(part), trace.size(part));
                buffers[part] = number == RequestClasses.NONE ? RequestClasses.NONE : firstFree(number, live);
                if (number != RequestClasses.NONE) {
                    begin(buffers[part], classes.pages(trace.size(part)), live);
                }
            } else if (buffers[part] != RequestClasses.NONE) {
                live.clear(buffers[part]);
            }
        }
    }

    private int firstFree(int number, BitSet live) {
        List<Integer> buffers = ofClass.get(number);
        for (int buffer : buffers) {
            if (!live.get(buffer)) {
                return buffer;
            }
        }
        if (count == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * count);
            begun = Arrays.copyOf(begun, 2 * count);
        }
        buffers.add(count);
        return count++;
    }

    private void begin(int buffer, long pages, BitSet live) {
        sizes[buffer] = Math.max(sizes[buffer], pages);
        begun[buffer]++;
        for (int other = live.nextSetBit(0); other >= 0; other = live.nextSetBit(other + 1)) {
            if (notedCount == noted.length) {
                noted = Arrays.copyOf(noted, 2 * notedCount);
            }
            noted[notedCount++] = Overlaps.pair(buffer, other);
        }
        if (notedCount >= MOST_NOTED) {
            join();
        }
        live.set(buffer);
    }

    /** Adds what was noted to the pairs. */
    private void join() {
        Arrays.sort(noted, 0, notedCount);
        long[] joined = new long[pairs.length + notedCount];
        int[] counts = new int[joined.length];
        int end = 0;
        int old = 0;
        int fresh = 0;
        while (old < pairs.length || fresh < notedCount) {
            boolean takesOld = fresh == notedCount || (old < pairs.length && pairs[old] <= noted[fresh]);
            long pair = takesOld ? pairs[old] : noted[fresh];
            if (end == 0 || joined[end - 1] != pair) {
                joined[end++] = pair;
            }
            counts[end - 1] += takesOld ? weights[old] : 1;
            old += takesOld ? 1 : 0;
            fresh += takesOld ? 0 : 1;
        }
        pairs = Arrays.copyOf(joined, end);
        weights = Arrays.copyOf(counts, end);
        notedCount = 0;
    }

    RequestClasses classes() {
        return classes;
    }

    @Override
    public int buffers() {
        return count;
    }

    /** Pages of the largest part that a buffer was. */
    @Override
    public long size(int buffer) {
        return sizes[buffer];
    }

    @Override
    public long alignment(int buffer) {
        return 1;
    }

    /** How many parts a buffer was. */
    long begun(int buffer) {
        return begun[buffer];
    }

    /** The buffers of a class, in the order of i. */
    List<Integer> ofClass(int number) {
        return ofClass.get(number);
    }

    /** Those of one class, and those of which one began more than so many times while the other was in use. */
    Overlaps overlaps(int moreThan) {
        int[] classOf = new int[count];
        for (int number = 0; number < ofClass.size(); number++) {
            for (int buffer : ofClass.get(number)) {
                classOf[buffer] = number;
            }
        }
        long[] kept = new long[pairs.length];
        int keptCount = 0;
        for (int i = 0; i < pairs.length; i++) {
            if (weights[i] > moreThan || classOf[Overlaps.one(pairs[i])] == classOf[Overlaps.other(pairs[i])]) {
                kept[keptCount++] = pairs[i];
            }
        }
        return Overlaps.of(count, Arrays.copyOf(kept, keptCount));
    }
}
