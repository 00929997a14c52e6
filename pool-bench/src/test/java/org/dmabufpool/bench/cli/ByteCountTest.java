// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteCountTest {

    @ParameterizedTest
    @CsvSource({
        "1,1",
        "4096,4096",
        "12B,12",
        "16k,16384",
        "16K,16384",
        "16Ki,16384",
        "3M,3145728",
        "2MiB,2097152",
        "10Mi,10485760",
        "1G,1073741824",
        "5T,5497558138880"
    })
    void unitsCountIn1024s(String text, long bytes) {
        assertThat(new ByteCount().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"1KB,1000", "2mb,2000000", "3GB,3000000000", "4TB,4000000000000"})
    void unitsThatEndInBAloneCountIn1000s(String text, long bytes) {
        assertThat(new ByteCount().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "M", "1.5G", "0", "0K", "-4", "1X", "1I", "1iB", "12345678901234567890", "99999999T", "1 G B"
            })
    void nonsenseIsRefused(String text) {
        assertThatThrownBy(() -> new ByteCount().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "8388608T", "12345678901234567890"})
    void whatIsTooLargeIsToldSo(String text) {
        assertThat(new ByteCount().convert("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> new ByteCount().convert(text))
                .hasMessage("'" + text + "' is more bytes than there are: at most 9223372036854775807");
    }
}
