// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RollbackTest {

    private final List<String> closed = new ArrayList<>();

    private Rollback.Closing closing(String name) {
        return () -> closed.add(name);
    }

    private Rollback.Closing failing(String name, Throwable failure) {
        return () -> {
            closed.add(name);
            if (failure instanceof Error) {
                throw (Error) failure;
            }
            throw (RuntimeException) failure;
        };
    }

    private static Throwable close(Rollback.Closing... things) {
        return catchThrowable(() -> {
            try (Rollback rollback = new Rollback()) {
                for (Rollback.Closing thing : things) {
                    rollback.add(thing);
                }
            }
        });
    }

    @Test
    void allAreTriedNewestFirstAndTheFirstFailureCarriesTheOthers() {
        RuntimeException one = new IllegalStateException("one");
        Error two = new OutOfMemoryError("two");
        RuntimeException three = new IllegalArgumentException("three");
        Throwable thrown = close(closing("a"), failing("b", three), failing("c", two), closing("d"), failing("e", one));
        assertThat(thrown).isSameAs(one);
        assertThat(thrown.getSuppressed()).containsExactly(two, three);
        assertThat(closed).containsExactly("e", "d", "c", "b", "a");
    }

    @Test
    void anErrorDoesNotKeepTheOthersOpen() {
        Error error = new OutOfMemoryError("planted");
        assertThat(close(closing("a"), failing("b", error))).isSameAs(error);
        assertThat(closed).containsExactly("b", "a");
    }

    @Test
    void oneFailureThrownTwiceDoesNotSuppressItself() {
        Error same = new OutOfMemoryError("of the virtual machine");
        assertThat(close(failing("a", same), failing("b", same))).isSameAs(same).hasNoSuppressedExceptions();
        assertThat(closed).containsExactly("b", "a");
    }

    @Test
    void whatIsKeptStaysOpen() {
        try (Rollback rollback = new Rollback()) {
            rollback.add(closing("a"));
            assertThat(rollback.keep("built")).isEqualTo("built");
        }
        assertThat(closed).isEmpty();
    }
}
