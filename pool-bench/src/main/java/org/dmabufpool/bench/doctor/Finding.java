// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.doctor;

/**
 * One thing that was looked at.
 *
 * @param name what was looked at
 * @param state how it is
 * @param value what was found
 * @param meaning what that means for a pool; empty where all is well
 * @param remedy how to get what is missing; empty where nothing is
 */
public record Finding(String name, State state, String value, String meaning, String remedy) {

    /** How a thing is. */
    public enum State {
        /** As good as it gets. */
        GOOD,
        /** Not there, or not permitted: something does not work without it. */
        MISSING,
        /** Neither good nor bad. */
        FACT
    }

    static Finding good(String name, String value) {
        return new Finding(name, State.GOOD, value, "", "");
    }

    static Finding fact(String name, String value) {
        return new Finding(name, State.FACT, value, "", "");
    }

    static Finding missing(String name, String value, String meaning, String remedy) {
        return new Finding(name, State.MISSING, value, meaning, remedy);
    }
}
