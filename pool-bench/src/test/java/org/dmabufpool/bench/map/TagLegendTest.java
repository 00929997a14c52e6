// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagLegendTest {

    @Test
    void whoHoldsMostIsFirst() throws IOException {
        TagLegend legend = TagLegend.of(Dumps.read(Dumps.small()));
        assertThat(legend.rows()).extracting(TagRow::name).containsExactly("b", "(no tag)");
        assertThat(legend.rows()).extracting(TagRow::letter).containsExactly('a', 'b');
        assertThat(legend.rows()).extracting(TagRow::bytes).containsExactly(8192L, 4096L);
        assertThat(legend.rows()).extracting(TagRow::oldestMillis).containsExactly(1L, 90_000L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 15, 16, 100})
    void rowsAddUpAndEachHasAColourOfItsOwn(int tags) throws IOException {
        PoolMapFile map = Dumps.many(200, tags);
        TagLegend legend = TagLegend.of(map);
        assertThat(legend.rows()).hasSize(Math.min(tags, TagColours.MOST));
        assertThat(legend.rows().stream().mapToLong(TagRow::bytes).sum()).isEqualTo(map.usedBytes());
        assertThat(legend.rows().stream().mapToLong(TagRow::slices).sum()).isEqualTo(200);
        Set<Fill> fills = new HashSet<>();
        legend.rows().forEach(row -> assertThat(fills.add(row.fill())).isTrue());
        map.regions().stream()
                .filter(MapRegion::isSlice)
                .forEach(slice -> assertThat(fills).contains(legend.fill(slice)));
        assertThat(legend.rows().stream().anyMatch(row -> row.name().endsWith("more tags")))
                .isEqualTo(tags > TagColours.MOST);
    }

    @Test
    void aTagKeepsItsColourWhateverElseIsThere() {
        Fill alone = new TagColours(List.of("jpeg")).of("jpeg");
        assertThat(new TagColours(List.of("zoom", "jpeg")).of("jpeg")).isEqualTo(alone);
        List<String> many = IntStream.range(0, TagColours.MOST - 1)
                .mapToObj(number -> "t" + number)
                .toList();
        Set<String> all = new HashSet<>(many);
        all.add("a first one");
        assertThat(new TagColours(all).of("a first one"))
                .isEqualTo(new TagColours(List.of("a first one")).of("a first one"));
        assertThat(new TagColours(List.of()).of("jpeg")).isEqualTo(Fill.OTHERS);
    }
}
