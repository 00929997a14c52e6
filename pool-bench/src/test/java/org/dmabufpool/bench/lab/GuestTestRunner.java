// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.engine.JqwikTestEngine;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.junit.platform.reporting.legacy.xml.LegacyXmlReportGeneratingListener;

/**
 * The guest's side of {@link KernelLabIT}: runs tests and leaves JUnit's XML reports.
 *
 * <p>JUnit's console launcher would do, but under emulation it spends 8 of 28 seconds on reading its options.
 */
final class GuestTestRunner {
    private GuestTestRunner() {}

    /**
     * Exits with 0 only if there were tests and none failed.
     *
     * @param arguments the folder for the reports, then the classes to run
     */
    public static void main(String[] arguments) {
        Path reports = Path.of(arguments[0]);
        TestExecutionSummary summary = run(reports, Arrays.asList(arguments).subList(1, arguments.length));
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        summary.printFailuresTo(out);
        summary.printTo(out);
        // Not a plain return: a thread that a test left behind would keep the guest up until it counts as hung.
        System.exit(summary.getTestsFoundCount() > 0 && summary.getTotalFailureCount() == 0 ? 0 : 1);
    }

    private static TestExecutionSummary run(Path reports, List<String> classes) {
        LauncherConfig config = LauncherConfig.builder()
                .enableTestEngineAutoRegistration(false)
                .addTestEngines(new JupiterTestEngine(), new JqwikTestEngine())
                .build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create(config)
                .execute(
                        these(classes),
                        summary,
                        new LegacyXmlReportGeneratingListener(reports, new PrintWriter(System.err, true)),
                        new Progress());
        return summary.getSummary();
    }

    private static LauncherDiscoveryRequest these(List<String> classes) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        classes.forEach(name -> request.selectors(selectClass(name)));
        return request.build();
    }

    /** Says which test is on, so that the log of a guest that hangs ends with the one to look at. */
    private static final class Progress implements TestExecutionListener {
        @Override
        public void executionStarted(TestIdentifier test) {
            if (test.isTest()) {
                System.out.println("started  " + test.getUniqueId());
            }
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            System.out.println(result.getStatus() + " " + test.getUniqueId());
            // At once: a guest that dies later tells nothing at its end.
            result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(System.out));
        }
    }
}
