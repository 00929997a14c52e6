// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.bench.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands in a runtime that was linked for a board: it has none of the modules for desktops and servers. */
class RuntimeModulesTest {

    /** JNA has a logger. */
    private static final String FOR_NATIVE_CODE = "java.base,java.logging";

    @TempDir
    private Path folder;

    private record Ended(int code, String text) {}

    private static Ended run(String modules, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--limit-modules", modules, "-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), text);
        }
    }

    @Test
    void tracesAreMadeAndPlayedWithTheBaseAlone() throws IOException, InterruptedException {
        String trace = folder.resolve("t.trace").toString();
        Ended made = run("java.base", "trace", "--kind", "rings", "--out", trace);
        assertThat(made.text()).contains("operations");
        assertThat(made.code()).isZero();
        Ended played = run("java.base", "replay", trace, "--offline", "0", "--json", "-");
        assertThat(played.text()).contains("peakLiveBytes");
        assertThat(played.code()).isZero();
        assertThat(run("java.base", "--help").code()).isZero();
    }

    @Test
    void theDoctorNeedsNoDesktop() throws IOException, InterruptedException {
        Ended ended = run(FOR_NATIVE_CODE, "doctor", "--json", "-");
        assertThat(ended.text()).contains("kernel", "cache line", "findings");
        assertThat(ended.code()).isZero();
    }

    @Test
    void whatNeedsAModuleSaysWhichOne() throws IOException, InterruptedException {
        String picture = folder.resolve("x.jpg").toString();
        Ended ended = run(FOR_NATIVE_CODE, "shoot", "--size", "64x48", "--frames", "1", "--out", picture);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.text()).contains("java.desktop").doesNotContain("at java.base");
        assertThat(folder).isEmptyDirectory();
    }
}
