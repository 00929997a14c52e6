// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.bench.Main;
import org.dmabufpool.model.ModelHeap;
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
        return run(modules, System.getProperty("java.class.path"), Main.class, arguments);
    }

    private static Ended run(String modules, String classes, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--limit-modules", modules, "-cp", classes, main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), text);
        }
    }

    /** A program that has nothing but pool-core. */
    static final class CoreOnly {
        public static void main(String[] arguments) {
            try (DmaBufPool pool =
                    DmaBufPool.builder().heap(new ModelHeap()).capacity(1 << 20).build()) {
                try (Slice slice = pool.allocate(4000);
                        CpuAccess access = slice.write()) {
                    access.buffer().put(0, (byte) 7);
                }
                System.out.println(pool + "; " + pool.statistics());
            }
        }
    }

    @Test
    void aProgramOverTheCoreNeedsTheBaseAloneAndNoOtherJar() throws IOException, InterruptedException {
        String classes = place(CoreOnly.class) + File.pathSeparator + place(DmaBufPool.class);
        Ended ended = run("java.base", classes, CoreOnly.class);
        assertThat(ended.text())
                .startsWith("pool 'dmabuf' of 1048576 bytes, synced by ")
                .contains("0 slices");
        assertThat(ended.code()).isZero();
    }

    private static String place(Class<?> type) {
        return Path.of(URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
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
