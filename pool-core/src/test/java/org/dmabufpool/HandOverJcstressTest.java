// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dmabufpool.alloc.AllocatorJcstress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;

/** What one thread hands to another, tried hundreds of thousands of times in JVMs of their own; twenty times as often in {@code deep}. */
@Timeout(value = 70, unit = TimeUnit.MINUTES)
class HandOverJcstressTest {

    private static final Path RESULTS = Path.of("target", "jcstress");

    @Test
    void nothingForbiddenIsSeen() throws Exception {
        Map<String, List<TestResult>> results = run("sound", SliceLedgerJcstress.class, AllocatorJcstress.class);
        results.forEach((name, runs) -> assertThat(forbidden(runs)).as(name).isEmpty());
    }

    @Test
    void aLockAndALedgerThatLookBeforeTheyWriteAreSeen() throws Exception {
        Map<String, List<TestResult>> results = run("broken", BrokenJcstress.class);
        results.forEach((name, runs) -> assertThat(forbidden(runs)).as(name).isNotEmpty());
    }

    /** What was seen though it must not be, with how often. */
    private static List<String> forbidden(List<TestResult> runs) {
        List<String> seen = new ArrayList<>();
        for (TestResult run : runs) {
            for (GradingResult outcome : run.grading().gradingResults.values()) {
                if (outcome.expect == Expect.FORBIDDEN && outcome.count > 0) {
                    seen.add(outcome.count + " times " + outcome.id);
                }
            }
        }
        return seen;
    }

    /** Results by test, of every test in the classes: each has run, to its end, and seen something. */
    private static Map<String, List<TestResult>> run(String name, Class<?>... suites) throws Exception {
        Path directory = emptied(RESULTS.resolve(name));
        String tests = String.join("|", Stream.of(suites).map(Class::getName).toList());
        Path log = directory.resolve("log.txt");
        Process process = new ProcessBuilder(command("(" + tests + ").*"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(30, TimeUnit.MINUTES))
                    .as("jcstress ended: %s", log)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        Map<String, List<TestResult>> results = new TreeMap<>();
        for (TestResult result : read(directory)) {
            assertThat(result.status()).as("%s: %s", result.getName(), log).isEqualTo(Status.NORMAL);
            assertThat(result.getTotalCount()).as(result.getName()).isPositive();
            results.computeIfAbsent(result.getName(), test -> new ArrayList<>()).add(result);
        }
        assertThat(results.keySet()).as("tests that ran: %s", log).containsExactlyInAnyOrderElementsOf(named(suites));
        return results;
    }

    private static List<String> command(String tests) {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                Main.class.getName(),
                "-t",
                tests,
                "-f",
                "1",
                "-iters",
                Boolean.getBoolean("dmabufpool.deep") ? "40" : "2",
                "-time",
                "100",
                "-sc",
                "false",
                "-af",
                "NONE",
                "-jvmArgs",
                "-Xmx256m");
    }

    private static List<String> named(Class<?>... suites) {
        return Stream.of(suites)
                .flatMap(suite -> Stream.of(suite.getDeclaredClasses()))
                .map(Class::getCanonicalName)
                .toList();
    }

    private static Path emptied(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> old = Files.walk(directory)) {
                for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        return Files.createDirectories(directory);
    }

    private static Collection<TestResult> read(Path directory) throws Exception {
        InProcessCollector results = new InProcessCollector();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".bin.gz")).toList()) {
                DiskReadCollector reader = new DiskReadCollector(file.toString(), results);
                reader.dump();
                reader.close();
            }
        }
        return results.getTestResults();
    }
}
