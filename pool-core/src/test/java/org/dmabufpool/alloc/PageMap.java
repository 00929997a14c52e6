// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The oracle of whole pages: who owns each one, where ranges are cut, and nothing clever. */
final class PageMap {

    static final int OUTSIDE = -1;
    static final int FREE = 0;

    private final int[] owners;
    /** Whether what lies before a page and what begins with it are never joined. */
    private final boolean[] cuts;

    /** Some pages in a row that are nobody's and between which there is no cut. */
    record Hole(int page, int pages) {
        int end() {
            return page + pages;
        }

        /** What is left from the first multiple of the alignment on. */
        int behindFirst(int alignment) {
            return end() - (page + alignment - 1) / alignment * alignment;
        }
    }

    PageMap(int pages) {
        owners = new int[pages];
        cuts = new boolean[pages + 1];
        cuts[0] = true;
        cuts[pages] = true;
    }

    int pages() {
        return owners.length;
    }

    int owner(int page) {
        return owners[page];
    }

    boolean cutBefore(int page) {
        return cuts[page];
    }

    void cut(int page) {
        cuts[page] = true;
    }

    void uncut(int page) {
        cuts[page] = false;
    }

    /** Pages change hands; all of them must be {@code from}'s before. */
    void set(int page, int count, int from, int to) {
        for (int i = page; i < page + count; i++) {
            assertThat(owners[i]).as("owner of page %d", i).isEqualTo(from);
        }
        Arrays.fill(owners, page, page + count, to);
    }

    List<Hole> holes() {
        return rows(FREE);
    }

    /** Rows of pages that are outside of all ranges. */
    List<Hole> outside() {
        return rows(OUTSIDE);
    }

    private List<Hole> rows(int owner) {
        List<Hole> rows = new ArrayList<>();
        int begin = 0;
        for (int page = 0; page < owners.length; page++) {
            begin = owners[page] != owner ? page + 1 : begin;
            boolean ends = page + 1 == owners.length || owners[page + 1] != owner || cuts[page + 1];
            if (owners[page] == owner && ends) {
                rows.add(new Hole(begin, page + 1 - begin));
                begin = page + 1;
            }
        }
        return rows;
    }

    /** Size of the smallest hole with so many pages, or 0. */
    int bestFit(int count) {
        return holes().stream()
                .mapToInt(Hole::pages)
                .filter(pages -> pages >= count)
                .min()
                .orElse(0);
    }

    /** Whether a hole has so many pages behind its first multiple of the alignment. */
    boolean fits(int count, int alignment) {
        return holes().stream().anyMatch(hole -> hole.behindFirst(alignment) >= count);
    }
}
