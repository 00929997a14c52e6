// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SolveCommandTest {

    @TempDir
    private Path folder;

    @Test
    void anInstanceAndATraceAreSolved() throws IOException {
        Path instance = write("i.csv", "id,lower,upper,size\n1,0,3,4\n2,1,2,8\n3,2,4,8\n");
        Path trace = write("t.trace", "a,1,100\nf,1\na,2,200\n");
        Path json = folder.resolve("solve.json");
        Cli cli = Cli.run("solve", instance.toString(), trace.toString(), "--json=" + json, "--progress");
        assertThat(cli.code()).isZero();
        assertThat(cli.out().lines()).hasSize(2);
        assertThat(cli.out())
                .contains("i.csv: 3 buffers, lower bound 12, greedy by size 12 (1.0000), best 12 (1.0000, proven) by ")
                .contains("t.trace: 2 buffers, lower bound 256,");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.get(0).get("bytes").asLong()).isEqualTo(12);
        assertThat(report.get(0).get("proven").asBoolean()).isTrue();
        assertThat(report.get(1).get("ratio").asDouble()).isEqualTo(1);
    }

    @Test
    void thePlacementIsWritten() throws IOException {
        Path instance = write("i.csv", "id,lower,upper,size\nx,0,3,4\ny,3,5,8\n");
        Path out = folder.resolve("placed.csv");
        Cli cli = Cli.run("solve", instance.toString(), "--seconds=0.5", "--out=" + out);
        assertThat(cli.code()).isZero();
        assertThat(out).hasContent("id,lower,upper,size,offset\nx,0,3,4,0\ny,3,5,8,0\n");
    }

    @Test
    void mistakesAreOneLineAndNothingIsWritten() throws IOException {
        Path out = folder.resolve("placed.csv");
        String bad = write("bad.csv", "id,lower,upper,size\n1,3,2,4\n").toString();
        Cli upper = Cli.run("solve", bad, "--out=" + out);
        assertThat(upper.code()).isEqualTo(2);
        assertThat(upper.err().lines()).singleElement().asString().contains("line 2: upper 2 is not after lower 3");
        assertThat(out).doesNotExist();
        Cli two = Cli.run("solve", bad, bad, "--out=" + out);
        assertThat(two.code()).isEqualTo(2);
        assertThat(two.err()).contains("--out takes one placement, and there are 2 files");
        Cli seconds = Cli.run("solve", bad, "--seconds=-1");
        assertThat(seconds.code()).isEqualTo(2);
        assertThat(seconds.err()).contains("--seconds is -1.0: give seconds from 0 to 86400");
        assertThat(Cli.run("solve").code()).isEqualTo(2);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
