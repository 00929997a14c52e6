// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import java.util.stream.IntStream;

/**
 * Work on bands of rows, on all cores.
 *
 * <p>How rows are cut into bands does not depend on the number of cores, and bands share nothing: a result does not
 * depend on which thread did what when. Accesses to slices stay with the calling thread; workers see buffers only.
 */
public final class Rows {

    /** Rows of a band: enough to keep a worker busy, few enough to keep all of them busy. */
    public static final int BAND = 64;

    private Rows() {}

    /** Calls {@code work} for every band of {@code rows} rows and returns when all are done. */
    public static void inBands(int rows, BandWork work) {
        inBands(rows, BAND, work);
    }

    /** Calls {@code work} for every band of at most {@code band} rows and returns when all are done. */
    public static void inBands(int rows, int band, BandWork work) {
        IntStream.range(0, (rows + band - 1) / band)
                .parallel()
                .forEach(index -> work.rows(index * band, Math.min(rows, (index + 1) * band)));
    }

    /** Does something with some rows. */
    @FunctionalInterface
    public interface BandWork {
        /**
         * One band.
         *
         * @param from its first row
         * @param to the row after its last
         */
        void rows(int from, int to);
    }
}
