// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The oracle of whole pages: who owns each one, and nothing clever. */
final class PageMap {

    static final int FREE = 0;

    private final int[] owners;

    /** Some pages in a row that are nobody's. */
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
    }

    int pages() {
        return owners.length;
    }

    int owner(int page) {
        return owners[page];
    }

    /** Pages change hands; all of them must be {@code from}'s before. */
    void set(int page, int count, int from, int to) {
        for (int i = page; i < page + count; i++) {
            assertThat(owners[i] == from).as("owner of page %d is %d", i, from).isTrue();
        }
        Arrays.fill(owners, page, page + count, to);
    }

    List<Hole> holes() {
        List<Hole> holes = new ArrayList<>();
        int begin = 0;
        for (int page = 0; page < owners.length; page++) {
            if (owners[page] != FREE) {
                begin = page + 1;
            } else if (page + 1 == owners.length || owners[page + 1] != FREE) {
                holes.add(new Hole(begin, page + 1 - begin));
            }
        }
        return holes;
    }

    /** Whether a hole has so many pages behind its first multiple of the alignment. */
    boolean fits(int count, int alignment) {
        return holes().stream().anyMatch(hole -> hole.behindFirst(alignment) >= count);
    }
}
