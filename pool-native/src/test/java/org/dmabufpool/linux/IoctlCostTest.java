// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an ioctl costs through the library, beside the same loop in C: in turns within one run, so that what disturbs the
 * machine disturbs both. The figures go to {@code target/ioctl-cost.json}.
 *
 * <p>The fastest round of each counts: whatever else runs can only add time. What a system call costs differs from machine to
 * machine, and with it the ratio: the gate asks for a limit that only a slower way of calling passes, such as a proxy for each
 * call; {@code -Ddmabufpool.deep=true} asks for the figure that is aimed at.
 */
class IoctlCostTest {

    private static final double LIMIT = Boolean.getBoolean("dmabufpool.deep") ? 2.5 : 5;
    private static final int ROUNDS = 9;
    private static final int CALLS = 50_000;
    private static final int WARM_UP_CALLS = 100_000;
    private static final int NO_FD = -1;

    /** {@code FIOCLEX}, which every file answers with 0 and which does next to nothing (asm-generic/ioctls.h). */
    private static final long FIOCLEX = 0x5451;

    private static final Path REPORT = Path.of("target", "ioctl-cost.json");

    private static final String LOOP = String.join(
            "\n",
            "#include <fcntl.h>",
            "#include <stdio.h>",
            "#include <stdlib.h>",
            "#include <sys/ioctl.h>",
            "#include <time.h>",
            "int main(int count, char **words) {",
            "    int fd = atoi(words[1]) < 0 ? -1 : open(\"/dev/null\", O_RDWR);",
            "    unsigned long request = strtoul(words[2], 0, 0);",
            "    long calls = atol(words[3]);",
            "    char argument[16] = {0};",
            "    struct timespec start, end;",
            "    clock_gettime(CLOCK_MONOTONIC, &start);",
            "    for (long i = 0; i < calls; i++) ioctl(fd, request, argument);",
            "    clock_gettime(CLOCK_MONOTONIC, &end);",
            "    printf(\"%f\", ((end.tv_sec - start.tv_sec) * 1e9 + end.tv_nsec - start.tv_nsec) / calls);",
            "    return 0;",
            "}",
            "");

    @TempDir
    private static Path folder;

    @BeforeAll
    static void compileTheLoop() throws Exception {
        Path source = Files.writeString(folder.resolve("loop.c"), LOOP);
        int status;
        try {
            status = new ProcessBuilder(
                            "gcc", "-O2", "-o", folder.resolve("loop").toString(), source.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException noCompiler) {
            assumeThat(noCompiler).as("the loop in C needs gcc").isNull();
            return;
        }
        assertThat(status).isZero();
    }

    @Test
    void anIoctlCostsAFewTimesThatOfC() throws Exception {
        try (OwnedFd file = new OwnedFd(Libc.INSTANCE, "/dev/null", Libc.INSTANCE.open("/dev/null", LinuxAbi.O_RDWR))) {
            Figures success = measure("answers 0", file.number());
            Figures failure = measure("answers EBADF", NO_FD);
            String json = "[" + success.json() + ",\n " + failure.json() + "]\n";
            Files.writeString(REPORT, json);
            System.out.print("ioctl, ns a call: " + json);
            assertThat(success.ratio()).as("%s", json).isLessThanOrEqualTo(LIMIT);
            assertThat(failure.ratio()).as("%s", json).isLessThanOrEqualTo(LIMIT);
        }
    }

    /** Times of all rounds, in ns a call, fastest first. */
    private record Figures(String call, double[] c, double[] java) {

        double ratio() {
            return java[0] / c[0];
        }

        String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"call\": \"%s\", \"calls\": %d, \"rounds\": %d, \"c_min_ns\": %.1f, \"c_median_ns\": %.1f,"
                            + " \"java_min_ns\": %.1f, \"java_median_ns\": %.1f, \"ratio_of_min\": %.3f}",
                    call,
                    CALLS,
                    c.length,
                    c[0],
                    c[c.length / 2],
                    java[0],
                    java[java.length / 2],
                    ratio());
        }
    }

    private static Figures measure(String call, int fd) throws Exception {
        loop(fd, WARM_UP_CALLS);
        double[] c = new double[ROUNDS];
        double[] java = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            c[round] = loopInC(fd);
            java[round] = loop(fd, CALLS);
        }
        Arrays.sort(c);
        Arrays.sort(java);
        return new Figures(call, c, java);
    }

    private static double loop(int fd, int calls) {
        long argument = Scratch.cleared(Long.BYTES).address();
        long start = System.nanoTime();
        int failures = 0;
        for (int i = 0; i < calls; i++) {
            failures += Libc.INSTANCE.ioctl(fd, FIOCLEX, argument) < 0 ? 1 : 0;
        }
        double nanos = (double) (System.nanoTime() - start) / calls;
        assertThat(failures).isEqualTo(fd < 0 ? calls : 0);
        return nanos;
    }

    private static double loopInC(int fd) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        folder.resolve("loop").toString(),
                        Integer.toString(fd),
                        Long.toString(FIOCLEX),
                        Integer.toString(CALLS))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String nanos = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return Double.parseDouble(nanos);
    }
}
