// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
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
 * <p><b>Luck is not trusted:</b> an eviction may write a dirty line back just in time, and a refetch may bring a
 * device's bytes unasked. What was written and by whom is therefore remembered until a <em>sync</em> clears it:
 *
 * <pre>
 *   UNCLEANED     the CPU wrote the line, and only an eviction has written it back
 *   deviceWrote   the bytes a device wrote since the line was last invalidated
 *   ABSENT        the line is not in the cache, so the CPU's next look sees what a device wrote
 *   NOISY         a write has begun over bytes of a device, and shows noise in their place (see {@link #startWrite})
 *   OVERTAKEN     a device wrote while the line was dirty: the CPU's bytes are the older ones
 * </pre>
 */
final class CachedMemory implements ModelMemory {

    private static final byte UNCLEANED = 1;
    private static final byte ABSENT = 2;
    private static final byte NOISY = 4;
    private static final byte OVERTAKEN = 8;

    /**
     * So many bytes of noise left in a line tell that a write did not cover it. Fewer may be chance: a CPU byte equals
     * the noise in one of 256 cases.
     */
    private static final int NOISE_THAT_IS_NO_CHANCE = 8;

    private final ByteBuffer cpu;
    private final ByteBuffer ram;
    private final ByteBuffer fetched;
    private final byte[] flags;
    private final WrittenBytes deviceWrote;
    private final SplittableRandom noise;
    private final ViolationLog log;

    CachedMemory(int size, ViolationLog log, long seed) {
        this.cpu = ModelMemory.zeros(size);
        this.ram = ModelMemory.zeros(size);
        this.fetched = ModelMemory.zeros(size);
        this.flags = new byte[size / ModelLine.BYTES];
        this.deviceWrote = new WrittenBytes(size);
        this.noise = new SplittableRandom(seed);
        this.log = log;
    }

    @Override
    public void peek(int offset, byte[] into) {
        ModelMemory.part(ram, offset, into.length).get(into);
    }

    @Override
    public ByteBuffer cpuView(int offset, int length) {
        return ModelMemory.part(cpu, offset, length);
    }

    @Override
    public void clean(Range range, Object what) {
        for (int line = ModelLine.first(range.from()); line < range.to(); line += ModelLine.BYTES) {
            if (isDirty(line)) {
                writeBack(line, what);
            }
            lower(line, UNCLEANED);
        }
    }

    /** Lines that lie in the range by half are cleaned first, as arm64 does (arch/arm64/mm/cache.S, dcache_inval_poc). */
    @Override
    public void invalidate(Range range, Object what) {
        for (int line = ModelLine.first(range.from()); line < range.to(); line += ModelLine.BYTES) {
            if (range.from() > line || range.to() < line + ModelLine.BYTES) {
                cleanEdge(line, what);
            } else if (isDirty(line) || has(line, UNCLEANED)) {
                log.report(Kind.CPU_WRITE_LOST, line, what);
            }
            fetch(line);
            deviceWrote.clear(line, line + ModelLine.BYTES);
            flags[line / ModelLine.BYTES] = 0;
        }
    }

    /**
     * What a device wrote here turns into noise in the CPU's eyes. A cache may hold anything old, and the CPU promised
     * not to look; noise that is still there at the end shows what the CPU did not write.
     */
    @Override
    public void startWrite(Range range) {
        for (int line = ModelLine.first(range.from()); line < range.to(); line += ModelLine.BYTES) {
            if (isDirty(line)) {
                continue;
            }
            if (deviceWrote.count(line) >= NOISE_THAT_IS_NO_CHANCE) {
                makeNoise(line);
            } else {
                fetch(line);
            }
        }
    }

    private void makeNoise(int line) {
        for (int at = line; at < line + ModelLine.BYTES; at++) {
            if (deviceWrote.get(at)) {
                byte other = (byte) (ram.get(at) + 1 + noise.nextInt(255));
                cpu.put(at, other);
                fetched.put(at, other);
            }
        }
        lower(line, ABSENT);
        raise(line, NOISY);
    }

    @Override
    public void checkRead(Range range, Object what) {
        for (int line = ModelLine.first(range.from()); line < range.to(); line += ModelLine.BYTES) {
            if (deviceWrote.any(Math.max(line, range.from()), Math.min(line + ModelLine.BYTES, range.to()))) {
                log.report(Kind.CPU_READ_STALE, line, what);
            }
        }
    }

    @Override
    public void checkUnwritten(Range range, Object what) {
        for (int line = ModelLine.first(range.from()); line < range.to(); line += ModelLine.BYTES) {
            if (isDirty(line, range)) {
                log.report(Kind.SYNC_WRONG_DIRECTION, line, what);
            }
        }
    }

    @Override
    public void checkClean(Range range, Object what) {
        for (int line = ModelLine.first(range.from()); line < range.to(); line += ModelLine.BYTES) {
            if (isDirty(line) || has(line, UNCLEANED)) {
                log.report(Kind.SYNC_MISSING, line, what);
            }
        }
    }

    @Override
    public void forgetDeviceWrites(Range range) {
        deviceWrote.clear(range.from(), range.to());
    }

    @Override
    public void deviceWrite(int offset, ByteBuffer source, boolean coherent, Object what) {
        Range range = Range.of(offset, source.remaining());
        if (!coherent) {
            checkBeforeDeviceWrite(range, what);
        }
        ModelMemory.part(ram, range.from(), range.length()).put(source);
        if (coherent) {
            update(range);
            deviceWrote.clear(range.from(), range.to());
        } else {
            updateAbsentLines(range);
            deviceWrote.set(range.from(), range.to());
        }
    }

    @Override
    public void deviceRead(int offset, ByteBuffer target, boolean coherent, Object what) {
        Range range = Range.of(offset, target.remaining());
        for (int line = ModelLine.first(range.from()); line < range.to(); line += ModelLine.BYTES) {
            if (coherent) {
                checkSnoop(line, range, what);
            } else if (isDirty(line, range) || has(line, UNCLEANED)) {
                log.report(Kind.DEVICE_READ_STALE, line, what);
            }
        }
        target.put(ModelMemory.part(coherent ? cpu : ram, range.from(), range.length()));
    }

    /** A thread may be writing the line meanwhile, so a line that is neither dirty nor stale is not touched. */
    @Override
    public void evict(int line) {
        if (isDirty(line)) {
            writeBack(line, "eviction of a dirty line");
            raise(line, UNCLEANED);
        } else if (!has(line, NOISY) && !agree(ram, fetched, line)) {
            fetch(line);
        }
        raise(line, ABSENT);
    }

    @Override
    public void refetch(int line) {
        lower(line, ABSENT);
    }

    private void cleanEdge(int line, Object what) {
        if (isDirty(line)) {
            writeBack(line, what);
        }
    }

    /** The whole line goes to memory, and with it bytes that the CPU never wrote. */
    private void writeBack(int line, Object what) {
        if (hasDeviceWrites(line)) {
            if (deviceBytesLost(line) >= (has(line, NOISY) ? NOISE_THAT_IS_NO_CHANCE : 1)) {
                log.report(Kind.DEVICE_WRITE_LOST, line, what);
            }
            deviceWrote.clear(line, line + ModelLine.BYTES);
            lower(line, OVERTAKEN);
        }
        lower(line, NOISY);
        // One look at the cpu's side: a thread that writes meanwhile leaves the line dirty, not lost.
        copy(cpu, fetched, line);
        copy(fetched, ram, line);
    }

    private int deviceBytesLost(int line) {
        int lost = 0;
        for (int at = line; at < line + ModelLine.BYTES; at++) {
            boolean older = has(line, OVERTAKEN) || cpu.get(at) == fetched.get(at);
            lost += deviceWrote.get(at) && older && ram.get(at) != cpu.get(at) ? 1 : 0;
        }
        return lost;
    }

    private void checkBeforeDeviceWrite(Range range, Object what) {
        for (int line = ModelLine.first(range.from()); line < range.to(); line += ModelLine.BYTES) {
            if (isDirty(line)) {
                raise(line, OVERTAKEN);
            }
            if (isDirty(line) || has(line, UNCLEANED)) {
                log.report(Kind.SYNC_MISSING, line, new OverDirtyLines(what));
            }
        }
    }

    /** A snooping device that hits a line in the cache gets what the cache holds, right or not. */
    private void checkSnoop(int line, Range range, Object what) {
        if (deviceWrote.any(Math.max(line, range.from()), Math.min(line + ModelLine.BYTES, range.to()))) {
            log.report(Kind.DEVICE_READ_STALE, line, what);
        }
    }

    private void updateAbsentLines(Range range) {
        for (int line = ModelLine.first(range.from()); line < range.to(); line += ModelLine.BYTES) {
            if (has(line, ABSENT) && !isDirty(line)) {
                update(new Range(Math.max(line, range.from()), Math.min(line + ModelLine.BYTES, range.to())));
            }
        }
    }

    /** The cache takes over what is in memory, just these bytes. */
    private void update(Range range) {
        ModelMemory.part(cpu, range.from(), range.length()).put(ModelMemory.part(ram, range.from(), range.length()));
        ModelMemory.part(fetched, range.from(), range.length())
                .put(ModelMemory.part(ram, range.from(), range.length()));
    }

    private void fetch(int line) {
        if (isDirty(line) || !agree(ram, fetched, line)) {
            copy(ram, cpu, line);
            copy(ram, fetched, line);
        }
        lower(line, ABSENT);
        lower(line, NOISY);
    }

    private boolean isDirty(int line) {
        return !agree(cpu, fetched, line);
    }

    private boolean isDirty(int line, Range range) {
        if (isDirty(line)) {
            for (int at = Math.max(line, range.from()); at < Math.min(line + ModelLine.BYTES, range.to()); at++) {
                if (cpu.get(at) != fetched.get(at)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean hasDeviceWrites(int line) {
        return deviceWrote.any(line, line + ModelLine.BYTES);
    }

    private boolean has(int line, byte flag) {
        return (flags[line / ModelLine.BYTES] & flag) != 0;
    }

    private void raise(int line, byte flag) {
        flags[line / ModelLine.BYTES] |= flag;
    }

    private void lower(int line, byte flag) {
        flags[line / ModelLine.BYTES] &= (byte) ~flag;
    }

    /** Compares two words a step and branches once, as nearly all time goes here. */
    private static boolean agree(ByteBuffer one, ByteBuffer other, int line) {
        long difference = 0;
        for (int at = line; at < line + ModelLine.BYTES; at += 2 * Long.BYTES) {
            difference |= one.getLong(at) ^ other.getLong(at);
            difference |= one.getLong(at + Long.BYTES) ^ other.getLong(at + Long.BYTES);
        }
        return difference == 0;
    }

    private static void copy(ByteBuffer from, ByteBuffer to, int line) {
        for (int at = line; at < line + ModelLine.BYTES; at += Long.BYTES) {
            to.putLong(at, from.getLong(at));
        }
    }

    /** Words for a write of a device to lines whose older bytes may still be written back. */
    private record OverDirtyLines(Object what) {
        @Override
        public String toString() {
            return what + ", over what the CPU wrote and nobody cleaned: a write-back may destroy it at any moment";
        }
    }
}
