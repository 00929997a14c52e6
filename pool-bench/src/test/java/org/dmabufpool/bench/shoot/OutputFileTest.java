// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {

    @TempDir
    private Path folder;

    @Test
    void whatWasNotCommittedIsGoneAndTheOldFileStays() throws IOException {
        Path place = folder.resolve("file");
        Files.writeString(place, "old");
        try (OutputFile file = OutputFile.at(place)) {
            file.write(ByteBuffer.wrap(new byte[3]));
        }
        assertThat(place).hasContent("old");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void whatWasCommittedIsThere() throws IOException {
        Path place = folder.resolve("file");
        try (OutputFile file = OutputFile.at(place)) {
            file.write(ByteBuffer.wrap("new".getBytes(StandardCharsets.UTF_8)));
            assertThat(file.size()).isEqualTo(3);
            file.commit();
        }
        assertThat(place).hasContent("new");
    }

    @Test
    void aSymbolicLinkStaysAndWhatItLeadsToIsReplaced() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real")).resolve("file");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real", "file"));
        for (String text : new String[] {"first", "second"}) {
            try (OutputFile file = OutputFile.at(link)) {
                file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                file.commit();
            }
            assertThat(link).isSymbolicLink();
            assertThat(real).hasContent(text);
        }
        Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
        assertThatThrownBy(() -> OutputFile.at(circle))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("leads to itself");
    }

    @Test
    void aProcessThatIsEndedLeavesNothing() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Endless.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.getInputStream().read()).isEqualTo('.');
        process.destroy();
        process.waitFor();
        assertThat(folder).isEmptyDirectory();
    }

    /** Makes file after file, until it is ended. */
    static final class Endless {
        public static void main(String[] arguments) throws IOException {
            for (int number = 0; ; number++) {
                OutputFile.at(Path.of(arguments[0], "x" + number));
                if (number == 10) {
                    System.out.print(".");
                    System.out.flush();
                }
            }
        }
    }

    @Test
    void devicesAreWrittenDirectly() throws IOException {
        try (OutputFile file = OutputFile.at(Path.of("/dev/null"))) {
            file.write(ByteBuffer.wrap(new byte[3]));
            file.commit();
        }
        assertThat(Path.of("/dev/null")).exists();
    }
}
