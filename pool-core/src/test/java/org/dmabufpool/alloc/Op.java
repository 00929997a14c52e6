// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * One step of a random run: reserves when {@code size} is positive, else gives the {@code pick}-th live part back.
 *
 * @param size what to ask for, or 0
 * @param alignment a power of two
 * @param pick which live part to give back
 */
record Op(long size, long alignment, int pick) {

    /** Runs of up to 200 steps; sizes up to {@code most}, small ones as likely as large ones. */
    static Arbitrary<List<Op>> runs(long most, int highestAlignment) {
        Arbitrary<Long> sizes = Arbitraries.oneOf(
                Arbitraries.longs().between(1, most),
                Arbitraries.integers()
                        .between(0, 63 - Long.numberOfLeadingZeros(most))
                        .flatMap(bits -> Arbitraries.longs().between(1, Math.min(most, 2L << bits))));
        Arbitrary<Long> alignments = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(1L)),
                Tuple.of(1, Arbitraries.integers().between(0, highestAlignment).map(bits -> 1L << bits)));
        Arbitrary<Op> take = Combinators.combine(sizes, alignments).as((size, alignment) -> new Op(size, alignment, 0));
        Arbitrary<Op> give = Arbitraries.integers().between(0, 1000).map(pick -> new Op(0, 1, pick));
        return Arbitraries.frequencyOf(Tuple.of(3, take), Tuple.of(2, give))
                .list()
                .ofMaxSize(200);
    }

    boolean takes() {
        return size > 0;
    }
}
