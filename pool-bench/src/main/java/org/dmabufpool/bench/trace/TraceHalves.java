// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.List;

/**
 * A trace in two halves of equally many operations, each a trace of its own. The second begins with what is live in the
 * middle, allocated anew in the order of the first.
 */
final class TraceHalves {

    private TraceHalves() {}

    /** The first half and the second. */
    static List<Trace> of(Trace trace) {
        int middle = trace.length() / 2;
        return List.of(half(trace, ", first half", 0, middle), half(trace, ", second half", middle, trace.length()));
    }

    private static Trace half(Trace trace, String name, int from, int to) {
        Trace.Builder half = new Trace.Builder(trace.name() + name);
        boolean[] released = new boolean[trace.parts()];
        for (int i = 0; i < from; i++) {
            released[trace.part(i)] |= !trace.allocates(i);
        }
        int[] numbers = new int[trace.parts()];
        for (int i = 0; i < to; i++) {
            int part = trace.part(i);
            if (trace.allocates(i) && !released[part]) {
                numbers[part] = half.allocate(trace.size(part), trace.alignment(part));
            } else if (!trace.allocates(i) && i >= from) {
                half.release(numbers[part]);
            }
        }
        return half.build();
    }
}
