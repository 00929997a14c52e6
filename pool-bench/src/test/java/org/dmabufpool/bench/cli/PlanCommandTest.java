// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dmabufpool.PlacementPlan;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {

    private static final long MIB = 1 << 20;

    @TempDir
    private Path folder;

    private String first = "";
    private String second = "";

    /** Two sizes whose parts are live by turns: as they come they leave holes that a plan avoids. */
    @BeforeEach
    void record() throws IOException {
        first = write("first.trace", trace(40, 3));
        second = write("second.trace", trace(40, 2));
    }

    private static String trace(int rounds, int early) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rounds; i++) {
            int id = 10 * i;
            for (int part = 0; part < 4; part++) {
                text.append(allocation(id + part, 3 * MIB, "raw")).append(allocation(id + 4 + part, MIB, "preview"));
            }
            for (int part = 0; part < 4; part++) {
                text.append("f,").append(id + (part + early) % 4).append('\n');
            }
            text.append(allocation(id + 8, 12 * MIB, "merged"));
            for (int part = 4; part < 9; part++) {
                text.append("f,").append(id + part).append('\n');
            }
        }
        return text.toString();
    }

    private static String allocation(int id, long bytes, String tag) {
        return "a," + id + "," + bytes + "\nt," + id + "," + tag + "\n";
    }

    @Test
    void aPlanIsMadeJudgedAndPlayed() throws IOException {
        Path plan = folder.resolve("use.plan");
        Path json = folder.resolve("plan.json");
        Cli cli = Cli.run("plan", first, second, "--out=" + plan, "--json=" + json, "--seconds=1", "--offline=0.2");
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .contains("first.trace: peak 16,777,216 bytes; smallest pool offline 1.0000, without plan ")
                .contains("plan: ");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        JsonNode recording = report.get("recordings").get(0);
        assertThat(recording.get("withPlanRatio").asDouble())
                .isLessThanOrEqualTo(recording.get("withoutPlanRatio").asDouble());
        assertThat(recording.get("heldOutBytes").asLong()).isGreaterThanOrEqualTo(16 * MIB);
        assertThat(PlacementPlan.read(plan).classes())
                .hasSize(report.get("classes").asInt());
        Cli replay = Cli.run("replay", first, "--plan=" + plan, "--offline=0", "--json=" + json);
        assertThat(replay.code()).isZero();
        assertThat(replay.out()).contains("without plan   ");
        JsonNode played = new ObjectMapper().readTree(json.toFile());
        assertThat(played.get("unplannedPoolBytes").asLong())
                .isGreaterThanOrEqualTo(played.get("minPoolBytes").asLong());
    }

    @Test
    void aPlanGoesToStandardOutputAlone() {
        Cli cli = Cli.run("plan", first, "--out=-", "--seconds=0.3", "--offline=0", "--no-held-out");
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).startsWith("plan,1\n").doesNotContain("peak");
        assertThat(cli.err()).contains("offline not tried").contains("held out not tried");
    }

    @Test
    void aPlanThatDoesNotHelpIsCalledThat() throws IOException {
        String tiny = write("tiny.trace", "a,1,4096\nf,1\n");
        Path plan = folder.resolve("tiny.plan");
        Cli cli = Cli.run("plan", tiny, "--out=" + plan, "--seconds=0.1", "--offline=0");
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("The plan does not help: do without it");
        assertThat(plan).hasContent("plan,1");
    }

    @Test
    void mistakesAreOneLineAndNothingIsWritten() throws IOException {
        Path out = folder.resolve("x.plan");
        refused("line 1: a line is a,<id>", "plan", write("bad.trace", "x\n"), "--out=" + out);
        refused("--page is 5000: a page is a power of two from 4096", "plan", first, "--page=5000", "--out=" + out);
        refused("--seconds is -1.0", "plan", first, "--seconds=-1", "--out=" + out);
        refused("--out and --json both write to standard output", "plan", first, "--out=-", "--json=-");
        refused("Missing required option: '--out=PLAN'", "plan", first);
        assertThat(out).doesNotExist();
        String bad = write("bad.plan", "plan,2\n");
        refused("bad.plan, line 1: a plan begins with plan,1", "replay", first, "--plan=" + bad);
        refused("--plan is for policy ours, and not for buddy", "replay", first, "--plan=" + bad, "--policy=buddy");
        assertThat(Cli.run("replay", first, "--plan=" + folder.resolve("none")).code())
                .isEqualTo(1);
        assertThat(Cli.run("plan", folder.resolve("none").toString(), "--out=" + out)
                        .code())
                .isEqualTo(1);
    }

    @Test
    void helpTellsTheOptions() {
        Cli cli = Cli.run("plan", "--help");
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("--out=PLAN", "--[no-]held-out", "--page=BYTES", "--seconds=SECONDS");
    }

    private static void refused(String message, String... arguments) {
        Cli cli = Cli.run(arguments);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains(message);
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }
}
