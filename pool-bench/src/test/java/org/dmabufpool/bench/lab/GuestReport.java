// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.DynamicTest;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What a guest's tests came to: JUnit's XML reports, retold as tests of the host.
 *
 * <p>Nothing passes by silence. A run that did not exit with 0, or told of no test, is a failure by itself, and so is a
 * guest's test that was skipped or aborted: in the lab everything a test may ask for is there.
 *
 * @param run how the guest ended
 * @param tests every test the reports tell of
 */
record GuestReport(GuestRun run, List<GuestTest> tests) {
    private static final List<String> TROUBLES = List.of("failure", "error", "skipped");

    /**
     * One test of the guest.
     *
     * @param name class and method
     * @param seconds how long it took in the guest
     * @param trouble why it did not pass; empty if it passed
     */
    record GuestTest(String name, double seconds, String trouble) {
        DynamicTest retold() {
            return dynamicTest(
                    name,
                    () -> assertThat(trouble)
                            .withFailMessage("%s: %s", name, trouble)
                            .isEmpty());
        }
    }

    /** Reads all reports in the folder. */
    static GuestReport of(GuestRun run, Path reports) {
        List<GuestTest> tests = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(reports, "TEST-*.xml")) {
            for (Path file : files) {
                tests.addAll(read(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the guest's reports in " + reports, e);
        }
        return new GuestReport(run, tests);
    }

    /** The run as a whole, then each of the guest's tests. */
    Stream<DynamicTest> retold() {
        return Stream.concat(
                Stream.of(
                        dynamicTest("guest exits with 0", this::assertExitedWell),
                        dynamicTest("guest runs tests", this::assertRanTests)),
                tests.stream().map(GuestTest::retold));
    }

    private void assertExitedWell() {
        assertThat(run.status())
                .withFailMessage("the guest ended with status %d; its last words:%n%s", run.status(), run.lastWords())
                .isZero();
    }

    private void assertRanTests() {
        assertThat(tests)
                .withFailMessage("the guest's reports tell of no test; its last words:%n%s", run.lastWords())
                .isNotEmpty();
    }

    private static List<GuestTest> read(Path report) {
        try {
            NodeList cases = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getElementsByTagName("testcase");
            List<GuestTest> tests = new ArrayList<>(cases.getLength());
            for (int i = 0; i < cases.getLength(); i++) {
                tests.add(guestTest((Element) cases.item(i)));
            }
            return tests;
        } catch (IOException | SAXException | ParserConfigurationException e) {
            throw new IllegalStateException("cannot read the guest's report " + report, e);
        }
    }

    private static GuestTest guestTest(Element testCase) {
        String name = testCase.getAttribute("classname") + "." + testCase.getAttribute("name");
        return new GuestTest(name, Double.parseDouble(testCase.getAttribute("time")), trouble(testCase));
    }

    private static String trouble(Element testCase) {
        for (Node child = testCase.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (TROUBLES.contains(child.getNodeName())) {
                return child.getNodeName() + " in the guest: " + child.getTextContent();
            }
        }
        return "";
    }
}
