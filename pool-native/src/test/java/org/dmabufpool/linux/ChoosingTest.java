// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmabufpool.CpuAccess;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.Slice;
import org.dmabufpool.heap.HeapException;
import org.junit.jupiter.api.Test;

/** The pools that docs/choosing.md shows are those that are built here. */
class ChoosingTest {

    private static final Pattern BODY =
            Pattern.compile("static DmaBufPool.Builder (\\w+)\\(.*?return (.*?;)\n", Pattern.DOTALL);

    @Test
    void theDocumentShowsEachOfThem() throws IOException {
        String document = packed(Files.readString(Path.of("../docs/choosing.md")));
        Matcher bodies =
                BODY.matcher(Files.readString(Path.of("src/test/java/org/dmabufpool/linux/ChoosingExamples.java")));
        int shown = 0;
        while (bodies.find()) {
            String example = bodies.group(2).replaceFirst(";$", "");
            assertThat(document).as(bodies.group(1)).contains(packed("```java" + example + "```"));
            shown++;
        }
        assertThat(shown).isEqualTo(6);
    }

    /** Where lines break is left to the formatter. */
    private static String packed(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void theLaptopsPoolWorksAnywhere() {
        try (DmaBufPool pool = ChoosingExamples.laptop().build();
                Slice slice = pool.allocate(1000);
                CpuAccess access = slice.write()) {
            access.buffer().put(0, (byte) 1);
        }
    }

    @Test
    void theOthersSayWhatThisMachineLacks() {
        if (!DmaHeap.present().contains("linux,cma")) {
            assertThatThrownBy(() -> ChoosingExamples.withoutIommu().build())
                    .isInstanceOf(HeapException.class)
                    .hasMessageContaining("/dev/dma_heap/linux,cma")
                    .hasMessageContaining("Heaps present: ");
        }
    }
}
