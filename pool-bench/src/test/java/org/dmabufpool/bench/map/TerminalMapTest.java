// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TerminalMapTest {

    @Test
    void lettersTellEverythingWithoutColours() throws IOException {
        String text = print(Dumps.read(Dumps.small()), 44, false);
        assertThat(text)
                .contains(
                        "pool           'p', synced by WINDOW",
                        "used           20 KiB of 64 KiB, 31.3 %; peak 32 KiB",
                        "largest free   40 KiB of 44 KiB in 1 hole",
                        "fragmentation  9.1 %; rounding 2.3 %",
                        "slices         2 open, the oldest for 90 s; 5 handed out, 0 leaked",
                        "refused        1 as the pool was full, 2 as it was fragmented",
                        "       0 B  " + "A".repeat(32),
                        "     4 KiB  " + "A".repeat(32),
                        "     8 KiB  " + "B".repeat(32),
                        "    12 KiB  " + "#".repeat(32),
                        "    16 KiB  " + "?".repeat(32),
                        "    20 KiB  " + ".".repeat(32),
                        "    60 KiB  ",
                        "capitals: the CPU reads 1, writes 1")
                .containsPattern("a  b +8 KiB in 1, oldest < 1 s")
                .containsPattern("b  \\(no tag\\) +4 KiB in 1, oldest 90 s")
                .containsPattern("#  quarantined +4 KiB in 1")
                .matches("[\\n -~]+");
    }

    @Test
    void lettersTellOfOwnersLoansAndWhatIsRetiring() throws IOException {
        String text = print(Dumps.read(Dumps.lent()), 44, false);
        assertThat(text)
                .contains(
                        "slices         2 open, the oldest for 90 s; 5 handed out, 0 leaked",
                        "owners         3 of the open slices",
                        "loans          3 open, 4 ended by a fence with an error",
                        "retiring       2 slices, 8 KiB",
                        "       0 B  " + "A*".repeat(16),
                        "     8 KiB  " + "b".repeat(32),
                        "    12 KiB  " + "~*".repeat(16),
                        "    16 KiB  " + "~".repeat(32),
                        "    20 KiB  " + "#".repeat(32),
                        "* lent: 'encoder' reads 8 KiB in 1",
                        "* lent: 'camera ??[2J' writes 4 KiB in 1",
                        "* lent: 'gpu' reads and writes 4 KiB in 1")
                .containsPattern("~  retiring +8 KiB in 2")
                .matches("[\\n -~]+");
        assertThat(print(Dumps.read(Dumps.small()), 44, false)).doesNotContain("owners", "loans", "retiring", "*");
        assertThat(print(Dumps.read(Dumps.lent()), 44, true)).contains("\u001b[38;5;16m*");
    }

    @Test
    void coloursAreBlocksAndEndWithTheLine() throws IOException {
        String text = print(Dumps.read(Dumps.camera()), 80, true);
        assertThat(text).contains("▌", "▐", "·", "╱", "w", "r, w: the CPU reads 2, writes 1");
        assertThat(text.lines().filter(line -> line.contains("\u001b[48")))
                .isNotEmpty()
                .allMatch(line -> line.lastIndexOf("\u001b[0m") > line.lastIndexOf("\u001b[48"));
        assertThat(text.lines().map(line -> line.replaceAll("\u001b\\[[0-9;]*m", "")))
                .allMatch(line -> line.length() <= 80);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u001b[2J", "a\\nb", "\\u202e", "\\ud83d"})
    void noTagReachesTheTerminalAsACommand(String tag) throws IOException {
        String dump = Dumps.small()
                .replace("\"tag\": \"b\"", "\"tag\": \"" + tag + "\"")
                .replace("\"p\"", "\"" + tag + "\"");
        assertThat(print(Dumps.read(dump), 60, false)).matches("[\\n -~]+");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 32, 33, 200})
    void cellsAreWhatMostOfTheirBytesAre(int cells) throws IOException {
        PoolMapFile map = Dumps.read(Dumps.camera());
        TagLegend legend = TagLegend.of(map);
        MapLayout layout = new MapLayout(map.capacityBytes(), 16);
        List<List<CellStrip.Cell>> rows = CellStrip.rows(map, legend, layout, cells);
        assertThat(rows).hasSize(layout.rows()).allMatch(row -> row.size() == cells);
        for (MapRegion region : map.regions()) {
            for (MapLayout.Piece piece : layout.pieces(region)) {
                // Cells that lie within one region are that region's.
                for (int cell = (int) Math.ceil(piece.from() * cells + 1e-6);
                        cell + 1 <= piece.to() * cells - 1e-6;
                        cell++) {
                    assertThat(rows.get(piece.row()).get(cell)).isEqualTo(CellStrip.Cell.of(legend, region));
                }
            }
        }
    }

    @Test
    void aRangeSmallerThanItsCellsHasCellsAllTheSame() throws IOException {
        String dump = Dumps.small()
                .replaceAll(
                        "(?s)\"regions\": \\[.*", "\"regions\": [{\"state\": \"hole\", \"offset\": 0, \"length\": 5}]}")
                .replace("65536", "5")
                .replace("\"usedBytes\": 20480", "\"usedBytes\": 0")
                .replace("\"largestFreeBytes\": 40960", "\"largestFreeBytes\": 5");
        assertThat(print(Dumps.read(dump), 40, false)).contains("       4 B  ....");
        assertThat(MapPicture.png(Dumps.read(dump)).getHeight()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {39, 1001, -1})
    void widthsThatMakeNoSenseAreRefused(int width) throws IOException {
        PoolMapFile map = Dumps.read(Dumps.small());
        assertThatThrownBy(() -> print(map, width, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("width=" + width);
    }

    private static String print(PoolMapFile map, int width, boolean colours) {
        StringWriter out = new StringWriter();
        TerminalMap.print(map, width, colours, new PrintWriter(out));
        return out.toString();
    }
}
