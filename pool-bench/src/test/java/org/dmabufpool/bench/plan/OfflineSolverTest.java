// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.LongStream;
import org.dmabufpool.bench.trace.Trace;
import org.dmabufpool.bench.trace.TraceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OfflineSolverTest {

    private static final long GRANULE = 128;
    /** Each instance is known to fit into this. */
    private static final double FITS = 1 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K"})
    void publishedInstancesAreNearlySolvedInLittleTime(String name) throws Exception {
        OfflineProblem problem = instance(name);
        OfflinePlacement best = OfflineSolver.solve(problem, WorkLimit.of(40_000_000), 1);
        assertThat(best.height() / FITS).isLessThanOrEqualTo(1.1);
        assertThat(best.greedyHeight() / FITS).isGreaterThan(1.2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"B", "C", "F", "H", "K"})
    void instancesThatAreSolvedSoonAreProvenToBe(String name) throws Exception {
        OfflinePlacement best = OfflineSolver.solve(instance(name), WorkLimit.of(200_000_000), 1);
        assertThat(best.proven()).isTrue();
        assertThat(best.ratio()).isEqualTo(1);
        assertThat(best.algorithm()).contains("branch and bound");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aCamerasTraceFitsIntoLittleMoreThanItsPeak(long seed) {
        OfflineProblem problem = OfflineProblem.of(TraceKind.CAMERA.generate(seed), GRANULE);
        OfflinePlacement best = OfflineSolver.solve(problem, WorkLimit.of(30_000_000), 1);
        assertThat(best.ratio()).isBetween(1.0, 1.005);
    }

    @ParameterizedTest
    @EnumSource(
            value = TraceKind.class,
            names = {"LOG_UNIFORM", "ODD_SIZE", "SERVER", "ROBSON_OURS"})
    void everyTraceIsPlacedHoweverShortTheTime(TraceKind kind) {
        Trace trace = kind.generate(1);
        OfflineProblem problem = OfflineProblem.of(trace, GRANULE);
        OfflinePlacement best = OfflineSolver.solve(problem, Duration.ZERO, 1);
        best.check();
        assertThat(best.height()).isGreaterThanOrEqualTo(trace.peakLiveBytes());
    }

    @Test
    void theSameSeedAndWorkFindTheSame() throws Exception {
        OfflineProblem problem = instance("J");
        OfflinePlacement one = OfflineSolver.solve(problem, WorkLimit.of(20_000_000), 7);
        OfflinePlacement other = OfflineSolver.solve(problem, WorkLimit.of(20_000_000), 7);
        assertThat(offsets(problem, one)).isEqualTo(offsets(problem, other));
        assertThat(one.algorithm()).isEqualTo(other.algorithm());
    }

    @Test
    void whatIsLowestIsFoundBeforeTheTimeIsOver() {
        OfflineProblem problem = problem(new long[] {4, 8, 4}, new long[] {1, 1, 1});
        OfflinePlacement best = OfflineSolver.solve(problem, Duration.ofDays(1), 1);
        assertThat(best.height()).isEqualTo(16);
        assertThat(best.proven()).isTrue();
    }

    /** The 8 bytes can only lie lowest, and the 3 on them. */
    @Test
    void alignmentsAreKept() {
        OfflineProblem problem = problem(new long[] {5, 8, 3}, new long[] {1, 8, 4});
        OfflinePlacement best = OfflineSolver.solve(problem, Duration.ofDays(1), 1);
        assertThat(best.height()).isEqualTo(16);
        assertThat(best.offset(1) % 8).isZero();
        assertThat(best.offset(2) % 4).isZero();
        assertThat(best.proven()).isTrue();
    }

    @Test
    void progressIsTold() throws Exception {
        long[] last = new long[1];
        OfflineProblem problem = instance("D");
        OfflineSolver.solve(problem, Duration.ofMillis(50), 1, nanos -> last[0] = nanos);
        assertThat(last[0]).isPositive();
    }

    @Test
    void aWrongPlacementIsNoticed() {
        OfflineProblem problem = problem(new long[] {4, 8}, new long[] {1, 8});
        assertThatIllegalStateException()
                .isThrownBy(() -> placement(problem, 0, 0).check())
                .withMessage("buffers 0 and 1 overlap: at 0 with 4 bytes, and at 0 with 8");
        assertThatIllegalStateException()
                .isThrownBy(() -> placement(problem, 7, 0).check())
                .withMessageContaining("buffers 0 and 1 overlap");
        assertThatIllegalStateException()
                .isThrownBy(() -> placement(problem, 0, 4).check())
                .withMessage("buffer 1 lies at 4, which is no multiple of its alignment 8");
        assertThatIllegalStateException()
                .isThrownBy(() -> placement(problem, -4, 0).check())
                .withMessageContaining("buffer 0 lies at -4");
        placement(problem, 8, 0).check();
    }

    @Test
    void moreBytesThanCanBeCountedAreRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> problem(new long[] {1, Long.MAX_VALUE}, new long[] {1, 1}))
                .withMessageContaining("the first 2 buffers add up to more than 2^60 bytes");
    }

    /** Buffers that live together. */
    private static OfflineProblem problem(long[] sizes, long[] alignments) {
        long[] lowers = new long[sizes.length];
        long[] uppers = LongStream.generate(() -> 1).limit(sizes.length).toArray();
        return OfflineProblem.of("a few", new OfflineProblem.Lives(null, lowers, uppers), sizes, alignments, 1);
    }

    private static OfflinePlacement placement(OfflineProblem problem, long... offsets) {
        return new OfflinePlacement(problem, offsets, "by hand", false, 0, 0);
    }

    private static long[] offsets(OfflineProblem problem, OfflinePlacement placement) {
        return LongStream.range(0, problem.buffers())
                .map(i -> placement.offset((int) i))
                .toArray();
    }

    private static OfflineProblem instance(String name) throws Exception {
        return OfflineProblem.read(path(name), GRANULE);
    }

    private static Path path(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(OfflineSolverTest.class.getResource(name + ".1048576.csv"))
                .toURI());
    }
}
