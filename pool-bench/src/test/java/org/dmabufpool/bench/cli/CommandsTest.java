// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "shoot --help",
                "doctor --help",
                "trace --help",
                "replay --help",
                "map --help",
                "peers --help",
                "solve --help",
                "-h"
            })
    void everyCommandHelps(String arguments) {
        Cli cli = Cli.run(arguments.split(" "));
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("Usage: dmabuf-pool").contains("--version");
        assertThat(cli.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "shoot --version", "doctor --version", "replay --version"})
    void everyCommandTellsItsVersion(String arguments) {
        Cli cli = Cli.run(arguments.split(" "));
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).startsWith("dmabuf-pool ");
    }

    @Test
    void helpNamesEveryOptionOfShoot() {
        assertThat(Cli.run("shoot", "--help").out())
                .contains("--frames", "--size", "--camera", "--heap", "--sync", "--seed", "--capacity", "--out")
                .contains("--json", "--quiet", "--preview", "4000x3000", "(default: 8)");
    }

    @Test
    void noCommandIsAMistake() {
        Cli cli = Cli.run();
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err().lines())
                .singleElement()
                .asString()
                .startsWith("dmabuf-pool: name a command: shoot, doctor");
    }

    @Test
    void unknownCommandsAndOptionsAreNamedInOneLine() {
        assertThat(Cli.run("fly").code()).isEqualTo(2);
        assertThat(Cli.run("fly").err().lines()).hasSize(1).first().asString().contains("'fly'");
        assertThat(Cli.run("shoot", "--speed", "3").err().lines())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("dmabuf-pool shoot: ")
                .contains("--speed");
    }
}
