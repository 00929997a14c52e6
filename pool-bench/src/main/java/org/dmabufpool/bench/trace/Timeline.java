// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.dmabufpool.bench.policy.Placer;

/** A replay seen at evenly spaced moments. */
public final class Timeline {

    private Timeline() {}

    /**
     * How a pool looked at one moment. Free is what nobody asked for: rounding counts as free.
     *
     * @param operation how many operations were done
     * @param liveBytes bytes of live parts, as asked for
     * @param freeBytes all others
     * @param largestFreeBytes the largest hole between live parts
     * @param fragmentation 0 if all that is free is one hole, near 1 if it is in crumbs
     * @param available how many more parts of a given size the holes hold, wherever in a hole they may begin
     */
    public record Moment(
            int operation,
            long liveBytes,
            long freeBytes,
            long largestFreeBytes,
            double fragmentation,
            long available) {}

    /** Is shown the live parts, by their offset, after so many operations. */
    interface Observer {
        /** The {@code index}th moment. */
        void at(int index, int operation, NavigableMap<Long, Integer> live);
    }

    /** Shows a replay at {@code count} moments, the last one after the last operation. */
    static void walk(Replay replay, int count, Observer observer) {
        Trace trace = replay.trace();
        NavigableMap<Long, Integer> live = new TreeMap<>();
        int done = 0;
        for (int index = 0; index < count; index++) {
            int until = (int) ((long) trace.length() * (index + 1) / count);
            for (; done < until; done++) {
                apply(replay, done, live);
            }
            observer.at(index, done, live);
        }
    }

    private static void apply(Replay replay, int operation, NavigableMap<Long, Integer> live) {
        int part = replay.trace().part(operation);
        long offset = replay.offset(part);
        if (offset == Placer.NO_SPACE) {
            return;
        }
        if (replay.trace().allocates(operation)) {
            live.put(offset, part);
        } else {
            live.remove(offset);
        }
    }

    /**
     * How a pool of so many bytes looked at {@code count} moments.
     *
     * @param size of what {@link Moment#available} counts
     */
    static List<Moment> moments(Replay replay, long capacity, int count, long size) {
        List<Moment> moments = new ArrayList<>();
        walk(
                replay,
                count,
                (index, operation, live) -> moments.add(moment(replay.trace(), capacity, operation, live, size)));
        return moments;
    }

    /** How it looked when so many operations were done. */
    static Moment momentBefore(Replay replay, long capacity, int operation, long size) {
        NavigableMap<Long, Integer> live = new TreeMap<>();
        for (int done = 0; done < operation; done++) {
            apply(replay, done, live);
        }
        return moment(replay.trace(), capacity, operation, live, size);
    }

    private static Moment moment(
            Trace trace, long capacity, int operation, NavigableMap<Long, Integer> live, long size) {
        long end = 0;
        long liveBytes = 0;
        long largest = 0;
        long available = 0;
        for (Map.Entry<Long, Integer> part : live.entrySet()) {
            long hole = part.getKey() - end;
            largest = Math.max(largest, hole);
            available += hole / size;
            end = part.getKey() + trace.size(part.getValue());
            liveBytes += trace.size(part.getValue());
        }
        long last = capacity - end;
        largest = Math.max(largest, last);
        available += last / size;
        long free = capacity - liveBytes;
        double fragmentation = free == 0 ? 0 : 1 - (double) largest / free;
        return new Moment(operation, liveBytes, free, largest, fragmentation, available);
    }
}
