// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The command lines that run tests in a guest, on this JVM's own java and class path. */
final class GuestTests {
    /** Tests with this tag need the guest's kernel: only the lab runs them. */
    static final String TAG = "lab";

    /** Tests with this tag need the project's kernel module, too, and DMA that goes through bounce buffers. */
    static final String BOUNCE_TAG = "lab-bounce";

    /** System property with the tag of the tests to run, where no classes are named. */
    static final String TAG_PROPERTY = "lab.tag";

    /** System property that tells a guest's test the folder whose files the host keeps. */
    static final String RESULTS_PROPERTY = "lab.results";

    /** Under emulation a collector with threads of its own costs more than it gives. */
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-ea");

    /**
     * The second compiler pays only where a test computes for long: pictures take 3.4 times as long without it. Tests with
     * bounced DMA take 191 s without it and 364 s with it. On Linux 7.3 code that it compiled crashed under emulation, too.
     */
    private static final String FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1";

    /** Settings of the host's tests that are the guest's, too. */
    private static final List<String> PASSED_ON = List.of("dmabufpool.deep", "dmabufpool.walk.seed");

    private GuestTests() {}

    /** Runs the tests of these classes and leaves JUnit's XML reports in the folder. */
    static List<String> command(Path reports, Class<?>... classes) {
        List<String> command = command(reports, TAG);
        Stream.of(classes).map(Class::getName).forEach(command::add);
        return command;
    }

    /** Runs all tests with this tag and leaves JUnit's XML reports in the folder. */
    static List<String> command(Path reports, String tag) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        if (tag.equals(BOUNCE_TAG)) {
            command.add(FIRST_COMPILER_ONLY);
        }
        command.add("-XX:ErrorFile=" + reports.resolve("hs_err.log"));
        command.add("-D" + RESULTS_PROPERTY + "=" + reports);
        command.add("-D" + TAG_PROPERTY + "=" + tag);
        PASSED_ON.stream()
                .filter(name -> System.getProperty(name) != null)
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(GuestTestRunner.class.getName(), reports.toString()));
        return command;
    }

    /** The command as a line of shell. */
    static String quoted(List<String> command) {
        return command.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
