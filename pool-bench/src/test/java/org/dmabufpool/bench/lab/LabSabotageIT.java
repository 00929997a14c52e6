// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.dmabufpool.bench.lab.SabotagedGuestTests.AbortsBeforeItsTests;
import org.dmabufpool.bench.lab.SabotagedGuestTests.NoTests;
import org.dmabufpool.bench.lab.SabotagedGuestTests.WellAndIll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A lab that cannot fail proves nothing: each way a guest can go wrong is done on purpose and must be reported. */
@Execution(ExecutionMode.CONCURRENT)
class LabSabotageIT {
    private static final String RUNS = "guest runs tests";
    private static final String EXITS = "guest exits with 0";

    @Test
    void brokenTestsNoTestsAndAnExitStatusAreReported() throws IOException {
        KernelLab lab = KernelLab.named("sabotage-tests");
        Path broken = Files.createDirectory(lab.results().resolve("broken"));
        Path none = Files.createDirectory(lab.results().resolve("none"));

        GuestRun run = lab.run(List.of(
                "bash",
                "-c",
                runAndNoteStatus(broken, WellAndIll.class, AbortsBeforeItsTests.class)
                        + runAndNoteStatus(none, NoTests.class) + "exit 3"));

        assertThat(run.status()).isEqualTo(3);
        assertThat(failures(run, broken))
                .satisfiesExactlyInAnyOrder(
                        name -> assertThat(name).isEqualTo(EXITS),
                        name -> assertThat(name).endsWith("WellAndIll.fails()"),
                        name -> assertThat(name).endsWith("WellAndIll.aborts()"),
                        name -> assertThat(name).endsWith("WellAndIll.isSwitchedOff()"),
                        name -> assertThat(name).contains("AbortsBeforeItsTests"));
        assertThat(failures(run, none)).containsExactly(EXITS, RUNS);
        assertThat(notedStatus(broken)).isNotZero();
        assertThat(notedStatus(none)).isNotZero();
    }

    @Test
    void hangIsReported() {
        KernelLab lab = KernelLab.named("sabotage-hang").timeout(Duration.ofSeconds(15));
        GuestRun run = lab.run(List.of("sleep", "1000"));
        assertThat(run.status()).as(run.lastWords()).isEqualTo(KernelLab.HUNG);
        assertThat(failures(run, lab.results())).containsExactly(EXITS, RUNS);
    }

    @Test
    void panicIsReported() {
        assertThat(statusOf("sabotage-panic", "echo c > /proc/sysrq-trigger")).isEqualTo(KernelLab.PANICKED);
    }

    @Test
    void guestThatDiesSilentlyIsReported() {
        assertThat(statusOf("sabotage-silent", "echo o > /proc/sysrq-trigger; sleep 1000"))
                .isEqualTo(KernelLab.SILENT);
    }

    private static int statusOf(String name, String script) {
        return KernelLab.named(name).run(List.of("sh", "-c", script)).status();
    }

    private static String runAndNoteStatus(Path reports, Class<?>... classes) {
        return GuestTests.quoted(GuestTests.command(reports, classes)) + "; echo $? >'" + reports + "/exit-status'; ";
    }

    private static int notedStatus(Path reports) throws IOException {
        return Integer.parseInt(Files.readString(reports.resolve("exit-status")).trim());
    }

    private static List<String> failures(GuestRun run, Path reports) {
        return GuestReport.of(run, reports)
                .retold()
                .flatMap(test -> failure(test).stream())
                .toList();
    }

    /** The test's name, if running it fails. */
    private static Optional<String> failure(DynamicTest test) {
        try {
            test.getExecutable().execute();
            return Optional.empty();
        } catch (Throwable e) {
            return Optional.of(test.getDisplayName());
        }
    }
}
