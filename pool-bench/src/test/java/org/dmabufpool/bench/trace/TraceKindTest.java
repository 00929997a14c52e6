// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.dmabufpool.bench.policy.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TraceKindTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void theSameSeedMakesTheSameTraceAndAnotherOneDoesNot(TraceKind kind) throws IOException {
        assertThat(text(kind.generate(1))).isEqualTo(text(kind.generate(1)));
        assertThat(text(kind.generate(1))).isNotEqualTo(text(kind.generate(2)));
    }

    @ParameterizedTest
    @EnumSource
    void partsAreAllocatedOnceAndReleasedAfterwards(TraceKind kind) {
        Trace trace = kind.generate(3);
        Set<Integer> live = new HashSet<>();
        int parts = 0;
        for (int i = 0; i < trace.length(); i++) {
            if (trace.allocates(i)) {
                assertThat(trace.part(i)).isEqualTo(parts++);
                assertThat(trace.size(trace.part(i))).isPositive();
                live.add(trace.part(i));
            } else {
                assertThat(live.remove(trace.part(i))).isTrue();
            }
        }
        assertThat(trace.parts()).isEqualTo(parts);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsReadAgain(TraceKind kind) throws IOException {
        Trace trace = kind.generate(2);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        TraceText.write(trace, packed, true);
        Trace again = TraceReader.read(Files.write(folder.resolve("t.gz"), packed.toByteArray()));
        assertThat(again.peakLiveBytes()).isEqualTo(trace.peakLiveBytes());
        assertThat(body(again)).isEqualTo(body(trace));
    }

    @Test
    void alignmentsAreWrittenAndReadAgain() throws IOException {
        Trace.Builder builder = new Trace.Builder("two");
        builder.allocate(100, 4096);
        builder.release(builder.allocate(7));
        Trace trace = builder.build();
        assertThat(body(trace)).isEqualTo("a,0,100,4096\na,1,7\nf,1\n");
        Path file = Files.writeString(folder.resolve("t"), text(trace));
        assertThat(body(TraceReader.read(file))).isEqualTo(body(trace));
    }

    @ParameterizedTest
    @EnumSource(names = "ROBSON_.*", mode = EnumSource.Mode.MATCH_ALL)
    void robsonsAdversariesHurtEveryPolicy(TraceKind kind) {
        Trace trace = kind.generate(1);
        for (Policy policy : Policy.values()) {
            assertThat(Replay.serves(trace, policy, 2 * trace.peakLiveBytes()))
                    .as("%s in twice the peak", policy)
                    .isFalse();
        }
    }

    @Test
    void camerasAskForFramesRingsAndMetadata() {
        Trace trace = TraceKind.CAMERA.generate(1);
        long least = Long.MAX_VALUE;
        for (int part = 0; part < trace.parts(); part++) {
            least = Math.min(least, trace.size(part));
        }
        assertThat(least).isLessThan(4096);
        assertThat(trace.largestSize()).isGreaterThan(12_000_000);
    }

    @Test
    void unknownKindsAreAnsweredWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TraceKind.named("movie"))
                .withMessageContainingAll("'movie'", "camera", "robson-ours", "server");
    }

    private static String text(Trace trace) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TraceText.write(trace, bytes, false);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Without the comment that names it. */
    private static String body(Trace trace) throws IOException {
        String text = text(trace);
        return text.substring(text.indexOf('\n') + 1);
    }
}
