// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayCommandTest {

    @TempDir
    private Path folder;

    @Test
    void aTraceMadeHereIsPlayedInItsSmallestPool() throws IOException {
        Path trace = folder.resolve("camera.gz");
        Cli made = Cli.run("trace", "--kind=camera", "--seed=2", "--out=" + trace);
        assertThat(made.code()).isZero();
        assertThat(made.out()).contains("camera, seed 2: ", " live bytes; ");
        Path json = folder.resolve("replay.json");
        Path map = folder.resolve("map.png");
        Cli cli = Cli.run("replay", trace.toString(), "--json=" + json, "--map=" + map, "--offline=2");
        assertThat(cli.code()).isZero();
        assertThat(cli.err()).isEmpty();
        assertThat(cli.out())
                .contains("served         yes", "smallest pool", "metadata", "availability", "fragmentation");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.get("failures").asLong()).isZero();
        assertThat(report.get("operations").asInt()).isPositive();
        assertThat(report.get("minPoolBytes").asLong())
                .isEqualTo(report.get("capacityBytes").asLong())
                .isGreaterThanOrEqualTo(report.get("peakLiveBytes").asLong());
        assertThat(report.get("footprintRatio").asDouble())
                .isEqualTo(report.get("minPoolBytes").asDouble()
                        / report.get("peakLiveBytes").asDouble());
        assertThat(report.get("configurePoolBytes").asLong())
                .isGreaterThanOrEqualTo(report.get("minPoolBytes").asLong());
        assertThat(report.get("configureRatio").asDouble())
                .isEqualTo(report.get("configurePoolBytes").asDouble()
                        / report.get("peakLiveBytes").asDouble());
        assertThat(report.get("search").get("servedAbove").asInt()).isGreaterThanOrEqualTo(64);
        assertThat(cli.out()).contains("configure      ", "(serves, and so do all of ");
        JsonNode offline = report.get("offline");
        assertThat(offline.get("bytes").asLong())
                .isBetween(
                        report.get("peakLiveBytes").asLong(),
                        report.get("minPoolBytes").asLong());
        assertThat(offline.get("ratio").asDouble()).isBetween(1.0, 1.01);
        assertThat(offline.get("algorithm").asText()).isNotEmpty();
        assertThat(offline.get("seconds").asDouble()).isPositive();
        assertThat(cli.out()).contains("offline        ", "if the whole trace were known beforehand");
        BufferedImage picture = ImageIO.read(map.toFile());
        assertThat(picture.getWidth()).isGreaterThan(1000);
    }

    /** Some larger pools fail: what is said of the smallest one must not read as advice. */
    @Test
    void theSmallestPoolIsNotToBeConfiguredWhereLargerOnesFail() throws IOException {
        Path trace = folder.resolve("log-uniform.gz");
        Path json = folder.resolve("replay.json");
        assertThat(Cli.run("trace", "--kind=log-uniform", "--out=" + trace).code())
                .isZero();
        Cli cli = Cli.run("replay", trace.toString(), "--json=" + json, "--offline=0");
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).containsPattern("smallest pool .* fail: do not configure it\\)");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        long configure = report.get("configurePoolBytes").asLong();
        assertThat(configure)
                .isGreaterThan(report.get("search").get("largestFailedBytes").asLong())
                .isGreaterThan(report.get("minPoolBytes").asLong());
        Cli larger = Cli.run("replay", trace.toString(), "--capacity=" + configure * 109 / 100);
        assertThat(larger.out()).contains("served         yes").doesNotContain("configure");
    }

    @Test
    void theOfflineSolverCanBeLeftOut() throws IOException {
        Path trace = write("a,1,8193\nf,1\n");
        Path json = folder.resolve("replay.json");
        Cli with = Cli.run("replay", trace.toString());
        assertThat(with.out())
                .contains("offline        8,320 bytes, 1.0155 of the peak", "first fit in time, none is smaller");
        Cli without = Cli.run("replay", trace.toString(), "--offline=0", "--json=" + json);
        assertThat(without.code()).isZero();
        assertThat(without.out()).doesNotContain("offline");
        assertThat(new ObjectMapper().readTree(json.toFile()).get("offline").isNull())
                .isTrue();
        Cli bad = Cli.run("replay", trace.toString(), "--offline=-3");
        assertThat(bad.code()).isEqualTo(2);
        assertThat(bad.err()).contains("--offline is -3.0: give seconds from 0");
    }

    @Test
    void sharesAndLoansAreCounted() throws IOException {
        Path trace = write("a,1,8192\nt,1,raw\ns,1,preview\nl,1,7,w,camera\nc,1\nc,1\na,2,1\ne,7\nf,1\n");
        Path json = folder.resolve("replay.json");
        Cli cli = Cli.run("replay", trace.toString(), "--json=" + json);
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("users          1 shares, 1 loans to devices", "3 operations");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.get("shares").asLong()).isEqualTo(1);
        assertThat(report.get("loans").asLong()).isEqualTo(1);
        assertThat(report.get("peakLiveBytes").asLong()).isEqualTo(8193);
    }

    @Test
    void aPoolThatIsTooSmallIsAResultWithItsReason() throws IOException {
        Path trace = write("a,1,8192\na,2,4096\nf,1\na,3,12288\n");
        Path json = folder.resolve("replay.json");
        Cli cli = Cli.run("replay", trace.toString(), "--capacity=15000", "--policy=first-fit", "--json=" + json);
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .contains("pool           16,384 bytes")
                .contains("served         NO: 1 parts found no space")
                .contains("operation 4 asked for 12,288 bytes, alignment 1; 12,288 were free")
                .contains("the largest hole had 8,192: fragmented")
                .doesNotContain("smallest pool");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.get("minPoolBytes").isNull()).isTrue();
        assertThat(report.get("firstFailure").get("fragmented").asBoolean()).isTrue();
    }

    @Test
    void theSmallestPoolIsFoundBesideACapacity() throws IOException {
        Path trace = write("a,1,8192\nf,1\n");
        Cli cli = Cli.run(
                "replay", trace.toString(), "--capacity=1M", "--find-min-pool", "--availability=100K", "--progress");
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .contains("pool           1,048,576 bytes", "smallest pool  8,192 bytes, 1.0000")
                .contains("of 102,400 bytes: 10 more at the least");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ours", "first-fit", "best-fit", "buddy", "vma", "vma-min-memory", "vma-min-offset"})
    void everyPolicyPlays(String policy) throws IOException {
        Path trace = write("a,1,8192,4096\na,2,1\nf,1\n");
        Cli cli = Cli.run("replay", trace.toString(), "--policy=" + policy);
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).containsPattern("policy +" + policy);
    }

    @Test
    void mistakesAreOneLineAndNothingIsWritten() throws IOException {
        Path json = folder.resolve("replay.json");
        Cli twice = Cli.run("replay", write("a,1,5\nf,1\nf,1\n").toString(), "--json=" + json);
        assertThat(twice.code()).isEqualTo(2);
        assertThat(twice.err().lines()).singleElement().asString().contains("line 3: id 1 was released before");
        assertThat(json).doesNotExist();
        Cli policy = Cli.run("replay", write("a,1,5\n").toString(), "--policy=worst-fit");
        assertThat(policy.code()).isEqualTo(2);
        assertThat(policy.err()).contains("no policy 'worst-fit'; there are ours, first-fit");
        Cli none = Cli.run("replay", folder.resolve("none").toString());
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("there is no such file");
        assertThat(Cli.run("replay", "t", "--capacity=0").code()).isEqualTo(2);
        Cli kind = Cli.run("trace", "--kind=movie", "--out=" + folder.resolve("t"));
        assertThat(kind.code()).isEqualTo(2);
        assertThat(kind.err()).contains("no kind of trace 'movie'");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("t.trace"), text);
    }
}
