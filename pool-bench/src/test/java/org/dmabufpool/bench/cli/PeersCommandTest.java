// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersCommandTest {

    private static final String REPORT = """
            {"java": "some JVM", "cores": 2, "loadAtEnd": 1.0,
             "pace": {"warmMs": 1, "batchMs": 1, "rounds": 1, "seeds": 1, "probes": 0},
             "ratios": {"hotAloneToVmaBest": 0.5}, "workloads": [],
             "footprints": [{"kind": "camera", "policy": "ours", "median": 1.01, "worst": 1.02, "metadataPercent": 0.0, "ratios": [1.01]}]}
            """;

    @TempDir
    private Path folder;

    private Path report;

    @BeforeEach
    void write() throws IOException {
        report = Files.writeString(folder.resolve("peers.json"), REPORT);
    }

    @Test
    void anEarlierRunIsShownAgain() {
        Cli cli = Cli.run("peers", "--from=" + report);
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("some JVM, 2 cores", "hotAloneToVmaBest", "1.0100");
    }

    @Test
    void anEarlierRunBecomesTablesAndAChart() {
        Path chart = folder.resolve("peers.svg");
        Cli cli = Cli.run("peers", "--from=" + report, "--markdown", "--chart=" + chart);
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("|---|---:|---|", "| ours | 1.010 (1.020) |");
        assertThat(chart).content().startsWith("<svg ").contains("</svg>");
    }

    @Test
    void mistakesAreOneLineBeforeAnythingIsMeasured() {
        assertThat(Cli.run("peers", "--only=warm").err()).contains("no workload 'warm'; there are hot, live-256");
        assertThat(Cli.run("peers", "--peers=tlsf").err()).contains("no peer 'tlsf'; there are ours-alone");
        Cli both = Cli.run("peers", "--from=" + report, "--quick");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err().lines()).singleElement().asString().contains("--from shows all of an earlier run");
        assertThat(Cli.run("peers", "--json=" + folder.resolve("no/such/place")).err())
                .contains("there is no directory");
    }

    @Test
    void helpSaysWhatTheNumbersMean() {
        assertThat(Cli.run("peers", "--help").out())
                .contains("What the numbers mean", "--only", "--peers", "--from", "--markdown", "live-100k")
                .contains("two looks at it", "included");
    }
}
