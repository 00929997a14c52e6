// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import static org.junit.platform.engine.discovery.ClassNameFilter.STANDARD_INCLUDE_PATTERN;
import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.launcher.TagFilter.includeTags;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The command lines that run tests in a guest, on this JVM's own java and class path. */
final class GuestTests {
    /** Tests with this tag need the guest's kernel: only the lab runs them. */
    static final String TAG = "lab";

    /** Tests with this tag need the project's kernel module, too, and DMA that goes through bounce buffers. */
    static final String BOUNCE_TAG = "lab-bounce";

    /** System property that tells a guest's test the folder whose files the host keeps. */
    static final String RESULTS_PROPERTY = "lab.results";

    /**
     * Under emulation a collector with threads of its own costs more than it gives, and the second compiler, too: tests of the
     * stock kernel take 230 s without it and 301 s with it, those with bounced DMA 191 s and 364 s. On Linux 7.3 code that it
     * compiled crashed under emulation, besides.
     */
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-ea");

    /** Settings of the host's tests that are the guest's, too. */
    private static final List<String> PASSED_ON = List.of("dmabufpool.deep", "dmabufpool.walk.seed");

    private GuestTests() {}

    /** Names of the classes with tests that have this tag: looked for here, as that takes 40 s under emulation. */
    static List<String> tagged(String tag) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectPackage("org.dmabufpool"))
                .filters(includeClassNamePatterns(STANDARD_INCLUDE_PATTERN), includeTags(tag))
                .build();
        Set<String> names = new TreeSet<>();
        LauncherFactory.create().discover(request).accept(new TestPlan.Visitor() {
            @Override
            public void visit(TestIdentifier test) {
                test.getSource()
                        .filter(MethodSource.class::isInstance)
                        .ifPresent(source -> names.add(((MethodSource) source).getClassName()));
            }
        });
        return List.copyOf(names);
    }

    /** Runs the tests of these classes and leaves JUnit's XML reports in the folder. */
    static List<String> command(Path reports, Class<?>... classes) {
        return command(reports, Stream.of(classes).map(Class::getName).toList());
    }

    /** As {@link #command(Path, Class...)}, by name. */
    static List<String> command(Path reports, List<String> classes) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.add("-XX:ErrorFile=" + reports.resolve("hs_err.log"));
        command.add("-D" + RESULTS_PROPERTY + "=" + reports);
        PASSED_ON.stream()
                .filter(name -> System.getProperty(name) != null)
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(GuestTestRunner.class.getName(), reports.toString()));
        command.addAll(classes);
        return command;
    }

    /** The command as a line of shell. */
    static String quoted(List<String> command) {
        return command.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
