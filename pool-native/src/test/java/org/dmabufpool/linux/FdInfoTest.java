// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmabufpool.heap.HeapException;
import org.junit.jupiter.api.Test;

class FdInfoTest {

    @Test
    void theTextOfANamedDmaBuf() {
        String text = "pos:\t0\nflags:\t02000002\nmnt_id:\t11\nino:\t5\nsize:\t16777216\ncount:\t2\n"
                + "exp_name:\tsystem\nname:\tcamera ring\n";
        assertThat(FdInfo.parse(7, text)).isEqualTo(new FdInfo(16777216, 2, "system", "camera ring"));
    }

    @Test
    void withoutANameItIsEmpty() {
        assertThat(FdInfo.parse(7, "size:\t4096\ncount:\t1\nexp_name:\tudmabuf\n"))
                .isEqualTo(new FdInfo(4096, 1, "udmabuf", ""));
    }

    @Test
    void theTextOfAnythingElse() {
        assertThatThrownBy(() -> FdInfo.parse(7, "pos:\t0\nflags:\t02\nmnt_id:\t1\n"))
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("fd 7 is no dma-buf");
    }
}
