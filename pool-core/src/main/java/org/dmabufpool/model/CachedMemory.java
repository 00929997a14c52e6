// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.model.Violation.Kind;

/**
 * Memory behind a write-back cache, line by line.
 *
 * <p>Three copies tell the state of each line, since the CPU writes through plain views that nobody can watch:
 *
 * <pre>
 *   cpu      what the CPU sees: the line as it stands in the cache
 *   ram      what devices see
 *   fetched  what both were when they last agreed
 *
 *   dirty  =  cpu differs from fetched     the CPU wrote, memory does not know
 *   stale  =  ram differs from fetched     a device wrote, the cache does not know
 * </pre>
 *
 * <p>Safe for use by many threads, as far as maintenance and devices go; the CPU's views are as unguarded as real ones.
 */
final class CachedMemory {

    /** Bytes of a line, as {@link org.dmabufpool.sync.SyncPlanner#CACHE_LINE}. */
    static final int LINE = 128;

    private static final int MOST_VIOLATIONS = 1000;

    private final ByteBuffer cpu;
    private final ByteBuffer ram;
    private final ByteBuffer fetched;
    private final List<Violation> violations = new ArrayList<>();

    CachedMemory(int bytes) {
        cpu = zeros(bytes);
        ram = zeros(bytes);
        fetched = zeros(bytes);
    }

    private static ByteBuffer zeros(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** The CPU's side of a part. */
    ByteBuffer cpuView(int offset, int length) {
        return part(cpu, offset, length);
    }

    /** Writes back the dirty lines of a range, as END WRITE does. */
    synchronized void clean(int offset, int length, String when) {
        for (int line = firstLine(offset); line < offset + length; line += LINE) {
            if (differ(cpu, fetched, line)) {
                if (differ(ram, fetched, line)) {
                    report(Kind.DEVICE_WRITE_LOST, line, when);
                }
                // One look at the cpu's side: a thread that writes meanwhile leaves the line dirty, not lost.
                copyLine(cpu, fetched, line);
                copyLine(fetched, ram, line);
            }
        }
    }

    /** Drops the lines of a range, as START READ does: the CPU's next look fetches them anew. */
    synchronized void invalidate(int offset, int length, String when) {
        for (int line = firstLine(offset); line < offset + length; line += LINE) {
            if (differ(cpu, fetched, line)) {
                report(Kind.CPU_WRITE_LOST, line, when);
                copyLine(ram, cpu, line);
                copyLine(ram, fetched, line);
            } else if (differ(ram, fetched, line)) {
                copyLine(ram, cpu, line);
                copyLine(ram, fetched, line);
            }
        }
    }

    /** Reports the lines of a range that a device changed while the CPU had them open for reading. */
    synchronized void checkRead(int offset, int length, String when) {
        for (int line = firstLine(offset); line < offset + length; line += LINE) {
            if (differ(ram, fetched, line)) {
                report(Kind.CPU_READ_STALE, line, when);
            }
        }
    }

    synchronized void deviceWrite(int offset, ByteBuffer source) {
        part(ram, offset, source.remaining()).put(source);
    }

    synchronized void deviceRead(int offset, ByteBuffer target) {
        int length = target.remaining();
        for (int line = firstLine(offset); line < offset + length; line += LINE) {
            if (differ(cpu, fetched, line)) {
                report(Kind.DEVICE_READ_STALE, line, "device read of " + length + " bytes at " + offset);
            }
        }
        target.put(part(ram, offset, length));
    }

    synchronized List<Violation> violations() {
        return new ArrayList<>(violations);
    }

    private void report(Kind kind, int line, String when) {
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(new Violation(kind, line, when));
        }
    }

    private static int firstLine(int offset) {
        return offset & -LINE;
    }

    private static boolean differ(ByteBuffer one, ByteBuffer other, int line) {
        for (int at = line; at < line + LINE; at += Long.BYTES) {
            if (one.getLong(at) != other.getLong(at)) {
                return true;
            }
        }
        return false;
    }

    private static void copyLine(ByteBuffer from, ByteBuffer to, int line) {
        for (int at = line; at < line + LINE; at += Long.BYTES) {
            to.putLong(at, from.getLong(at));
        }
    }

    private static ByteBuffer part(ByteBuffer whole, int offset, int length) {
        ByteBuffer copy = whole.duplicate();
        // Android's ByteBuffer inherits these two before API 34, so they are called as Buffer's.
        ((Buffer) copy).limit(offset + length);
        ((Buffer) copy).position(offset);
        return copy.slice().order(ByteOrder.nativeOrder());
    }
}
