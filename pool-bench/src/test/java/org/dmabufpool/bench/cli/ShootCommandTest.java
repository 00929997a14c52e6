// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShootCommandTest {

    private static final String SIZE = "--size=96x64";

    @TempDir
    private Path folder;

    @Test
    void theModelAndMemfdGiveTheSamePictureByteForByte() throws IOException {
        assertThat(shoot("a.jpg", "--heap=model", "--seed=3", SIZE, "--frames=5")
                        .code())
                .isZero();
        assertThat(shoot("b.jpg", "--heap=memfd", "--seed=3", SIZE, "--frames=5")
                        .code())
                .isZero();
        assertThat(shoot("c.jpg", "--heap=memfd", "--seed=4", SIZE, "--frames=5")
                        .code())
                .isZero();
        assertThat(folder.resolve("a.jpg")).hasSameBinaryContentAs(folder.resolve("b.jpg"));
        assertThat(Files.mismatch(folder.resolve("a.jpg"), folder.resolve("c.jpg")))
                .isNotNegative();
    }

    @Test
    void tellsPlainlyThatItIsTheModel() {
        Cli cli = shoot("a.jpg", SIZE, "--frames=2");
        assertThat(cli.code()).isZero();
        assertThat(cli.err()).isEmpty();
        assertThat(cli.out()).contains("2 frames of 96x64, synthetic sensor").contains("capture", "merge", "jpeg");
        assertThat(cli.out()).containsPattern("(heap +model \\(no real dma-buf)|(heap +(system|udmabuf) )");
    }

    @Test
    void jsonHasExactlyTheKeysPromised() throws IOException {
        Path json = folder.resolve("shoot.json");
        assertThat(shoot("a.jpg", SIZE, "--heap=memfd", "--frames=3", "--json=" + json)
                        .code())
                .isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        List<String> keys = new ArrayList<>();
        report.fieldNames().forEachRemaining(keys::add);
        assertThat(keys)
                .containsExactly(
                        "heap",
                        "sync",
                        "frames",
                        "width",
                        "height",
                        "stages",
                        "bufferMillis",
                        "totalMillis",
                        "peakLiveBytes",
                        "capacityBytes",
                        "slices",
                        "bytesSynced",
                        "bytesWholeBuffer",
                        "picture");
        assertThat(report.get("heap").asText()).isEqualTo("memfd");
        assertThat(report.get("sync").asText()).isEqualTo("none");
        assertThat(report.get("frames").asInt()).isEqualTo(3);
        assertThat(report.get("picture").asText())
                .isEqualTo(folder.resolve("a.jpg").toString());
        for (JsonNode stage : report.get("stages")) {
            assertThat(stage.fieldNames()).toIterable().containsExactly("name", "millis");
            assertThat(stage.get("millis").isDouble()).isTrue();
        }
    }

    @Test
    void quietPrintsNothing() {
        Cli cli = shoot("a.jpg", SIZE, "--frames=1", "--quiet");
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void anOldPictureIsReplaced() throws IOException {
        Files.writeString(folder.resolve("a.jpg"), "old");
        assertThat(shoot("a.jpg", SIZE, "--frames=1").code()).isZero();
        assertThat(Files.size(folder.resolve("a.jpg"))).isGreaterThan(500);
        assertThat(files()).containsExactly("a.jpg");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--size=4000         | '4000' is no size: write WIDTHxHEIGHT",
                "--size=0x0          | width and height are even",
                "--size=101x64       | width and height are even",
                "--size=-64x64       | is no size",
                "--size=99999999999x2| is no size",
                "--size=16384x16384  | megapixels",
                "--frames=0          | --frames is 1 to 255, not 0",
                "--frames=-3         | --frames is 1 to 255, not -3",
                "--frames=256        | --frames is 1 to 255, not 256",
                "--frames=many       | 'many'",
                "--heap=nosuch       | there is no heap 'nosuch'; there are: auto, model, memfd, udmabuf",
                "--heap=../etc       | there is no heap '../etc'",
                "--sync=often        | 'often' is no way to sync; there are: auto, none, partial, ",
                "--capacity=0        | above 0",
                "--capacity=-1M      | '-1M' is no number of bytes",
                "--capacity=9999999T | more bytes than there are",
                "--capacity=16k      | a pool of 16 KiB is too small: 8 frames of 96x64 need",
                "--seed=x            | 'x'",
                "--camera=/dev/null --heap=memfd | use --heap udmabuf"
            })
    void mistakesAreNamedInOneLineAndLeaveNothing(String arguments, String complaint) throws IOException {
        List<String> all = new ArrayList<>(List.of(SIZE, "--heap=memfd"));
        for (String argument : arguments.strip().split(" ")) {
            all.removeIf(given -> given.startsWith(argument.substring(0, argument.indexOf('=') + 1)));
            all.add(argument);
        }
        assertRefused(shoot("a.jpg", all.toArray(String[]::new)), 2, complaint);
    }

    @Test
    void aWayToSyncThatTheHeapLacksIsRefused() throws IOException {
        Cli cli = shoot("a.jpg", SIZE, "--heap=memfd", "--sync=window");
        assertThat(cli.code()).isIn(1, 2);
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.err()).containsIgnoringCase("window");
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing/a.jpg", "folder", "file/a.jpg"})
    void unwritableOutputIsRefusedBeforeAnyWork(String out) throws IOException {
        Files.createDirectory(folder.resolve("folder"));
        Files.writeString(folder.resolve("file"), "");
        Cli cli = shoot(out, SIZE);
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.err()).startsWith("dmabuf-pool shoot: --out: cannot write " + folder.resolve(out));
        assertThat(files()).containsExactlyInAnyOrder("folder", "file");
        String report = out.replace(".jpg", ".json");
        assertThat(shoot("a.jpg", SIZE, "--json=" + folder.resolve(report)).code())
                .isEqualTo(1);
        assertThat(files()).containsExactlyInAnyOrder("folder", "file");
    }

    @Test
    void aCameraThatIsNotThereIsNamed() throws IOException {
        assertRefused(shoot("a.jpg", "--camera=/dev/video-nosuch"), 1, "/dev/video-nosuch", "ENOENT");
    }

    @Test
    void aFileThatIsNoCameraIsNamed() throws IOException {
        assertRefused(shoot("a.jpg", "--camera=/dev/null"), 1, "/dev/null");
    }

    private void assertRefused(Cli cli, int code, String... complaints) throws IOException {
        assertThat(cli.err().lines()).as(cli.err()).hasSize(1);
        assertThat(cli.err())
                .startsWith("dmabuf-pool shoot: ")
                .contains(complaints)
                .doesNotContain("Exception");
        assertThat(cli.code()).isEqualTo(code);
        assertThat(files()).isEmpty();
    }

    private Cli shoot(String out, String... arguments) {
        List<String> all = new ArrayList<>(List.of("shoot", "--out=" + folder.resolve(out)));
        all.addAll(List.of(arguments));
        return Cli.run(all.toArray(String[]::new));
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
