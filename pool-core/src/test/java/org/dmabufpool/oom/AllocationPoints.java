// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.oom;

/** Counts the places in the instrumented code at which this thread may run out of memory, and lets one of them fail. */
public final class AllocationPoints {

    private static final int NEVER = -1;

    private static final class State {
        int toFailure = NEVER;
        boolean persists;
        int reached;
        int failures;
        OutOfMemoryError last;
    }

    private static final ThreadLocal<State> STATES = ThreadLocal.withInitial(State::new);

    private AllocationPoints() {}

    /** Called by the instrumented code before whatever allocates. */
    public static void reached() {
        State state = STATES.get();
        state.reached++;
        if (state.toFailure == NEVER) {
            return;
        }
        if (state.toFailure > 0) {
            state.toFailure--;
            return;
        }
        if (!state.persists) {
            state.toFailure = NEVER;
        }
        state.failures++;
        state.last = new OutOfMemoryError("injected");
        throw state.last;
    }

    /**
     * Of the points that this thread reaches from now on one fails, or all from that one on.
     *
     * @param points how many pass before
     */
    public static void failAfter(int points, boolean persists) {
        STATES.get().toFailure = points;
        STATES.get().persists = persists;
    }

    /** None fails any more. */
    public static void failNoMore() {
        STATES.get().toFailure = NEVER;
    }

    /** How many points this thread has reached. */
    public static int reachedSoFar() {
        return STATES.get().reached;
    }

    /** The last failure, whatever became of it. */
    public static OutOfMemoryError lastFailure() {
        return STATES.get().last;
    }

    /** How many of them failed. */
    public static int failures() {
        return STATES.get().failures;
    }
}
