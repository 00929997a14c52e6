// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dmabufpool.bench.trace.Trace;

/**
 * Which requests a plan tells apart: by their size in pages, and by tag where that is asked for. Sizes that depend on the
 * picture, which are many and rare, are one class a tag. Immutable.
 */
final class RequestClasses {

    /** No class has this number. */
    static final int NONE = -1;

    /** Tags of up to so many sizes have only sizes that are fixed. */
    private static final int FEW_SIZES = 8;
    /** A size that every so many requests of its tag have is fixed, too. */
    private static final int ONE_IN = 10;

    private final List<Requests> classes;
    private final long page;
    private final Map<String, List<Integer>> byTag = new HashMap<>();

    /**
     * A class: requests with one of the tags and a size in between.
     *
     * @param tags which; the empty one is that of requests without a tag
     * @param leastPages the smallest size, rounded up to pages
     * @param mostPages the largest
     */
    record Requests(Set<String> tags, long leastPages, long mostPages) {}

    /**
     * How requests are grouped.
     *
     * @param byTag whether requests of one size and two tags are two classes
     * @param leastPages smaller sizes are in no class
     * @param page bytes of a page
     */
    record Grouping(boolean byTag, long leastPages, long page) {}

    private RequestClasses(List<Requests> classes, long page) {
        this.page = page;
        this.classes = List.copyOf(classes);
        for (int i = 0; i < classes.size(); i++) {
            for (String tag : classes.get(i).tags()) {
                byTag.computeIfAbsent(tag, any -> new ArrayList<>()).add(i);
            }
        }
    }

    /** The classes of what traces ask for. */
    static RequestClasses of(List<Trace> traces, Grouping grouping) {
        Map<String, NavigableMap<Long, Integer>> counts = new TreeMap<>();
        for (Trace trace : traces) {
            for (int part = 0; part < trace.parts(); part++) {
                if (pages(trace.size(part), grouping.page()) >= grouping.leastPages()) {
                    counts.computeIfAbsent(trace.tag(part), any -> new TreeMap<>())
                            .merge(pages(trace.size(part), grouping.page()), 1, Integer::sum);
                }
            }
        }
        List<Requests> classes = new ArrayList<>();
        Map<Long, Set<String>> fixed = new TreeMap<>();
        counts.forEach((tag, sizes) -> {
            for (Requests requests : split(tag, sizes)) {
                if (grouping.byTag() || requests.leastPages() < requests.mostPages()) {
                    classes.add(requests);
                } else {
                    fixed.computeIfAbsent(requests.leastPages(), any -> new TreeSet<>())
                            .add(tag);
                }
            }
        });
        fixed.forEach((pages, tags) -> classes.add(new Requests(Set.copyOf(tags), pages, pages)));
        return new RequestClasses(classes, grouping.page());
    }

    /** A class for each fixed size, and one for each run of others between these. */
    private static List<Requests> split(String tag, NavigableMap<Long, Integer> sizes) {
        long total = sizes.values().stream().mapToLong(Integer::longValue).sum();
        List<Requests> classes = new ArrayList<>();
        long least = 0;
        long most = 0;
        for (Map.Entry<Long, Integer> size : sizes.entrySet()) {
            boolean isFixed = sizes.size() <= FEW_SIZES || (long) size.getValue() * ONE_IN >= total;
            if (isFixed && least > 0) {
                classes.add(new Requests(Set.of(tag), least, most));
                least = 0;
            }
            if (isFixed) {
                classes.add(new Requests(Set.of(tag), size.getKey(), size.getKey()));
            } else {
                least = least == 0 ? size.getKey() : least;
                most = size.getKey();
            }
        }
        if (least > 0) {
            classes.add(new Requests(Set.of(tag), least, most));
        }
        return classes;
    }

    private static long pages(long bytes, long page) {
        return -Math.floorDiv(-bytes, page);
    }

    /** Whole pages for so many bytes. */
    long pages(long bytes) {
        return pages(bytes, page);
    }

    /** Bytes of a page. */
    long page() {
        return page;
    }

    /** How many there are. */
    int size() {
        return classes.size();
    }

    Requests get(int number) {
        return classes.get(number);
    }

    /** The class of a request, or {@link #NONE}. */
    int of(String tag, long bytes) {
        long pages = pages(bytes);
        for (int number : byTag.getOrDefault(tag, List.of())) {
            Requests requests = classes.get(number);
            if (pages >= requests.leastPages() && pages <= requests.mostPages()) {
                return number;
            }
        }
        return NONE;
    }
}
