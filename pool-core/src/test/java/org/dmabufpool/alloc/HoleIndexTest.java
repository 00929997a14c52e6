// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which hole is taken. A range of 8 regions, in which lists of several sizes begin at 2048 pages. */
class HoleIndexTest {

    private static final int REGION = 1 << 17;
    private static final int PAGES = 8 * REGION;
    private static final int SMALL = 100;

    private final BlockTable blocks = new BlockTable();
    private final Extents extents = new ExactExtents(blocks, 0, PAGES, SMALL, 3);

    private int page(int run) {
        assertThat(run).isNotEqualTo(BlockTable.NONE);
        return blocks.get(run, BlockTable.OFFSET);
    }

    /** Holes of those sizes, and runs between them that stay. */
    private List<Integer> holes(int... sizes) {
        List<Integer> runs = new ArrayList<>();
        List<Integer> pages = new ArrayList<>();
        for (int size : sizes) {
            Growth.makeRoom(blocks, extents);
            runs.add(extents.allocate(size));
            extents.allocate(SMALL);
        }
        for (int run : runs) {
            pages.add(page(run));
            extents.free(run);
        }
        extents.free(extents.allocate(1));
        return pages;
    }

    @Test
    void largeRunsTakeTheBeginningOfTheRangeAndSmallOnesTheEnd() {
        assertThat(page(extents.allocate(SMALL))).isZero();
        assertThat(page(extents.allocate(SMALL - 1))).isEqualTo(PAGES - SMALL + 1);
        assertThat(page(extents.allocate(SMALL))).isEqualTo(SMALL);
        assertThat(page(extents.allocate(1))).isEqualTo(PAGES - SMALL);
    }

    @Test
    void smallRunsComeFromTheHighestRegion() {
        int low = extents.allocate(SMALL);
        extents.allocate(2 * REGION);
        int high = extents.allocate(2 * SMALL);
        extents.allocate(extents.largest());
        extents.free(low);
        extents.free(high);
        extents.free(extents.allocate(SMALL + 1));
        assertThat(page(extents.allocate(SMALL / 2))).isGreaterThan(2 * REGION);
        assertThat(page(extents.allocate(SMALL))).isZero();
    }

    @Test
    void withinARegionTheSmallestHoleThatFitsIsTaken() {
        List<Integer> pages = holes(900, 400, 700, 500);
        assertThat(page(extents.allocate(450))).isEqualTo(pages.get(3));
        assertThat(page(extents.allocate(600))).isEqualTo(pages.get(2));
        assertThat(page(extents.allocate(400))).isEqualTo(pages.get(1));
    }

    @Test
    void aLowerRegionComesFirstForALargeRun() {
        int low = extents.allocate(500);
        extents.allocate(2 * REGION);
        int high = extents.allocate(200);
        extents.allocate(SMALL);
        extents.free(low);
        extents.free(high);
        assertThat(page(extents.allocate(150)))
                .as("in 500 pages rather than in 200 higher up")
                .isZero();
    }

    @Test
    void amongTheSizesOfOneListTheSmallestThatFitsIsTaken() {
        List<Integer> pages = holes(2170, 2060, 2120, 2150);
        assertThat(page(extents.allocate(2110))).isEqualTo(pages.get(2));
    }

    @Test
    void aHoleOfALargerListServesWhereTheOwnListHasNoneThatFits() {
        List<Integer> pages = holes(2060, 2070, 2400);
        extents.allocate(extents.largest());
        assertThat(page(extents.allocate(2100))).isEqualTo(pages.get(2));
        assertThat(extents.allocate(2401)).isEqualTo(BlockTable.NONE);
    }

    @Test
    void theOneHoleThatFitsIsFoundBehindManyThatNearlyDo() {
        int[] sizes = new int[101];
        java.util.Arrays.fill(sizes, 2100);
        sizes[0] = 2101;
        List<Integer> pages = holes(sizes);
        extents.allocate(extents.largest());
        assertThat(extents.largest()).isEqualTo(2101);
        assertThat(extents.allocate(2102)).isEqualTo(BlockTable.NONE);
        assertThat(page(extents.allocate(2101))).isEqualTo(pages.get(0));
        assertThat(extents.allocate(2101)).isEqualTo(BlockTable.NONE);
        extents.checkInvariants();
    }

    @Test
    void theRunGivenBackLastIsTheAnswerToARequestForItsSize() {
        extents.allocate(200);
        int second = extents.allocate(200);
        extents.allocate(200);
        extents.free(second);
        assertThat(extents.allocate(200)).isEqualTo(second);
        assertThat(page(second)).isEqualTo(200);
    }

    @Test
    void theRunGivenBackLastIsNotHeldBackFromALargerRequest() {
        extents.free(extents.allocate(PAGES - 4));
        assertThat(page(extents.allocate(PAGES))).isZero();
    }
}
