// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.util.ArrayList;
import java.util.List;

/**
 * The range as rows, one below the other, each as many bytes as the others, a power of two:
 *
 * <pre>
 *   0        | row 0, from 0                |
 *   16 MiB   | row 1, from one row's bytes  |
 *   32 MiB   | the last, maybe shor |
 * </pre>
 */
final class MapLayout {

    private final long bytesPerRow;
    private final int rows;

    /**
     * A region's part in one row.
     *
     * @param row counted from 0
     * @param from where it begins, as a share of the row
     * @param to where it ends, as a share of the row
     * @param begins whether the region begins here
     * @param ends whether it ends here
     */
    record Piece(int row, double from, double to, boolean begins, boolean ends) {

        double width() {
            return to - from;
        }
    }

    /** Lays out a range of at least one byte in at most so many rows, and in more than half as many if it can. */
    MapLayout(long capacity, int mostRows) {
        long bytes = 1;
        while (bytes < Long.highestOneBit(Long.MAX_VALUE) && (capacity - 1) / bytes >= mostRows) {
            bytes <<= 1;
        }
        this.bytesPerRow = bytes;
        this.rows = (int) ((capacity - 1) / bytes) + 1;
    }

    long bytesPerRow() {
        return bytesPerRow;
    }

    int rows() {
        return rows;
    }

    /** In address order. */
    List<Piece> pieces(MapRegion region) {
        List<Piece> pieces = new ArrayList<>();
        for (long from = region.offset(); from < region.end(); ) {
            long row = from / bytesPerRow;
            long begin = row * bytesPerRow;
            long to = region.end() - begin < bytesPerRow ? region.end() : begin + bytesPerRow;
            pieces.add(new Piece(
                    (int) row,
                    (double) (from - begin) / bytesPerRow,
                    (double) (to - begin) / bytesPerRow,
                    from == region.offset(),
                    to == region.end()));
            from = to;
        }
        return pieces;
    }
}
