// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.Arrays;

/**
 * A small table from page numbers to numbers: open addressing, the next place on a collision.
 *
 * <p>Not safe for use by many threads. It grows to twice the most pages it ever held and makes no garbage otherwise.
 */
final class PageTable {

    private static final int NO_PAGE = -1;
    private static final int FIRST_PLACES = 32;
    /** 2^32 divided by the golden ratio: spreads neighbouring pages over the table (Fibonacci hashing). */
    private static final int SPREAD = 0x9E3779B9;

    private int[] pages = new int[FIRST_PLACES];
    private int[] values = new int[FIRST_PLACES];
    private int size;

    PageTable() {
        Arrays.fill(pages, NO_PAGE);
    }

    int size() {
        return size;
    }

    /** The number of a page, which is in the table. */
    int get(int page) {
        return values[placeOf(page)];
    }

    /** Adds a page, which is not in the table. */
    void put(int page, int value) {
        if (2 * (size + 1) > pages.length) {
            grow();
        }
        int place = placeOf(page);
        pages[place] = page;
        values[place] = value;
        size++;
    }

    /** Removes a page, which is in the table, and closes the gap so that later ones are found. */
    void remove(int page) {
        int mask = pages.length - 1;
        int gap = placeOf(page);
        for (int i = (gap + 1) & mask; pages[i] != NO_PAGE; i = (i + 1) & mask) {
            if (((i - home(pages[i])) & mask) >= ((i - gap) & mask)) {
                pages[gap] = pages[i];
                values[gap] = values[i];
                gap = i;
            }
        }
        pages[gap] = NO_PAGE;
        size--;
    }

    private int placeOf(int page) {
        int mask = pages.length - 1;
        int place = home(page);
        while (pages[place] != page && pages[place] != NO_PAGE) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private int home(int page) {
        return (page * SPREAD) >>> (Integer.numberOfLeadingZeros(pages.length) + 1);
    }

    private void grow() {
        int[] oldPages = pages;
        int[] oldValues = values;
        pages = new int[2 * oldPages.length];
        values = new int[2 * oldPages.length];
        Arrays.fill(pages, NO_PAGE);
        for (int i = 0; i < oldPages.length; i++) {
            if (oldPages[i] != NO_PAGE) {
                int place = placeOf(oldPages[i]);
                pages[place] = oldPages[i];
                values[place] = oldValues[i];
            }
        }
    }

    long metadataBytes() {
        return 2L * pages.length * Integer.BYTES;
    }
}
