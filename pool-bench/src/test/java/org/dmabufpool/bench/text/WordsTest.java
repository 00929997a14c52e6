// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "201326592, 192 MiB",
        "9223372036854775807, 8 EiB"
    })
    void bytes(long count, String words) {
        assertThat(Words.bytes(count)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({
        "0, < 1 s",
        "1000, 1 s",
        "119999, 119 s",
        "120000, 2 min",
        "7200000, 2.0 h",
        "172800000, 2.0 d",
        "9223372036854775807, 106751991167.3 d"
    })
    void ages(long millis, String words) {
        assertThat(Words.age(millis)).isEqualTo(words);
    }

    @Test
    void everyWayToSyncHasItsOwnWord() {
        assertThat(Arrays.stream(SyncWay.values()).map(Words::of)).doesNotHaveDuplicates();
    }

    @Test
    void textsFitTheirColumns() {
        assertThat(Words.clipped("preview", 7)).isEqualTo("preview");
        assertThat(Words.clipped("previews", 7)).isEqualTo("previe…");
        assertThat(Words.clipped("写真写真", 6)).isEqualTo("写真…");
        assertThat(Words.padded("写真", 6)).isEqualTo("写真  ");
        assertThat(Words.padded("long", 2)).isEqualTo("long");
        assertThat(Words.count(1, "hole")).isEqualTo("1 hole");
        assertThat(Words.count(2000, "hole")).isEqualTo("2,000 holes");
    }
}
