// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.dmabufpool.bench.policy.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err()).isEmpty();
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
        assertThat(policy.err()).contains("no policy 'worst-fit'; there are ours, ours-first-fit");
        Cli none = Cli.run("replay", folder.resolve("none").toString());
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("there is no such file");
        assertThat(Cli.run("replay", "t", "--capacity=0").code()).isEqualTo(2);
        Cli kind = Cli.run("trace", "--kind=movie", "--out=" + folder.resolve("t"));
        assertThat(kind.code()).isEqualTo(2);
        assertThat(kind.err()).contains("no kind of trace 'movie'");
    }

    @Test
    void theExitCodesAreExplained() throws IOException {
        assertThat(Cli.run("replay", "--help").out())
                .contains(
                        "Exit codes:",
                        "0   Every part found its space",
                        "1   Parts found no space in it",
                        "2   The command");
        assertThat(Cli.run("--help").out()).contains("replay: 1 also where parts found no space");
        // The smallest pool is found, but it is not what was played.
        Cli cli = Cli.run("replay", write("a,1,8193\nf,1\n").toString(), "--capacity=8K", "--find-min-pool");
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.out()).contains("served         NO: 1 parts", "smallest pool  12,288 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,1,9223372036854775807 | --no-progress | line 1: the size 9223372036854775807 is above 1125899906842624, the most there is",
                "a,1,9223372036854775807 | --capacity=1M | line 1: the size 9223372036854775807 is above",
                "a,1,5;a,2,1125899906842624 | --no-progress | line 2: with the size 1125899906842624, 1125899906842629 bytes would be",
                "a,1,274877906944 | --no-progress | 274877906944 bytes are live at once, and a pool of policy ours has at most 137438953472",
                "a,1,5 | --capacity=9223372036854775807 | --capacity is 9223372036854775807 bytes: a pool of policy ours has 1 to"
                        + " 137438953472 bytes",
                "a,1,5 | --capacity=137438953473 | --capacity is 137438953473 bytes",
                "a,1,5 | --capacity=9223372036854775808 | '9223372036854775808' is more bytes than there are: at most",
                "a,1,5 | --capacity=9007199254740992T | '9007199254740992T' is more bytes than"
            })
    void sizesThatCannotBeAreRefused(String lines, String option, String what) throws IOException {
        Cli cli =
                Cli.run("replay", option, write(lines.replace(';', '\n') + "\n").toString());
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err().lines()).singleElement().asString().contains(what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ours", "first-fit", "best-fit", "buddy", "vma"})
    void theLargestPoolsArePlayed(String policy) throws IOException {
        long most = Policy.named(policy).mostBytes();
        Path trace = write("a,1," + most + "\nf,1\na,2," + (most / 2 + 1) + "\n");
        Cli given = Cli.run("replay", trace.toString(), "--policy=" + policy, "--capacity=" + most);
        assertThat(given.err()).isEmpty();
        assertThat(given.code()).isZero();
        Cli found = Cli.run("replay", trace.toString(), "--policy=" + policy, "--offline=0");
        assertThat(found.err()).isEmpty();
        assertThat(found.out()).contains(String.format(Locale.ROOT, "configure      %,d bytes, 1.0000", most));
    }

    @Test
    void aTraceComesFromStandardInputAndTheReportGoesToStandardOutput() throws IOException {
        Cli made = Cli.run("trace", "--kind=odd-size", "--out=-");
        assertThat(made.code()).isZero();
        assertThat(made.err()).contains("one odd size, ", "standard output has ");
        assertThat(made.out()).startsWith("# one odd size, ").endsWith("\n");
        byte[] text = made.out().getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text);
        }
        for (byte[] input : List.of(text, packed.toByteArray())) {
            Cli cli = withInput(input, "replay", "-", "--json=-", "--offline=0");
            assertThat(cli.code()).isZero();
            assertThat(cli.err()).contains("trace          standard input", "configure      ");
            JsonNode report = new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(cli.out());
            assertThat(report.get("trace").asText()).isEqualTo("standard input");
            assertThat(report.get("success").asBoolean()).isTrue();
        }
        Cli wrong = withInput("a,1,0\n".getBytes(StandardCharsets.UTF_8), "replay", "-", "--json=-");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.out()).isEmpty();
        assertThat(wrong.err()).contains("standard input, line 1: the size 0 is below 1");
    }

    /** Exact runs and first fit need the same for parts of one size: then the default is to be configured. */
    @Test
    void placementsAreRankedOnSeveralTraces() throws IOException {
        String[] traces = new String[4];
        for (int i = 0; i < traces.length; i++) {
            traces[i] = folder.resolve("odd-" + i + ".gz").toString();
            assertThat(Cli.run("trace", "--kind=odd-size", "--seed=" + i, "--out=" + traces[i])
                            .code())
                    .isZero();
        }
        Path json = folder.resolve("ranking.json");
        Cli cli = Cli.run("replay", traces[0], traces[1], traces[2], traces[3], "--placements", "--json=" + json);
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .contains(
                        "the traces in turns",
                        "chosen on part 1: ",
                        "chosen on part 2: ",
                        "configure      Placement.EXACT");
        JsonNode ranking = new ObjectMapper().readTree(json.toFile());
        assertThat(ranking.get("configure").asText()).isEqualTo("EXACT");
        assertThat(ranking.get("gain").asDouble()).isZero();
        assertThat(ranking.get("traces")).hasSize(4);
        assertThat(ranking.get("traces").findValuesAsText("part")).containsExactly("1", "2", "1", "2");
        JsonNode last = ranking.get("placements").get(2);
        assertThat(last.get("placement").asText()).isEqualTo("BUDDY");
        assertThat(last.get("meanRatio").asDouble()).isGreaterThan(1.2);
        JsonNode alone = new ObjectMapper().readTree(replayed(traces[0]).toFile());
        JsonNode exact = ranking.get("traces").get(0).get("pools").get(0);
        assertThat(exact.get("configurePoolBytes")).isEqualTo(alone.get("configurePoolBytes"));
        assertThat(exact.get("minPoolBytes")).isEqualTo(alone.get("minPoolBytes"));
        assertThat(exact.get("ratio").asDouble())
                .isEqualTo(alone.get("configureRatio").asDouble());
    }

    private Path replayed(String trace) {
        Path json = folder.resolve("alone.json");
        assertThat(Cli.run("replay", trace, "--offline=0", "--json=" + json).code())
                .isZero();
        return json;
    }

    @Test
    void oneTraceIsHalvedToRankPlacements() {
        byte[] text = Cli.run("trace", "--kind=odd-size", "--out=-").out().getBytes(StandardCharsets.UTF_8);
        Cli cli = withInput(text, "replay", "-", "--placements");
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .contains("standard input, first half", "standard input, second half", "the halves of the one trace");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--placements --policy=vma TRACE | --placements takes traces, --json and --progress",
                "--placements --capacity=1M TRACE | --placements takes traces, --json and --progress",
                "--placements - - | standard input (-) can be read once",
                "TRACE TRACE | one trace is played, and there are 2",
                "--placements TRACE | nothing is allocated in it",
                "--placements | TRACE"
            })
    void whatCannotBeRankedIsRefused(String line, String what) throws IOException {
        String trace = write("a,1,5\n").toString();
        String[] arguments = ("replay " + line.replace("TRACE", trace)).split(" ");
        Cli cli = Cli.run(arguments);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).contains(what);
    }

    @Test
    void oneOutputAtMostHasStandardOutput() throws IOException {
        Cli both = Cli.run("replay", write("a,1,5\n").toString(), "--json=-", "--map=-");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.out()).isEmpty();
        assertThat(both.err())
                .contains("--json and --map both write to standard output (-): give one of them a file of its own");
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
            Cli map = Cli.run("replay", write("a,1,5\n").toString(), "--map=-");
            assertThat(map.code()).isZero();
            assertThat(map.out()).isEmpty();
            assertThat(map.err()).contains("served         yes");
        } finally {
            System.setOut(before);
        }
        assertThat(ImageIO.read(new ByteArrayInputStream(bytes.toByteArray())).getWidth())
                .isGreaterThan(1000);
    }

    private static Cli withInput(byte[] input, String... arguments) {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(input));
            return Cli.run(arguments);
        } finally {
            System.setIn(before);
        }
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("t.trace"), text);
    }
}
