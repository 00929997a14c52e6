// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The range cut into cells of like size; each is what most of its bytes are. */
final class CellStrip {

    /**
     * What most bytes of a cell are.
     *
     * @param letter that stands for it without colours
     * @param access that the CPU has open there
     * @param lent whether a device uses it
     */
    record Cell(Fill fill, char letter, MapRegion.Access access, boolean lent) {

        static Cell of(TagLegend legend, MapRegion region) {
            return new Cell(legend.fill(region), legend.letter(region), region.access(), region.isLent());
        }

        /** One that is neither open nor lent. */
        static Cell plain(Fill fill, char letter) {
            return new Cell(fill, letter, MapRegion.Access.NONE, false);
        }
    }

    private final PoolMapFile map;
    private final TagLegend legend;
    private int region;

    private CellStrip(PoolMapFile map, TagLegend legend) {
        this.map = map;
        this.legend = legend;
    }

    /** Cells in address order, row after row; the last row ends where the range does. */
    static List<List<Cell>> rows(PoolMapFile map, TagLegend legend, MapLayout layout, int cells) {
        CellStrip strip = new CellStrip(map, legend);
        List<List<Cell>> rows = new ArrayList<>();
        for (int row = 0; row < layout.rows(); row++) {
            List<Cell> one = new ArrayList<>();
            for (int cell = 0; cell < cells; cell++) {
                long from = row * layout.bytesPerRow() + at(layout.bytesPerRow(), cell, cells);
                long to = row * layout.bytesPerRow() + at(layout.bytesPerRow(), cell + 1, cells);
                if (from < map.capacityBytes()) {
                    one.add(strip.cell(from, Math.min(map.capacityBytes(), Math.max(from + 1, to))));
                }
            }
            rows.add(one);
        }
        return rows;
    }

    private static long at(long bytes, int cell, int cells) {
        return (long) ((double) bytes * cell / cells);
    }

    private Cell cell(long from, long to) {
        Map<Cell, Long> shares = new LinkedHashMap<>();
        for (region = regionAt(from); region < map.regions().size(); region++) {
            MapRegion here = map.regions().get(region);
            if (here.offset() >= to) {
                break;
            }
            long bytes = Math.min(to, here.end()) - Math.max(from, here.offset());
            shares.merge(Cell.of(legend, here), bytes, Long::sum);
        }
        return shares.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow();
    }

    /** Not before the region that the last cell ended in. */
    private int regionAt(long offset) {
        int at = Math.max(0, region - 1);
        while (map.regions().get(at).end() <= offset) {
            at++;
        }
        return at;
    }
}
