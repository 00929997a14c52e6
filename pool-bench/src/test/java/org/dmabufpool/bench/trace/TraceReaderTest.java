// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
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
    void readsOwnersAndLoans() throws IOException {
        Trace trace = read("t.txt", """
                a,7,4096
                # between
                t,7,raw %23 1   # a comment
                s,7,Vorschau %e2%82%AC €
                l,7,3,w,camera %2Fdev
                c,7
                a,8,5
                l,7, 4 , r ,
                c,7
                e,3
                l,8,3,r,encoder
                e,4
                f,7
                a,7,1
                """);
        assertThat(trace.length()).isEqualTo(4);
        assertThat(trace.parts()).isEqualTo(3);
        assertThat(trace.shares()).isEqualTo(1);
        assertThat(trace.loans()).isEqualTo(3);
        assertThat(trace.tag(0)).isEqualTo("raw # 1");
        assertThat(trace.tag(1)).isEmpty();
        assertThat(trace.peakLiveBytes()).isEqualTo(4101);
    }

    /** Latin-1, as some editors save it, is no UTF-8; and no control character stands for itself. */
    @Test
    void textsAreUtf8WithoutControlCharacters() {
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read("t.txt", "a,1,5\nt,1,gr\u00fcn\n".getBytes(StandardCharsets.ISO_8859_1)))
                .withMessageContaining("t.txt, line 2: the tag is malformed, these bytes are no UTF-8");
        for (String control : new String[] {"a\tb", "a\u001bb", "a\u0085b", "a\u2028b"}) {
            assertThatExceptionOfType(TraceFormatException.class)
                    .isThrownBy(() -> read("t.txt", "a,1,5\ns,1," + control + "\n"))
                    .withMessageContaining("t.txt, line 2: the tag is malformed, the control character U+")
                    .withMessageContaining("are percent-encoded as UTF-8, such as %25 and %0A");
        }
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
                "a,1,99999999999999999999 | 1 | the size '99999999999999999999' is no whole number up to 1125899906842624;",
                "a,1,5,3             | 1 | the alignment 3 is no power of two: use 2 or twice that",
                "a,1                 | 1 | has 2 or 3 numbers, not 1",
                "a,1,5;a,1,6         | 2 | id 1 is live already",
                "a,1,5;f,1;f,1       | 3 | id 1 was released before: double free",
                "a,1,5;f,2           | 2 | id 2 was never allocated",
                "a,1,5;f,1,2         | 2 | a release has 1 number, not 2",
                "x,1,5               | 1 | a line is a,<id>,<bytes>[,<alignment>] or t,<id>,<tag>",
                "# nothing           | 2 | without a single operation",
                "a,1,9223372036854775807 | 1 | the size 9223372036854775807 is above 1125899906842624, the most there is",
                "a,1,1125899906842625 | 1 | the size 1125899906842625 is above 1125899906842624",
                "a,1,5,2251799813685248 | 1 | the alignment 2251799813685248 is above 1125899906842624",
                "a,99999999999999999999,5 | 1 | is no whole number up to 9223372036854775807",
                "a,1,1125899906842624;a,2,1 | 2 | with the size 1, 1125899906842625 bytes would be live at once",
                "a,1,1;a,2,1125899906842623;a,3,2 | 3 | and at most 1125899906842624 (2^50) may: correct the sizes",
                "a,1,5;t,1           | 2 | a tag has an id and the tag, 2 fields, not 1",
                "a,1,5;t,1,x,y       | 2 | a tag has an id and the tag, 2 fields, not 3",
                "a,1,5;t,2,x         | 2 | id 2 was never allocated",
                "a,1,5;a,2,5;t,1,x   | 3 | a tag stands right after the line a of its id",
                "a,1,5;t,1,x;t,1,x   | 3 | a tag stands right after the line a of its id",
                "a,1,5;t,1,%4        | 2 | the tag is malformed, '%4' is no % and two hexadecimal digits",
                "a,1,5;t,1,a%        | 2 | the tag is malformed, '%' is no %",
                "a,1,5;t,1,%+1       | 2 | the tag is malformed, '%+1' is no %",
                "a,1,5;t,1,%C3       | 2 | the tag is malformed, these bytes are no UTF-8",
                "a,1,5;s,1,%g0       | 2 | the tag is malformed, '%g0' is no %",
                "s,1,x               | 1 | id 1 was never allocated",
                "a,1,5;f,1;s,1,x     | 3 | id 1 was released before",
                "a,1,5;c,2           | 2 | id 2 was never allocated",
                "a,1,5;c,1,2         | 2 | an owner that closes has an id, 1 fields, not 2",
                "a,1,5;l,1,2,w       | 2 | a loan has an id, its number, r or w, and a borrower, 4 fields, not 3",
                "a,1,5;l,2,1,r,gpu   | 2 | id 2 was never allocated",
                "a,1,5;l,1,-1,r,gpu  | 2 | the loan -1 is below 0",
                "a,1,5;l,1,1,x,gpu   | 2 | a device reads (r) or writes (w), not 'x'",
                "a,1,5;l,1,1,r,g%u   | 2 | the borrower is malformed, '%u' is no %",
                "a,1,5;l,1,1,r,g;l,1,1,w,h | 3 | loan 1 is open already",
                "a,1,5;e,1           | 2 | loan 1 was never begun",
                "a,1,5;l,1,1,r,g;e,1;e,1 | 4 | loan 1 has ended before",
                "a,1,5;e             | 2 | the end of a loan has its number, 1 fields, not 0",
                "a,1,5;l,1,1,r,g;c,1;f,1 | 4 | loans of the place that are open: 1. It is given back after"
            })
    void badLinesAreNamedWithTheirNumber(String text, int line, String what) {
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read("bad.txt", text.replace(';', '\n') + "\n"))
                .withMessageContaining("bad.txt, line " + line + ": ")
                .withMessageContaining(what);
    }

    @Test
    void theLargestSizesAreRead() throws IOException {
        Trace trace =
                read("t.txt", "a,1,1125899906842624,1125899906842624\nf,1\na,9223372036854775807,1125899906842624\n");
        assertThat(trace.peakLiveBytes()).isEqualTo(1L << 50);
    }

    @Test
    void aStreamIsReadToItsEndAndStaysOpen() throws IOException {
        AtomicBoolean closed = new AtomicBoolean();
        InputStream stream = new ByteArrayInputStream(packed("a,1,10\nf,1\n")) {
            @Override
            public void close() {
                closed.set(true);
            }
        };
        Trace trace = TraceReader.read("standard input", stream);
        assertThat(trace.name()).isEqualTo("standard input");
        assertThat(trace.length()).isEqualTo(2);
        assertThat(closed).isFalse();
        assertThat(stream.available()).isZero();
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> TraceReader.read("standard input", InputStream.nullInputStream()))
                .withMessageContaining("standard input, line 1: it ends without a single operation");
    }

    @Test
    void whatIsNoTextDoesNoHarm() {
        assertThatExceptionOfType(TraceFormatException.class)
                .isThrownBy(() -> read("blob", new byte[1 << 20]))
                .withMessageContaining("a line has at most 65536 bytes; is this a trace?");
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
