// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import org.dmabufpool.heap.Direction;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.SyncPhase;
import org.dmabufpool.heap.Window;
import org.jspecify.annotations.Nullable;

/**
 * The whole buffer, kept safe for a pool.
 *
 * <p>On hardware whose caches are not coherent, START READ and START READ_WRITE invalidate every line of the buffer,
 * and on old arm64 kernels END READ does so too (arch/arm64/mm/dma-mapping.c before 5.10.125 and 5.15.50). A dirty line
 * of any other slice would be lost. Therefore every access takes part in the {@link Exclusion}, which keeps accesses that
 * read and accesses that write apart: nobody has a dirty line when an invalidation comes. One bracket over several slices
 * is alone where it reads and writes; it STARTs what it reads first and ENDs what it wrote first, so that its own lines
 * are clean whenever it invalidates.
 */
final class WholeBufferSync implements RangeSync {

    private final DmaBuf buffer;
    private final Meter meter;

    WholeBufferSync(DmaBuf buffer, Meter meter) {
        this.buffer = buffer;
        this.meter = meter;
    }

    @Override
    public void sync(SyncPhase phase, Direction direction, long offset, long length, @Nullable Window window) {
        buffer.syncWhole(phase, direction);
        meter.called(phase, direction, buffer.size());
    }

    @Override
    public int exclusion(long end, Direction direction) {
        int kind = direction.reads() ? Exclusion.READS : Exclusion.NOTHING;
        return direction.writes() ? kind | Exclusion.WRITES | Exclusion.CLEANS_ALL : kind;
    }
}
