// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadsCommandTest {

    private static final String[] SHORT = {
        "threads", "--threads=1,3", "--fill=0.5,0.9", "--live=12", "--seconds=0.05", "--rounds=1", "--no-progress"
    };

    @TempDir
    private Path folder;

    private static Cli run(String... more) {
        String[] all = Arrays.copyOf(SHORT, SHORT.length + more.length);
        System.arraycopy(more, 0, all, SHORT.length, more.length);
        return Cli.run(all);
    }

    @Test
    void everyNumberOfThreadsIsMeasuredAtEveryFill() throws IOException {
        Path json = folder.resolve("threads.json");
        Cli cli = run("--json=" + json);
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("fill 0.50", "fill 0.90", "ours-handles", "one-lock");
        JsonNode tables = new ObjectMapper().readTree(json.toFile()).get("fills");
        assertThat(tables).hasSize(2);
        for (JsonNode table : tables) {
            assertThat(table.get("cells")).hasSize(4).allSatisfy(cell -> {
                assertThat(cell.get("pairsPerMicrosecond").asDouble()).isPositive();
                assertThat(cell.get("refused").asDouble()).isBetween(0.0, 1.0);
                assertThat(cell.get("p99").asLong())
                        .isBetween(cell.get("p50").asLong(), cell.get("p9999").asLong());
            });
        }
    }

    @Test
    void aPaceHoldsThreadsBack() {
        assertThat(run("--pace=1000", "--work=0").code()).isZero();
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThat(run("--pace=0").err()).contains("--pace must be 1 to 1000000000 pairs a second: 0");
        assertThat(Cli.run("threads", "--threads=9", "--live=8").err())
                .contains("threads must be 1 to the live parts, 8: threads=9");
        assertThat(Cli.run("threads", "--fill=1").err()).contains("the fill must be above 0 and below 1: fill=1.0");
        assertThat(Cli.run("threads", "--least=2M", "--most=1M").err()).contains("the least first");
        assertThat(Cli.run("threads", "--rounds=0").code()).isEqualTo(2);
    }
}
