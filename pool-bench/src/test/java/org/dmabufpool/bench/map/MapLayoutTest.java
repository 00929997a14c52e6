// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MapLayoutTest {

    @ParameterizedTest
    @ValueSource(
            longs = {1, 2, 23, 24, 25, 4096, 65_536, 65_537, 192L << 20, (1L << 40) + 4096, 1L << 62, Long.MAX_VALUE})
    void rowsAreRoundAndCoverTheRange(long capacity) {
        MapLayout layout = new MapLayout(capacity, 24);
        assertThat(Long.bitCount(layout.bytesPerRow())).isEqualTo(1);
        assertThat(layout.rows()).isBetween(1, 24);
        assertThat((capacity - 1) / layout.bytesPerRow()).isEqualTo(layout.rows() - 1);
        assertThat(layout.bytesPerRow() == 1 || layout.rows() > 12).isTrue();
    }

    @Test
    void aRegionHasAPieceInEachRowThatItTouches() {
        MapLayout layout = new MapLayout(16 * 4096, 16);
        assertThat(layout.pieces(hole(1024, 1024))).containsExactly(new MapLayout.Piece(0, 0.25, 0.5, true, true));
        assertThat(layout.pieces(hole(4096, 4096))).containsExactly(new MapLayout.Piece(1, 0, 1, true, true));
        assertThat(layout.pieces(hole(2048, 8192)))
                .containsExactly(
                        new MapLayout.Piece(0, 0.5, 1, true, false),
                        new MapLayout.Piece(1, 0, 1, false, false),
                        new MapLayout.Piece(2, 0, 0.5, false, true));
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 192L << 20, Long.MAX_VALUE})
    void piecesOfARangeAreTheRange(long capacity) {
        MapLayout layout = new MapLayout(capacity, 24);
        List<MapLayout.Piece> pieces = layout.pieces(hole(0, capacity));
        assertThat(pieces).hasSize(layout.rows());
        double rows = pieces.stream().mapToDouble(MapLayout.Piece::width).sum();
        assertThat(rows * layout.bytesPerRow()).isCloseTo(capacity, within(capacity * 1e-9));
    }

    private static MapRegion hole(long offset, long length) {
        return MapRegion.plain(MapRegion.State.HOLE, offset, length);
    }
}
