// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloseStackTest {

    private final List<String> closed = new ArrayList<>();

    @Test
    void closesTheLatestFirst() {
        try (CloseStack stack = new CloseStack()) {
            stack.push(() -> closed.add("first"));
            stack.push(() -> closed.add("second"));
        }
        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void closesAllThoughSomeFail() {
        CloseStack stack = new CloseStack();
        stack.push(() -> closed.add("first"));
        stack.push(() -> fail("second"));
        stack.push(() -> fail("third"));
        assertThatThrownBy(stack::close)
                .hasMessage("third")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("first");
    }

    @Test
    void whatIsKeptStaysOpenUntilItsOwnerClosesIt() {
        Runnable release;
        try (CloseStack stack = new CloseStack()) {
            stack.push(() -> closed.add("first"));
            stack.push(() -> closed.add("second"));
            release = stack.keep();
        }
        assertThat(closed).isEmpty();
        release.run();
        assertThat(closed).containsExactly("second", "first");
    }

    private static void fail(String message) {
        throw new IllegalStateException(message);
    }
}
