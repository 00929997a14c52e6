// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Extents against the oracle: the smallest hole that is large enough, the lowest for an alignment; and never a refusal while one fits. */
class ExtentsPropertiesTest {

    @Provide
    Arbitrary<List<Op>> runs() {
        return Op.runs(600, 8);
    }

    @Provide
    Arbitrary<Integer> pools() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 130), Arbitraries.integers().between(1000, 5000));
    }

    @Property(tries = 1000)
    void followsTheIntervalMap(@ForAll("pools") int pages, @ForAll("runs") List<Op> run) {
        Extents extents = new Extents(pages);
        IntervalMap map = new IntervalMap(pages);
        for (Op op : run) {
            if (op.takes()) {
                take(extents, map, (int) op.size(), (int) op.alignment());
            } else if (map.size() > 0) {
                int page = (int) map.offset(op.pick());
                assertThat(extents.sizeAt(page)).isEqualTo((int) map.remove(page));
                extents.free(page);
            }
            extents.checkInvariants();
            assertThat(extents.freePages()).isEqualTo((int) (pages - map.used()));
        }
        while (map.size() > 0) {
            int page = (int) map.offset(0);
            map.remove(page);
            extents.free(page);
        }
        extents.checkInvariants();
        assertThat(extents.largestHole()).isEqualTo(pages);
    }

    private static void take(Extents extents, IntervalMap map, int count, int alignment) {
        List<long[]> fitting = map.holes();
        fitting.removeIf(hole -> alignUp(hole[0], alignment) + count > hole[0] + hole[1]);
        int page = extents.allocate(count, alignment);
        if (fitting.isEmpty()) {
            assertThat(page).isEqualTo(Extents.NONE);
            return;
        }
        assertThat(page).isNotEqualTo(Extents.NONE).isEqualTo(alignUp(page, alignment));
        if (alignment == 1) {
            long smallest = fitting.stream().mapToLong(hole -> hole[1]).min().orElseThrow();
            long taken =
                    fitting.stream().filter(hole -> hole[0] == page).findFirst().orElseThrow()[1];
            assertThat(taken).as("size of the hole taken").isEqualTo(smallest);
        } else if (fitting.stream().noneMatch(hole -> hole[0] == page && hole[1] == count)) {
            assertThat((long) page).as("lowest address").isEqualTo(alignUp(fitting.get(0)[0], alignment));
        }
        map.add(page, count);
    }

    private static long alignUp(long page, long alignment) {
        return (page + alignment - 1) / alignment * alignment;
    }
}
