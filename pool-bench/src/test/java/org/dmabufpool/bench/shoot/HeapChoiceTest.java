// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalLong;
import org.dmabufpool.linux.LinuxFacts;
import org.dmabufpool.linux.LinuxFacts.DeviceFact;
import org.dmabufpool.linux.LinuxFacts.UdmabufFact;
import org.junit.jupiter.api.Test;

class HeapChoiceTest {

    @Test
    void theSystemHeapComesFirstThenUdmabufThenTheModel() {
        assertThat(HeapChoice.best(facts(true, true)).heap().name()).isEqualTo("system");
        assertThat(HeapChoice.best(facts(false, true)).heap().name()).isEqualTo("udmabuf");
        HeapChoice model = HeapChoice.best(facts(false, false));
        assertThat(model.heap().name()).isEqualTo("model");
        assertThat(model.reason()).startsWith("no real dma-buf");
    }

    @Test
    void aCameraGetsWindows() {
        assertThat(HeapChoice.of("auto", true).heap().name()).isEqualTo("udmabuf");
        assertThat(HeapChoice.of("udmabuf", true).heap().name()).isEqualTo("udmabuf");
        assertThatThrownBy(() -> HeapChoice.of("system", true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--heap udmabuf");
    }

    private static LinuxFacts facts(boolean system, boolean udmabuf) {
        DeviceFact heap = new DeviceFact("system", "/dev/dma_heap/system", true, system, system ? "" : "EACCES");
        DeviceFact device = new DeviceFact("udmabuf", "/dev/udmabuf", udmabuf, udmabuf, udmabuf ? "" : "ENOENT");
        return new LinuxFacts(
                "6.12",
                List.of(heap),
                new UdmabufFact(device, OptionalLong.empty(), OptionalLong.empty()),
                4096,
                64,
                "test",
                "1024",
                "4096",
                OptionalLong.empty(),
                List.of());
    }
}
