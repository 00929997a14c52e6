// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the lists that hold several sizes must not get wrong. */
class HoleIndexTest {

    private static final int PAGES = 300;

    private final BlockTable blocks = new BlockTable();
    private final RunTiers runs = new RunTiers(blocks, PAGES, 0, 0);

    @Test
    void amongTheSizesOfOneListTheSmallestThatFitsIsTaken() {
        runs.settledExtents().addRange(0, PAGES);
        int large = runs.allocate(100);
        runs.allocate(20);
        int middle = runs.allocate(80);
        runs.allocate(100);
        runs.free(middle);
        runs.free(large);
        assertThat(blocks.get(runs.allocate(70), BlockTable.OFFSET))
                .as("first page of the hole of 80, though that of 100 came later")
                .isEqualTo(120);
    }
}
