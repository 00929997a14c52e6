// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The holes by their first pages against a sorted map. */
class HoleStartsTest {

    record Step(boolean adds, int page) {}

    @Provide
    Arbitrary<Integer> pages() {
        return Arbitraries.of(1, 2, 63, 64, 65, 4095, 4096, 4097, 300_000);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> page = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 200), Arbitraries.integers().between(0, 400_000));
        return Combinators.combine(Arbitraries.of(true, true, false), page)
                .as(Step::new)
                .list()
                .ofMaxSize(100);
    }

    @Property(tries = 120)
    void theLastHoleUpToAPageIsFound(@ForAll("pages") int pages, @ForAll("steps") List<Step> steps) {
        HoleStarts starts = new HoleStarts(pages);
        TreeMap<Integer, Integer> map = new TreeMap<>();
        int hole = 1;
        for (Step step : steps) {
            if (step.adds()) {
                starts.add(step.page(), hole);
                map.put(step.page(), hole++);
            } else if (!map.isEmpty()) {
                Integer page = map.floorKey(step.page());
                starts.remove(page == null ? map.firstKey() : page);
                map.remove(page == null ? map.firstKey() : page);
            }
            starts.checkInvariants(visitor -> map.forEach(visitor::hole));
            for (int from : List.of(0, 1, step.page() - 1, step.page(), step.page() + 1, 199, pages / 2, pages - 1)) {
                if (from >= 0 && from < pages) {
                    Map.Entry<Integer, Integer> expected = map.floorEntry(from);
                    assertThat(starts.lastUpTo(from))
                            .as("the hole up to page %d", from)
                            .isEqualTo(expected == null ? BlockTable.NONE : expected.getValue());
                }
            }
        }
    }
}
