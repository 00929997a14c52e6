// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import static org.assertj.core.api.Assertions.assertThat;

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
    void devicesAreWrittenDirectly() throws IOException {
        try (OutputFile file = OutputFile.at(Path.of("/dev/null"))) {
            file.write(ByteBuffer.wrap(new byte[3]));
            file.commit();
        }
        assertThat(Path.of("/dev/null")).exists();
    }
}
