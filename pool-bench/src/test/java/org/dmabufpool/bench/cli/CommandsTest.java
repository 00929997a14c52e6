// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                "threads --help",
                "solve --help",
                "plan --help",
                "serve --help",
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

    @ParameterizedTest
    @CsvSource({"rpelay, replay", "shot, shoot", "docter, doctor", "traec, trace"})
    void misspeltCommandsAreSuggested(String typed, String meant) {
        Cli cli = Cli.run(typed);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("there is no command '" + typed + "': did you mean " + meant + "?");
    }

    @Test
    void misspeltOptionsAreSuggested() {
        assertThat(Cli.run("shoot", "--farmes", "3").err())
                .contains("there is no option '--farmes': did you mean --frames?");
        assertThat(Cli.run("shoot", "here").err()).contains("'here' is one argument too many");
    }

    @ParameterizedTest
    @CsvSource({
        "--frames, x, a whole number from -2147483648 to 2147483647",
        "--frames, 2.5, a whole number from -2147483648 to 2147483647",
        "--seed, 99999999999999999999, a whole number from -9223372036854775808 to 9223372036854775807"
    })
    void whatIsNoNumberIsToldSo(String option, String value, String expected) {
        Cli cli = Cli.run("shoot", option, value);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains(option, "'" + value + "' is not " + expected);
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
