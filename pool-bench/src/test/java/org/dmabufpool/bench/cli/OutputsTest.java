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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files that commands write, through the commands. */
class OutputsTest {

    @TempDir
    private Path folder;

    private String trace = "";

    @BeforeEach
    void makeTrace() throws IOException {
        Path file = folder.resolve("t.trace");
        Files.writeString(file, "a,1,4096\nf,1\n");
        trace = file.toString();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private void leavesOnly(String... names) throws IOException {
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(names);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--json, x.png, JSON, PNG, .json",
        "--json, x.JPG, JSON, JPEG, .json",
        "--map, x.svg, PNG, SVG, .png",
        "--map, x.json, PNG, JSON, .png",
        "--map, x.png.gz, PNG, a trace, .png"
    })
    void namesOfOtherTypesAreRefused(String option, String name, String type, String other, String suffix)
            throws IOException {
        Cli cli = Cli.run("replay", trace, "--no-progress", option, file(name));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err())
                .contains(
                        option + " writes " + type, file(name) + " is a name for " + other, "let it end in " + suffix);
        leavesOnly("t.trace");
    }

    @Test
    void otherNamesAreAsGood() throws IOException {
        Cli cli = Cli.run(
                "replay", trace, "--no-progress", "--offline", "0", "--json", file("x"), "--map", file("y.out"));
        assertThat(cli.code()).isZero();
        assertThat(Files.readString(Path.of(file("x")))).startsWith("{");
        assertThat(Files.readAllBytes(Path.of(file("y.out")))).startsWith(0x89, 'P', 'N', 'G');
    }

    @Test
    void oneFileForTwoOptionsIsRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), Path.of("same"));
        for (String other : new String[] {"same", "./same", "link"}) {
            Cli cli = Cli.run("replay", trace, "--no-progress", "--json", file("same"), "--map", folder + "/" + other);
            assertThat(cli.code()).isEqualTo(2);
            assertThat(cli.err()).contains("--json and --map both write to", "give one of them a file of its own");
        }
        leavesOnly("t.trace", "link");
        Cli both = Cli.run("replay", trace, "--no-progress", "--json", "-", "--map", "-");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("--json and --map both write to standard output (-)");
    }

    @Test
    void anEmptyNameIsToldSo() {
        Cli cli = Cli.run("replay", trace, "--json", "");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("--json is empty: name a file, or leave it out");
    }

    @Test
    void whatCannotBeWrittenNamesItsOption() throws IOException {
        assertThat(Cli.run("replay", trace, "--json", folder.toString()).err())
                .contains("--json: cannot write " + folder + ": it is a directory; name a file in it");
        assertThat(Cli.run("replay", trace, "--json", file("none/x")).err())
                .contains("--json: cannot write", "there is no directory " + file("none") + "; make it first");
        leavesOnly("t.trace");
    }

    @Test
    void aCallThatFailsLeavesNoFile() throws IOException {
        Cli cli = Cli.run("replay", file("missing"), "--no-progress", "--json", file("x.json"), "--map", file("x.png"));
        assertThat(cli.code()).isEqualTo(1);
        leavesOnly("t.trace");
    }

    @Test
    void jsonOnStandardOutputIsAllThatIsThere() {
        for (String[] call : new String[][] {
            {"replay", trace, "--no-progress", "--offline", "0", "--json=-"},
            {"doctor", "--json=-"}
        }) {
            Cli cli = Cli.run(call);
            assertThat(cli.code()).isZero();
            assertThat(cli.out()).startsWith("{").endsWith("}\n");
            assertThat(cli.err()).isNotEmpty();
            assertThat(Path.of("-")).doesNotExist();
        }
    }
}
