// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.NONE;

import java.util.Arrays;

/** Planned places, in pages: those of one class in the order in which they are tried. */
final class PlannedPlaces {

    /** Where the places of each class begin in {@link #pages}; class 0, which is none, has no places. */
    private final int[] begins;

    private final int[] pages;

    /**
     * Takes the places that begin in a range.
     *
     * @param places offsets in bytes; those of class n are at n - 1
     * @param pageShift binary logarithm of the bytes of a page; no place is within one
     * @param capacity pages of the range
     */
    PlannedPlaces(long[][] places, int pageShift, int capacity) {
        begins = new int[places.length + 2];
        pages = new int
                [Arrays.stream(places).mapToInt(ofClass -> ofClass.length).sum()];
        for (int number = 1; number <= places.length; number++) {
            int end = begins[number];
            for (long place : places[number - 1]) {
                if (place >>> pageShift < capacity) {
                    pages[end++] = (int) (place >>> pageShift);
                }
            }
            begins[number + 1] = end;
        }
    }

    /** One more than the highest page that a place begins with; 0 if there are no places. */
    int end() {
        int end = 0;
        for (int i = 0; i < begins[begins.length - 1]; i++) {
            end = Math.max(end, pages[i] + 1);
        }
        return end;
    }

    /**
     * Takes the first place of a class whose first {@code count} pages are free, and which is a multiple of an alignment, in
     * pages: the run, or {@link BlockTable#NONE} if there is none.
     */
    int take(Extents extents, int number, int count, int alignment) {
        int run = NONE;
        for (int i = begins[number]; i < begins[number + 1] && run == NONE; i++) {
            if ((pages[i] & (alignment - 1)) == 0) {
                run = extents.allocateAt(pages[i], count);
            }
        }
        return run;
    }

    long metadataBytes() {
        return ((long) begins.length + pages.length) * Integer.BYTES;
    }
}
