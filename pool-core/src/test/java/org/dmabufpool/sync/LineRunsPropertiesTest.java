// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Runs against the naive set of lines touched. */
class LineRunsPropertiesTest {

    private static final int LINE = 128;

    @Property
    void runsCoverTheLinesTouchedAndNoOthersInTheFewestPieces(@ForAll("ranges") List<long[]> ranges) {
        BitSet touched = new BitSet();
        boolean cuts = false;
        for (long[] range : ranges) {
            touched.set((int) (range[0] / LINE), (int) ((range[1] + LINE - 1) / LINE));
            cuts |= range[0] % LINE != 0 || range[1] % LINE != 0;
        }
        LineRuns runs = LineRuns.covering(
                LINE,
                ranges.stream().mapToLong(range -> range[0]).toArray(),
                ranges.stream().mapToLong(range -> range[1]).toArray());
        BitSet covered = new BitSet();
        for (int run = 0; run < runs.count(); run++) {
            assertThat(runs.length(run)).isPositive();
            assertThat(runs.offset(run) % LINE).isZero();
            covered.set((int) (runs.offset(run) / LINE), (int) ((runs.offset(run) + runs.length(run)) / LINE));
        }
        assertThat(covered).isEqualTo(touched);
        assertThat(runs.bytes()).as("no line twice").isEqualTo((long) touched.cardinality() * LINE);
        assertThat(runs.count()).isEqualTo(groups(touched));
        assertThat(runs.cutsLines()).isEqualTo(cuts);
    }

    private static int groups(BitSet lines) {
        int groups = 0;
        for (int line = lines.nextSetBit(0); line >= 0; line = lines.nextSetBit(lines.nextClearBit(line))) {
            groups++;
        }
        return groups;
    }

    @Provide
    Arbitrary<List<long[]>> ranges() {
        Arbitrary<Long> start = Arbitraries.longs().between(0, 5_000);
        Arbitrary<Long> length = Arbitraries.longs().between(1, 600);
        return Combinators.combine(start, length)
                .as((from, bytes) -> new long[] {from, from + bytes})
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }
}
