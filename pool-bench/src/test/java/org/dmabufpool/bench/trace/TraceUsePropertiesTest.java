// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.dmabufpool.bench.policy.Policy;

class TraceUsePropertiesTest {

    private static final int UNKNOWN = 1_000_000;

    private static Path file;

    @BeforeContainer
    static void makeFile() throws IOException {
        file = Files.createTempFile("use", ".trace");
    }

    @AfterContainer
    static void removeFile() throws IOException {
        Files.delete(file);
    }

    @Property
    void everyTextComesBackFromALine(@ForAll String text) throws TraceEscapes.Malformed {
        String line = TraceEscapes.encode(text);
        assertThat(line)
                .isEqualTo(line.strip())
                .doesNotContain(",", "#")
                .doesNotContainPattern("[\\p{Cntrl}\u2028\u2029]");
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        // Half a surrogate pair is a question mark in UTF-8.
        String kept = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(TraceEscapes.decode(new String(bytes, StandardCharsets.ISO_8859_1)))
                .isEqualTo(kept);
    }

    @Property(tries = 200)
    void validTracesAreReadAndReplayed(@ForAll long seed, @ForAll @IntRange(min = 1, max = 120) int steps) {
        RandomUse use = new RandomUse(seed, steps);
        Trace trace = read(use.lines);
        assertThat(trace.shares()).isEqualTo(use.shares);
        assertThat(trace.loans()).isEqualTo(use.loans);
        assertThat(trace.length()).isEqualTo((int) use.lines.stream()
                .filter(line -> line.startsWith("a") || line.startsWith("f"))
                .count());
        for (int part = 0; part < trace.parts(); part++) {
            assertThat(trace.tag(part)).isEqualTo(use.tags.get(part));
        }
        assertThat(MinPool.find(trace, Policy.FIRST_FIT, 0).bytes()).isGreaterThanOrEqualTo(trace.peakLiveBytes());
    }

    @Property(tries = 500)
    void oneLineThatIsWrongIsNamed(
            @ForAll long seed, @ForAll @IntRange(max = 79) int which, @ForAll @IntRange(max = 5) int how) {
        List<String> lines = new ArrayList<>(new RandomUse(seed, 80).lines);
        int at = which % lines.size();
        String right = lines.get(at);
        lines.set(at, corruptions(right).get(how % corruptions(right).size()).apply(right));
        assertThatExceptionOfType(TraceFormatException.class)
                .as("line %d, '%s' made '%s'", at + 1, right, lines.get(at))
                .isThrownBy(() -> read(lines))
                .withMessageContaining(", line " + (at + 1) + ": ");
    }

    /** Ways to make a line wrong, whatever stands before it. */
    private static List<UnaryOperator<String>> corruptions(String right) {
        List<UnaryOperator<String>> ways = new ArrayList<>();
        ways.add(line -> "x" + line.substring(1));
        ways.add(line -> line.substring(0, 1));
        ways.add(line -> line + ",1,2,3");
        ways.add(line -> line.replaceFirst(",\\d+", ",-1"));
        if (!right.startsWith("a")) {
            ways.add(line -> line.replaceFirst(",\\d+", "," + UNKNOWN));
        }
        if (right.startsWith("t") || right.startsWith("s") || right.startsWith("l")) {
            ways.add(line -> line + "%F");
            ways.add(line -> line + "%FF");
        }
        return ways;
    }

    /** A line that is there twice: its second is wrong for what begins, ends or belongs to the line before. */
    @Property(tries = 200)
    void aLineThatStandsTwiceIsNamed(@ForAll long seed, @ForAll @IntRange(max = 79) int which) {
        List<String> lines = new ArrayList<>(new RandomUse(seed, 80).lines);
        int at = which % lines.size();
        String line = lines.get(at);
        lines.add(at, line);
        if (line.startsWith("s") || line.startsWith("c")) {
            assertThat(read(lines).length()).isPositive();
        } else {
            assertThatExceptionOfType(TraceFormatException.class)
                    .isThrownBy(() -> read(lines))
                    .withMessageContaining(", line " + (at + 2) + ": ");
        }
    }

    private static Trace read(List<String> lines) {
        try {
            return TraceReader.read(Files.writeString(file, String.join("\n", lines) + "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
