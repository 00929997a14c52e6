// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dmabufpool.bench.trace.TraceFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceReaderTest {

    @TempDir
    private Path folder;

    @Test
    void readsInstances() throws IOException {
        OfflineProblem problem = read("id,lower,upper,size,alignment\nx,-5,7,100,64\n\ny, 7 ,9,50,1\nz,6,8,3,1\n");
        assertThat(problem.name()).isEqualTo("file.csv");
        assertThat(problem.buffers()).isEqualTo(3);
        assertThat(problem.id(1)).isEqualTo("y");
        assertThat(problem.lower(0)).isEqualTo(-5);
        assertThat(problem.upper(0)).isEqualTo(7);
        assertThat(problem.size(0)).isEqualTo(100);
        assertThat(problem.alignment(0)).isEqualTo(64);
        assertThat(problem.together(0, 1)).isFalse();
        assertThat(problem.together(1, 2)).isTrue();
        assertThat(problem.moments()).isEqualTo(2);
        assertThat(problem.lowerBound()).isEqualTo(103);
    }

    @Test
    void readsTracesAndRoundsTheirSizes() throws IOException {
        OfflineProblem problem = read("# a trace\na,7,100\na,8,128,4096\nf,7\na,9,1\n");
        assertThat(problem.buffers()).isEqualTo(3);
        assertThat(problem.id(2)).isEqualTo("2");
        assertThat(problem.size(0)).isEqualTo(128);
        assertThat(problem.alignment(1)).isEqualTo(4096);
        assertThat(problem.lower(2)).isEqualTo(3);
        assertThat(problem.upper(2)).isEqualTo(4);
        assertThat(problem.lowerBound()).isEqualTo(256);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id,size                              | 1 | the first line of an instance is id,lower,upper,size or",
                "id,lower,upper,size                  | 2 | the file ends without a single buffer",
                "id,lower,upper,size;1,2,3            | 2 | a buffer has 4 fields, not 3",
                "id,lower,upper,size;1,2,3,4,1        | 2 | a buffer has 4 fields, not 5",
                "id,lower,upper,size,alignment;1,2,3,4 | 2 | a buffer has 5 fields, not 4",
                "id,lower,upper,size;1,2,3,4;1,2,3,4  | 3 | id 1 was there before",
                "id,lower,upper,size;1,3,3,4          | 2 | upper 3 is not after lower 3",
                "id,lower,upper,size;1,x,3,4          | 2 | the lower 'x' is no whole number",
                "id,lower,upper,size;1,2,3,0          | 2 | the size 0 is below 1",
                "id,lower,upper,size,alignment;1,2,3,4,6 | 2 | the alignment 6 is no power of two: use 4 or twice that",
                "ids,lower,upper,size                 | 1 | a line is a,<id>,<bytes>"
            })
    void badLinesAreNamedWithTheirNumber(String text, int line, String what) {
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read(text.replace(';', '\n') + "\n"))
                .withMessageContaining("file.csv, line " + line + ": ")
                .withMessageContaining(what);
    }

    private OfflineProblem read(String text) throws IOException {
        return OfflineProblem.read(Files.writeString(folder.resolve("file.csv"), text), 128);
    }
}
