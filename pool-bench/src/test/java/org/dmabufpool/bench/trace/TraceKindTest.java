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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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

    @ParameterizedTest
    @EnumSource(names = {"CAMERA", "BURSTS", "RECONFIGURED", "RINGS", "PYRAMIDS"})
    void camerasOfEveryKindStayWithinWhatAPhoneHasAndGiveAllBack(TraceKind kind) {
        for (long seed = 1; seed <= 8; seed++) {
            Trace trace = kind.generate(seed);
            long live = 0;
            for (int i = 0; i < trace.length(); i++) {
                long bytes = trace.size(trace.part(i));
                live += trace.allocates(i) ? bytes : -bytes;
                assertThat(bytes).isBetween(512L, 64L << 20);
                assertThat(trace.alignment(trace.part(i))).isEqualTo(1);
            }
            assertThat(trace.name()).endsWith(", seed " + seed);
            assertThat(live).as(trace.name()).isZero();
            assertThat(trace.parts()).as(trace.name()).isBetween(1000, 20_000);
            assertThat(trace.peakLiveBytes()).as(trace.name()).isBetween(16L << 20, 1L << 30);
        }
    }

    /** The ring is at most ten deep, and a burst holds 3 to 11 raws beside it. */
    @Test
    void burstsHoldRawsBesideTheRing() {
        Trace trace = TraceKind.BURSTS.generate(1);
        Set<Integer> liveRaws = new HashSet<>();
        int raws = 0;
        int most = 0;
        for (int i = 0; i < trace.length(); i++) {
            int part = trace.part(i);
            if (!trace.allocates(i)) {
                liveRaws.remove(part);
            } else if (trace.size(part) == trace.size(firstRaw(trace))) {
                liveRaws.add(part);
                raws++;
                most = Math.max(most, liveRaws.size());
            }
        }
        assertThat(raws).isEqualTo(2400);
        assertThat(most).isBetween(12, 30);
    }

    /** The first part after the preview's ring. */
    private static int firstRaw(Trace trace) {
        int part = 1;
        while (trace.size(part) == trace.size(0)) {
            part++;
        }
        return part;
    }

    @Test
    void reconfiguredStreamsGiveTheOldRingBackWhileTheyAskForTheNew() {
        Trace trace = TraceKind.RECONFIGURED.generate(1);
        int between = 0;
        for (int i = 2; i < trace.length(); i++) {
            long before = trace.size(trace.part(i - 2));
            long given = trace.size(trace.part(i - 1));
            boolean released = trace.allocates(i - 2) && !trace.allocates(i - 1) && trace.allocates(i);
            if (released && before == trace.size(trace.part(i)) && given != before) {
                between++;
            }
        }
        assertThat(between).isGreaterThan(300);
    }

    @Test
    void ringsAndPyramidsHaveSmallSizesToo() {
        for (TraceKind kind : List.of(TraceKind.RINGS, TraceKind.PYRAMIDS)) {
            Trace trace = kind.generate(1);
            List<Long> sizes = new ArrayList<>();
            for (int part = 0; part < trace.parts(); part++) {
                sizes.add(trace.size(part));
            }
            assertThat(sizes).as(kind.label()).anyMatch(size -> size < 16_384).anyMatch(size -> size > 1 << 20);
        }
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
