// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.dmabufpool.heap.SyncWay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "1023,1023 B",
        "1024,1 KiB",
        "1536,1.5 KiB",
        "268435456,256 MiB",
        "9223372036854775807,8388608 TiB"
    })
    void bytesHaveAUnit(long bytes, String text) {
        assertThat(Words.ofBytes(bytes)).isEqualTo(text);
    }

    @Test
    void everyWayToSyncHasItsOwnWord() {
        assertThat(Arrays.stream(SyncWay.values()).map(Words::of)).doesNotHaveDuplicates();
    }
}
