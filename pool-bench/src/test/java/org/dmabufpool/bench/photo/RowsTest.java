// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.photo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class RowsTest {

    @Test
    void everyRowIsDoneOnce() {
        for (int rows = 0; rows < 200; rows++) {
            AtomicIntegerArray done = new AtomicIntegerArray(rows);
            Rows.inBands(rows, 7, (from, to) -> {
                for (int y = from; y < to; y++) {
                    done.incrementAndGet(y);
                }
            });
            for (int y = 0; y < rows; y++) {
                assertThat(done.get(y)).isOne();
            }
        }
    }
}
