// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReaderTest {

    @TempDir
    private Path folder;

    @Test
    void readsOperationsCommentsAndAlignments() throws IOException {
        Trace trace = read("t.txt", """
                # a camera

                a,7,4096        # raw
                  a, 8 ,100,64\r
                f,7
                a,7,5
                """);
        assertThat(trace.length()).isEqualTo(4);
        assertThat(trace.parts()).isEqualTo(3);
        assertThat(trace.size(0)).isEqualTo(4096);
        assertThat(trace.alignment(0)).isEqualTo(1);
        assertThat(trace.size(1)).isEqualTo(100);
        assertThat(trace.alignment(1)).isEqualTo(64);
        assertThat(trace.allocates(2)).isFalse();
        assertThat(trace.part(2)).isZero();
        assertThat(trace.peakLiveBytes()).isEqualTo(4196);
        assertThat(trace.largestSize()).isEqualTo(4096);
    }

    @Test
    void gzipShowsByTheContentsWhateverTheName() throws IOException {
        byte[] packed = packed("a,1,10\nf,1\n");
        assertThat(read("t.trace", packed).length()).isEqualTo(2);
        assertThat(read("t.gz", packed).length()).isEqualTo(2);
    }

    @Test
    void whatGzipDoesNotHoldIsNamed() throws IOException {
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read("t.gz", "a,1,10\n"))
                .withMessageContaining("its name ends in .gz, but its contents are not gzip's");
        byte[] packed = packed("a,1,10\n" + "# filler\n".repeat(5000));
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read("cut.gz", Arrays.copyOf(packed, packed.length - 9)))
                .withMessageContaining("the file was cut short");
        // The check sum.
        packed[packed.length - 8] ^= 0x55;
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read("bad.gz", packed))
                .withMessageContaining("damaged");
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read("head.gz", new byte[] {0x1f, (byte) 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9}))
                .withMessageContaining("gzip header is broken");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,1,-5              | 1 | the size -5 is below 1",
                "a,1,0               | 1 | the size 0 is below 1",
                "a,-1,5              | 1 | the id -1 is below 0",
                "a,1,x               | 1 | the size 'x' is no whole number",
                "a,1,99999999999999999999 | 1 | is no whole number up to 9223372036854775807",
                "a,1,5,3             | 1 | the alignment 3 is no power of two: use 2 or twice that",
                "a,1                 | 1 | has 2 or 3 numbers, not 1",
                "a,1,5;a,1,6         | 2 | id 1 is live already",
                "a,1,5;f,1;f,1       | 3 | id 1 was released before: double free",
                "a,1,5;f,2           | 2 | id 2 was never allocated",
                "a,1,5;f,1,2         | 2 | a release has 1 number, not 2",
                "x,1,5               | 1 | a line is a,<id>,<bytes>[,<alignment>] or f,<id>",
                "# nothing           | 2 | without a single operation",
                "a,1,9223372036854775807;a,2,1 | 2 | more than 2^63 bytes would be live"
            })
    void badLinesAreNamedWithTheirNumber(String text, int line, String what) {
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read("bad.txt", text.replace(';', '\n') + "\n"))
                .withMessageContaining("bad.txt, line " + line + ": ")
                .withMessageContaining(what);
    }

    @Test
    void whatIsNoTextDoesNoHarm() {
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read("blob", new byte[1 << 20]))
                .withMessageContaining("a line has at most 4096 bytes; is this a trace?");
    }

    @Test
    void filesThatCannotBeReadSayWhy() {
        assertThatIOException()
                .isThrownBy(() -> TraceReader.read(folder.resolve("none")))
                .withMessageContaining("there is no such file");
        assertThatIOException().isThrownBy(() -> TraceReader.read(folder)).withMessageContaining("it is a directory");
    }

    private Trace read(String name, String text) throws IOException {
        return read(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private Trace read(String name, byte[] bytes) throws IOException {
        return TraceReader.read(Files.write(folder.resolve(name), bytes));
    }

    private static byte[] packed(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
