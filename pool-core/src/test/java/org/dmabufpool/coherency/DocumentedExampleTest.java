// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.coherency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The example in docs/coherency.md is a test that runs, to the letter. */
class DocumentedExampleTest {

    @Test
    void theExampleIsTheTest() throws IOException {
        String source = Files.readString(Path.of("src/test/java/org/dmabufpool/coherency/CameraAppTest.java"));
        String example = source.substring(source.indexOf("@ExtendWith"));
        assertThat(Files.readString(Path.of("../docs/coherency.md"))).contains("```java\n" + example + "```");
    }
}
