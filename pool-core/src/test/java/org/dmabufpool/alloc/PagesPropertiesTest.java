// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Buddy chunks over extents against the oracle. */
class PagesPropertiesTest {

    @Provide
    Arbitrary<List<Op>> runs() {
        return Op.runs(600, 10);
    }

    @Property(tries = 1000)
    void followsTheIntervalMap(
            @ForAll @IntRange(min = 1, max = 3000) int pages,
            @ForAll @IntRange(min = 0, max = 512) int buddyLimit,
            @ForAll @IntRange(min = 0, max = 2000) int slack,
            @ForAll("runs") List<Op> run) {
        Pages tier = new Pages(pages, buddyLimit, slack);
        IntervalMap map = new IntervalMap(pages);
        for (Op op : run) {
            if (op.takes()) {
                take(tier, map, (int) op.size(), (int) op.alignment());
            } else if (map.size() > 0) {
                int page = (int) map.offset(op.pick());
                assertThat(tier.sizeAt(page)).isEqualTo((int) map.remove(page));
                tier.free(page);
            }
            tier.checkInvariants();
            assertThat(tier.freePages()).isEqualTo((int) (pages - map.used()));
        }
        while (map.size() > 0) {
            int page = (int) map.offset(0);
            map.remove(page);
            tier.free(page);
        }
        tier.checkInvariants();
        assertThat(tier.largestFree()).as("chunks given back").isEqualTo(pages);
    }

    private static void take(Pages tier, IntervalMap map, int count, int alignment) {
        int largest = tier.largestFree();
        int page = tier.allocate(count, alignment);
        if (page == Pages.NONE) {
            assertThat(alignment > 1 || count > largest)
                    .as("refused though it fits")
                    .isTrue();
        } else {
            assertThat(page & (alignment - 1)).isZero();
            assertThat(tier.sizeAt(page)).isEqualTo(count);
            map.add(page, count);
        }
    }

    @Property(tries = 200)
    void aBlockStartsOnItsOrder(
            @ForAll @IntRange(min = 0, max = 3) int unitShift,
            @ForAll @IntRange(min = 1, max = 64) int count,
            @ForAll("runs") List<Op> run) {
        BuddyTier buddies = new BuddyTier(1 << 14, unitShift);
        int most = buddies.chunkPages();
        for (int chunk = 0; chunk < 1 << 14; chunk += most) {
            buddies.addChunk(chunk);
        }
        for (Op op : run) {
            buddies.allocate((int) Math.max(1, Math.min(most, op.size())), 1);
        }
        int page = buddies.allocate(count, 1);
        if (page != BuddyTier.NONE) {
            int units = (count - 1 >>> unitShift) + 1;
            assertThat(page % (Integer.highestOneBit(2 * units - 1) << unitShift))
                    .isZero();
        }
    }
}
