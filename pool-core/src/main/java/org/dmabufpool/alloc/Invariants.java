// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/** Equations that hold between any two calls; run by tests, never by the allocator itself. */
final class Invariants {

    private Invariants() {}

    /** Both sides of the equation are the same. */
    static void equal(String what, long expected, long actual) {
        if (expected != actual) {
            throw new IllegalStateException(
                    "broken invariant: " + what + " should be " + expected + " but is " + actual);
        }
    }
}
