// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dmabufpool.bench.map.Dumps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapCommandTest {

    @TempDir
    private Path folder;

    @Test
    void aDumpIsPrintedAndPaintedAndDrawn() throws IOException {
        Path png = folder.resolve("m.png");
        Path svg = folder.resolve("m.svg");
        Cli cli = Cli.run("map", write(Dumps.camera()), "--png=" + png, "--svg=" + svg, "--width=72", "--no-colour");
        assertThat(cli.err()).isEmpty();
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("pool           'camera'", "151.9 MiB of 192 MiB", "raw frame", "quarantined");
        assertThat(cli.out().lines()).anyMatch(line -> line.length() == 72).noneMatch(line -> line.length() > 72);
        assertThat(cli.out()).doesNotContain("\u001b");
        assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(1000);
        assertThat(svg).content(StandardCharsets.UTF_8).startsWith("<svg ").endsWith("</svg>\n");
        assertThat(Cli.run("map", write(Dumps.camera()), "--colour").out()).contains("\u001b[48;5;");
    }

    @Test
    void standardInputIsReadToo() throws IOException {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(Dumps.small().getBytes(StandardCharsets.UTF_8)));
            assertThat(Cli.run("map", "-").out()).contains("pool           'p'");
            System.setIn(new ByteArrayInputStream(new byte[0]));
            Cli empty = Cli.run("map", "-");
            assertThat(empty.code()).isEqualTo(2);
            assertThat(empty.err()).contains("standard input: it is empty");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aDumpThatIsWrongLeavesNoPictureAndKeepsTheOldOne() throws IOException {
        Path png = folder.resolve("m.png");
        Path svg = Files.writeString(folder.resolve("m.svg"), "an old one");
        String cut = Dumps.small().substring(0, 700);
        for (String wrong :
                new String[] {cut, "", "hello", Dumps.small().replace("\"version\": 1", "\"version\": 9")}) {
            Cli cli = Cli.run("map", write(wrong), "--png=" + png, "--svg=" + svg);
            assertThat(cli.code()).isEqualTo(2);
            assertThat(cli.out()).isEmpty();
            assertThat(cli.err().lines()).singleElement().asString().startsWith("dmabuf-pool map: " + folder);
            assertThat(svg).hasContent("an old one");
            assertThat(files()).containsExactlyInAnyOrder("m.svg", "pool.json");
        }
    }

    @Test
    void filesThatCannotBeReadOrWrittenAreNamed() throws IOException {
        Cli none = Cli.run("map", folder.resolve("none").toString());
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("cannot read " + folder.resolve("none") + ": there is no such file");
        Cli directory = Cli.run("map", folder.toString());
        assertThat(directory.code()).isEqualTo(1);
        assertThat(directory.err()).contains("it is a directory");
        Path lost = folder.resolve("lost").resolve("m.png");
        Cli unwritable = Cli.run("map", write(Dumps.small()), "--svg=" + folder.resolve("m.svg"), "--png=" + lost);
        assertThat(unwritable.code()).isEqualTo(1);
        assertThat(unwritable.err().lines())
                .singleElement()
                .asString()
                .contains("cannot write " + lost + ": there is no directory");
        assertThat(unwritable.out()).isEmpty();
        assertThat(files()).containsExactly("pool.json");
    }

    @Test
    void aFullDiskIsSaidAndNotAPicture() throws IOException {
        Cli full = Cli.run("map", write(Dumps.small()), "--svg=/dev/full");
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.err().lines()).singleElement().asString().contains("cannot write /dev/full: ");
        assertThat(full.out()).isEmpty();
    }

    @Test
    void optionsAreChecked() throws IOException {
        Cli narrow = Cli.run("map", write(Dumps.small()), "--width=39", "--png=" + folder.resolve("m.png"));
        assertThat(narrow.code()).isEqualTo(2);
        assertThat(narrow.err()).contains("--width is 40 to 1000 columns, not 39");
        assertThat(files()).containsExactly("pool.json");
        assertThat(Cli.run("map").code()).isEqualTo(2);
        assertThat(Cli.run("map").err()).contains("DUMP");
        assertThat(Cli.run("map", "--help").out()).contains("--png", "--svg", "--width", "colour", "docs/dump.md");
    }

    @Test
    void terminalsSayWhatTheyCan() {
        assertThat(Terminal.wantsColours(Map.of("TERM", "xterm"))).isTrue();
        assertThat(Terminal.wantsColours(Map.of("TERM", "dumb"))).isFalse();
        assertThat(Terminal.wantsColours(Map.of())).isFalse();
        assertThat(Terminal.wantsColours(Map.of("TERM", "xterm", "NO_COLOR", "1")))
                .isFalse();
        assertThat(Terminal.wantsColours(Map.of("TERM", "xterm", "NO_COLOR", "")))
                .isTrue();
        assertThat(Terminal.knows("UTF-8", "▌")).isTrue();
        assertThat(Terminal.knows("US-ASCII", "▌")).isFalse();
        assertThat(Terminal.knows("none such", "▌")).isFalse();
        assertThat(Terminal.width(Map.of("COLUMNS", "120"), 40, 1000)).isEqualTo(120);
        assertThat(Terminal.width(Map.of("COLUMNS", "5"), 40, 1000)).isEqualTo(40);
        assertThat(Terminal.width(Map.of("COLUMNS", "wide"), 40, 1000)).isEqualTo(100);
        assertThat(Terminal.width(Map.of(), 40, 1000)).isEqualTo(100);
    }

    private Stream<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    private String write(String dump) throws IOException {
        return Files.writeString(folder.resolve("pool.json"), dump).toString();
    }
}
