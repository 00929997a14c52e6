// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dmabufpool.alloc.AllocatorLayout;

/**
 * Where the requests of one use case are to lie, made beforehand from recordings of it. Immutable.
 *
 * <p>A plan has classes of requests, told by tag and size, and a list of places for each. A request of a class takes the first
 * of its places that is free, and if none is, what it would get without a plan; so do requests of no class. Places of
 * different classes may overlap: those that were not in use at one time in the recordings usually do.
 *
 * <p>docs/allocator.md describes the text that {@link #read} reads and {@link #text} writes.
 */
public final class PlacementPlan {

    /** What every place is a multiple of, in bytes. */
    public static final long PAGE = 4096;

    /** The most classes of a plan. */
    public static final int MOST_CLASSES = 4096;

    /** The most places of a plan, those of all classes together. */
    public static final int MOST_PLACES = 1 << 16;

    /** Far above all memory, far below what overflows. */
    static final long MOST_BYTES = 1L << 50;

    private static final int[] NO_CLASSES = {};

    private final List<Requests> classes;
    /** The numbers of the classes that a tag has. */
    private final Map<String, int[]> byTag = new HashMap<>();

    private final long[] leastBytes;
    private final long[] mostBytes;
    private final long height;

    /**
     * A class of requests, and where they are to lie.
     *
     * @param tags the tags of its requests, at least one; the empty tag is that of requests without
     * @param leastBytes the smallest size of its requests, from 1 on
     * @param mostBytes the largest, up to 2<sup>50</sup>
     * @param places offsets in bytes, in the order in which they are tried: multiples of {@link #PAGE}, from 0 on, none twice
     */
    public record Requests(List<String> tags, long leastBytes, long mostBytes, List<Long> places) {

        /**
         * Checks all values.
         *
         * @throws IllegalArgumentException if one is out of its range
         */
        public Requests {
            tags = List.copyOf(tags);
            places = List.copyOf(places);
            if (leastBytes < 1 || mostBytes < leastBytes || mostBytes > MOST_BYTES) {
                throw new IllegalArgumentException("the sizes of a class are 1 to " + MOST_BYTES
                        + " bytes, the least first: " + leastBytes + " to " + mostBytes);
            }
            if (tags.isEmpty()) {
                throw new IllegalArgumentException("a class has a tag at least, if only the empty one");
            }
            Set<Long> seen = new HashSet<>();
            for (long place : places) {
                if (place < 0 || place > MOST_BYTES || place % PAGE != 0) {
                    throw new IllegalArgumentException(
                            "a place is a multiple of " + PAGE + " from 0 to " + MOST_BYTES + ": " + place);
                }
                if (!seen.add(place)) {
                    throw new IllegalArgumentException("a class has each of its places once: " + place);
                }
            }
        }
    }

    private PlacementPlan(List<Requests> classes) {
        this.classes = List.copyOf(classes);
        leastBytes = new long[classes.size() + 1];
        mostBytes = new long[classes.size() + 1];
        long end = 0;
        Map<String, List<Integer>> numbers = new HashMap<>();
        for (int number = 1; number <= classes.size(); number++) {
            Requests requests = classes.get(number - 1);
            leastBytes[number] = requests.leastBytes();
            mostBytes[number] = requests.mostBytes();
            for (long place : requests.places()) {
                end = Math.max(end, place + roundUp(requests.mostBytes()));
            }
            for (String tag : requests.tags()) {
                List<Integer> ofTag = numbers.computeIfAbsent(tag, any -> new ArrayList<>());
                checkApart(requests, tag, ofTag);
                ofTag.add(number);
            }
        }
        numbers.forEach((tag, ofTag) ->
                byTag.put(tag, ofTag.stream().mapToInt(Integer::intValue).toArray()));
        height = end;
    }

    private static long roundUp(long bytes) {
        return (bytes + PAGE - 1) / PAGE * PAGE;
    }

    /** A request must not be of two classes. */
    private void checkApart(Requests requests, String tag, List<Integer> others) {
        for (int other : others) {
            if (requests.leastBytes() <= mostBytes[other] && leastBytes[other] <= requests.mostBytes()) {
                throw new IllegalArgumentException("requests of tag '" + tag + "' of "
                        + Math.max(requests.leastBytes(), leastBytes[other])
                        + " bytes are of two classes: sizes of a tag's classes must not overlap, and a class has a tag"
                        + " once");
            }
        }
    }

    /**
     * A plan of classes.
     *
     * @throws IllegalArgumentException if a request is of two classes, or there are more than {@link #MOST_CLASSES} or {@link
     *     #MOST_PLACES}
     */
    public static PlacementPlan of(List<Requests> classes) {
        if (classes.size() > MOST_CLASSES) {
            throw new IllegalArgumentException(
                    "a plan has at most " + MOST_CLASSES + " classes, not " + classes.size());
        }
        int places =
                classes.stream().mapToInt(requests -> requests.places().size()).sum();
        if (places > MOST_PLACES) {
            throw new IllegalArgumentException("a plan has at most " + MOST_PLACES + " places, not " + places);
        }
        return new PlacementPlan(classes);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no plan; the message names the line
     */
    public static PlacementPlan read(Path path) throws IOException {
        try (InputStream bytes = Files.newInputStream(path)) {
            return PlanText.read(path.toString(), bytes);
        }
    }

    /**
     * Reads a stream to its end, and leaves it open.
     *
     * @param name of the stream, for messages
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no plan; the message names the line
     */
    public static PlacementPlan read(String name, InputStream bytes) throws IOException {
        return PlanText.read(name, bytes);
    }

    /** The plan as text, in ASCII. */
    public String text() {
        return PlanText.write(classes);
    }

    /**
     * Writes the text to a file.
     *
     * @throws IOException if it cannot be written
     */
    public void write(Path path) throws IOException {
        Files.write(path, text().getBytes(StandardCharsets.US_ASCII));
    }

    /** The classes; that of number n is at n - 1. */
    public List<Requests> classes() {
        return classes;
    }

    /** Where the highest place ends for the largest of its requests, in bytes; 0 if there are no places. */
    public long height() {
        return height;
    }

    /** The places of each class, in bytes; those of number n are at n - 1. What {@link AllocatorLayout#create(long[][])} takes. */
    public long[][] places() {
        return classes.stream()
                .map(requests ->
                        requests.places().stream().mapToLong(Long::longValue).toArray())
                .toArray(long[][]::new);
    }

    /** The number of the class of a request, from 1 on, or 0. */
    public int classOf(String tag, long bytes) {
        for (int number : byTag.getOrDefault(tag, NO_CLASSES)) {
            if (bytes >= leastBytes[number] && bytes <= mostBytes[number]) {
                return number;
            }
        }
        return 0;
    }
}
