// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guest is what the lab's tests take it for. */
@Tag(GuestTests.TAG)
class GuestSmokeTest {
    @Test
    void kernelIsOfTheSeriesTheLabAsksFor() throws IOException {
        assertThat(Files.readString(Path.of("/proc/sys/kernel/osrelease"))).startsWith("6.12.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/dma_heap/system", "/dev/udmabuf", "/dev/video0"})
    void deviceCanBeOpened(Path device) {
        assertThat(device).exists().isReadable().isWritable();
    }

    @Test
    void resultsFolderIsTheHosts() throws IOException {
        Path note = Path.of(System.getProperty(GuestTests.RESULTS_PROPERTY), "guest-was-here");
        assertThat(Files.writeString(note, "yes")).hasContent("yes");
    }
}
