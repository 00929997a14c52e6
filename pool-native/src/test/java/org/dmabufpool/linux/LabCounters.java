// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.Locale;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.SyncPhase;

/** What the module's exporter did for one dma-buf, by its own count: calls that reached it and bytes it synced. */
final class LabCounters {

    private static final int PARTIAL = 1;

    private final long[] calls;
    private final long[] bytes;

    private LabCounters(long[] calls, long[] bytes) {
        this.calls = calls;
        this.bytes = bytes;
    }

    /** Takes the numbers out of the kernel's answer. */
    static LabCounters of(Scratch answer) {
        int count = (LabModuleLayout.COUNTERS_BYTES - LabModuleLayout.COUNTERS_FIRST) / LabModuleLayout.COUNT_BYTES;
        long[] calls = new long[count];
        long[] bytes = new long[count];
        for (int i = 0; i < count; i++) {
            int entry = LabModuleLayout.COUNTERS_FIRST + i * LabModuleLayout.COUNT_BYTES;
            calls[i] = answer.getLong(entry + LabModuleLayout.COUNT_CALLS);
            bytes[i] = answer.getLong(entry + LabModuleLayout.COUNT_SYNCED);
        }
        return new LabCounters(calls, bytes);
    }

    long partialCalls(SyncPhase phase, Direction direction) {
        return calls[index(PARTIAL, phase, direction)];
    }

    long partialBytes(SyncPhase phase, Direction direction) {
        return bytes[index(PARTIAL, phase, direction)];
    }

    long wholeCalls(SyncPhase phase, Direction direction) {
        return calls[index(0, phase, direction)];
    }

    long wholeBytes(SyncPhase phase, Direction direction) {
        return bytes[index(0, phase, direction)];
    }

    /** All calls, whole and partial. */
    long totalCalls() {
        return sum(calls);
    }

    /** All bytes, whole and partial. */
    long totalBytes() {
        return sum(bytes);
    }

    private static long sum(long[] numbers) {
        long sum = 0;
        for (long number : numbers) {
            sum += number;
        }
        return sum;
    }

    private static int index(int scope, SyncPhase phase, Direction direction) {
        int phaseIndex = scope * LabModuleLayout.PHASES + phase.ordinal();
        return phaseIndex * LabModuleLayout.DIRECTIONS + KernelDirection.of(direction);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d calls, %d bytes", totalCalls(), totalBytes());
    }
}
