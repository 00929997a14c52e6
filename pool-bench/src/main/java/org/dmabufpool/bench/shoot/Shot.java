// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.DmaBufPool;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.bench.camera.FrameSource;
import org.dmabufpool.bench.memory.TimedPool;
import org.dmabufpool.bench.photo.FrameFormat;
import org.dmabufpool.bench.text.Words;
import org.dmabufpool.heap.SyncWay;
import org.jspecify.annotations.Nullable;

/** One picture to be taken: the settings, and the way from them to the report. For use by one thread, once. */
public final class Shot {

    /** The widest preview: what a web page shows. */
    private static final int PREVIEW_WIDTH = 1200;

    private final FrameSource camera;
    private final HeapChoice heap;
    private final int frames;
    private Progress progress = (step, steps, stage) -> {};
    private @Nullable SyncWay sync;
    private @Nullable Long capacity;

    /**
     * A shot with a pool as large as it needs and the best way to sync.
     *
     * @param camera takes the frames; closing it is the caller's task
     * @param heap gives the pool's memory
     * @param frames frames to merge, 1 to {@link org.dmabufpool.bench.photo.TileGrid#MAX_FRAMES}
     */
    public Shot(FrameSource camera, HeapChoice heap, int frames) {
        this.camera = camera;
        this.heap = heap;
        this.frames = frames;
    }

    /** Has {@code listener} told how far it is. */
    public Shot progress(Progress listener) {
        progress = listener;
        return this;
    }

    /** Has caches kept coherent this way; null for the best. */
    public Shot sync(@Nullable SyncWay way) {
        sync = way;
        return this;
    }

    /** Sets the pool's size in bytes; null for what the burst needs. */
    public Shot capacity(@Nullable Long bytes) {
        capacity = bytes;
        return this;
    }

    /**
     * Takes the picture.
     *
     * @param picture takes the JPEG; the caller commits it
     * @param preview takes a small version of it, or null
     * @throws IllegalArgumentException if the capacity is too small
     * @throws IOException if a file cannot be written
     */
    public ShootReport take(OutputFile picture, @Nullable OutputFile preview) throws IOException {
        StageClock clock = new StageClock();
        BufferPlan plan = BufferPlan.of(camera.format(), camera.ringDepth());
        try (TimedPool pool = new TimedPool(pool(plan))) {
            try {
                new Burst(camera, pool, plan, frames, clock, progress).shoot(files(picture, preview));
            } finally {
                camera.close();
            }
            return report(pool, clock, picture);
        }
    }

    private DmaBufPool pool(BufferPlan plan) {
        long bytes = capacity == null ? plan.comfortableBytes() : capacity;
        if (bytes < plan.neededBytes()) {
            FrameFormat format = plan.format();
            throw new IllegalArgumentException("a pool of " + Words.bytes(bytes) + " is too small: " + frames
                    + " frames of " + format.width() + "x" + format.height() + " need "
                    + Words.bytes(plan.comfortableBytes()));
        }
        DmaBufPool.Builder builder =
                DmaBufPool.builder().name("shoot").heap(heap.heap()).capacity(bytes);
        if (sync != null) {
            builder.sync(sync);
        }
        return builder.build();
    }

    private static PictureFiles files(OutputFile picture, @Nullable OutputFile preview) {
        List<PictureFiles.Request> requests = new ArrayList<>();
        requests.add(new PictureFiles.Request(picture, Integer.MAX_VALUE));
        if (preview != null) {
            requests.add(new PictureFiles.Request(preview, PREVIEW_WIDTH));
        }
        return new PictureFiles(requests);
    }

    private ShootReport report(TimedPool pool, StageClock clock, OutputFile picture) throws IOException {
        PoolStatistics statistics = pool.statistics();
        return new ShootReport(
                camera.name(),
                heap.heap().name(),
                heap.reason(),
                Words.of(statistics.syncWay()),
                statistics.syncReason(),
                frames,
                camera.format().width(),
                camera.format().height(),
                clock.stages(),
                StageTime.rounded(pool.bufferMillis()),
                clock.totalMillis(),
                statistics.peakUsedBytes(),
                statistics.capacityBytes(),
                statistics.allocations(),
                statistics.sync().bytes(),
                statistics.sync().bytesWholeBuffer(),
                picture.name(),
                picture.size());
    }
}
