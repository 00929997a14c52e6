// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.dmabufpool.bench.camera.Frame;
import org.dmabufpool.bench.camera.FrameSource;
import org.dmabufpool.bench.memory.CloseStack;
import org.dmabufpool.bench.memory.TimedAccess;
import org.dmabufpool.bench.memory.TimedPool;
import org.dmabufpool.bench.memory.TimedSlice;
import org.dmabufpool.bench.photo.Aligner;
import org.dmabufpool.bench.photo.GhostGuard;
import org.dmabufpool.bench.photo.Jpeg;
import org.dmabufpool.bench.photo.LumaPyramid;
import org.dmabufpool.bench.photo.Merger;
import org.dmabufpool.bench.photo.Plane8;
import org.dmabufpool.bench.photo.PlaneLayout;
import org.dmabufpool.bench.photo.RgbLayout;
import org.dmabufpool.bench.photo.ScreenPyramid;
import org.dmabufpool.bench.photo.Shift;
import org.dmabufpool.bench.photo.TileGrid;

/**
 * A burst on its way to a picture. Every buffer is a slice, and every stage opens just the slices that it reads or
 * writes; all accesses belong to the calling thread, the workers of a stage see buffers only.
 */
final class Burst {

    private static final int STEPS_PER_FRAME = 4;
    private static final int STEPS_AFTER = 4;
    private static final float JPEG_QUALITY = 0.92f;

    private final FrameSource camera;
    private final TimedPool pool;
    private final BufferPlan plan;
    private final int frames;
    private final StageClock clock;
    private final Progress progress;
    private final GhostGuard guard;
    private int steps;

    Burst(FrameSource camera, TimedPool pool, BufferPlan plan, int frames, StageClock clock, Progress progress) {
        this.camera = camera;
        this.pool = pool;
        this.plan = plan;
        this.frames = frames;
        this.clock = clock;
        this.progress = progress;
        this.guard = new GhostGuard(plan.format().noise());
    }

    /** Takes the burst, merges it and hands the picture's files over. */
    void shoot(PictureFiles files) {
        step("start", () -> camera.start(pool));
        try (CloseStack levels = new CloseStack()) {
            List<TimedSlice> screen = new ArrayList<>();
            try (PictureSlices mean = new PictureSlices(pool, "mean", plan.rgb())) {
                merge(mean);
                camera.close();
                screen.add(level(levels, 0));
                step("tone", () -> tone(mean, screen.get(0)));
            }
            step("pyramid", () -> halve(levels, screen));
            step("jpeg", () -> encode(screen, files));
        }
        progress.at(totalSteps(), totalSteps(), "done");
    }

    private int totalSteps() {
        return STEPS_PER_FRAME * frames + STEPS_AFTER;
    }

    private void step(String stage, Runnable part) {
        progress.at(steps++, totalSteps(), stage);
        clock.run(stage, part);
    }

    private void merge(PictureSlices mean) {
        try (TimedSlice reference = pool.allocate("reference levels", plan.lumaBytes());
                TimedSlice grid = pool.allocate("tile grid", plan.grid().bytes())) {
            begin(mean, reference, grid);
            for (int frame = 1; frame < frames; frame++) {
                mergeNext(mean, reference, grid);
            }
        }
    }

    /** The first frame is the reference. */
    private void begin(PictureSlices mean, TimedSlice reference, TimedSlice grid) {
        develop(mean);
        step("align", () -> buildLevels(mean, reference));
        step("merge", () -> {
            try (TimedAccess access = pool.open(grid.toWrite())) {
                plan.grid().in(access.buffer(grid)).begin();
            }
        });
    }

    private void mergeNext(PictureSlices mean, TimedSlice reference, TimedSlice grid) {
        try (PictureSlices picture = new PictureSlices(pool, "picture", plan.rgb())) {
            develop(picture);
            Shift[] shift = {Shift.NONE};
            step("align", () -> shift[0] = align(mean, reference, picture));
            step("merge", () -> merge(mean, picture, shift[0], grid));
        }
    }

    private void develop(PictureSlices picture) {
        Frame[] captured = new Frame[1];
        step("capture", () -> captured[0] = camera.next());
        try (Frame frame = captured[0]) {
            step("develop", () -> {
                try (TimedAccess access = pool.open(frame.slice().toRead(), picture.toWrite())) {
                    plan.format().developer().develop(access.buffer(frame.slice()), picture.planes(access));
                }
            });
        }
    }

    private void buildLevels(PictureSlices picture, TimedSlice levels) {
        try (TimedAccess access = pool.open(picture.toRead(), levels.toReadWrite())) {
            LumaPyramid.build(picture.planes(access), LumaPyramid.in(access.buffer(levels), plan.luma()));
        }
    }

    private Shift align(PictureSlices mean, TimedSlice reference, PictureSlices picture) {
        try (TimedSlice levels = pool.allocate("levels", plan.lumaBytes())) {
            buildLevels(picture, levels);
            try (TimedAccess access = pool.open(
                    mean.green().toRead(), reference.toRead(), picture.green().toRead(), levels.toRead())) {
                return Aligner.align(
                        mean.green(access.buffer(mean.green())),
                        LumaPyramid.in(access.buffer(reference), plan.luma()),
                        picture.green(access.buffer(picture.green())),
                        LumaPyramid.in(access.buffer(levels), plan.luma()));
            }
        }
    }

    private void merge(PictureSlices mean, PictureSlices picture, Shift shift, TimedSlice grid) {
        try (TimedAccess access = pool.open(mean.toReadWrite(), picture.toRead(), grid.toReadWrite())) {
            TileGrid.Planes tiles = plan.grid().in(access.buffer(grid));
            RgbLayout.Planes target = mean.planes(access);
            guard.judge(target, picture.planes(access), shift, tiles);
            Merger.merge(target, picture.planes(access), shift, tiles.share());
        }
    }

    private TimedSlice level(CloseStack levels, int number) {
        TimedSlice slice =
                pool.allocate("screen " + number, plan.screen().get(number).bytes());
        levels.push(slice::close);
        return slice;
    }

    private void tone(PictureSlices mean, TimedSlice screen) {
        try (TimedAccess access = pool.open(mean.toRead(), screen.toWrite())) {
            plan.format()
                    .tone()
                    .apply(
                            mean.planes(access),
                            new Plane8(access.buffer(screen), plan.screen().get(0)));
        }
    }

    private void halve(CloseStack levels, List<TimedSlice> screen) {
        for (int number = 1; number < plan.screen().size(); number++) {
            screen.add(level(levels, number));
            TimedSlice larger = screen.get(number - 1);
            TimedSlice smaller = screen.get(number);
            try (TimedAccess access = pool.open(larger.toRead(), smaller.toWrite())) {
                ScreenPyramid.halve(
                        new Plane8(access.buffer(larger), plan.screen().get(number - 1)),
                        new Plane8(access.buffer(smaller), plan.screen().get(number)));
            }
        }
    }

    private void encode(List<TimedSlice> screen, PictureFiles files) {
        try (TimedSlice jpeg = pool.allocate("jpeg", plan.jpegBytes())) {
            for (PictureFiles.Request request : files.requests()) {
                int number = request.level(plan.screen());
                int length = encode(screen.get(number), plan.screen().get(number), jpeg);
                try (TimedAccess access = pool.open(jpeg.toRead())) {
                    request.file().write(access.buffer(jpeg).limit(length));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private int encode(TimedSlice screen, PlaneLayout layout, TimedSlice jpeg) throws IOException {
        try (TimedAccess access = pool.open(screen.toRead(), jpeg.toReadWrite())) {
            return Jpeg.encode(access.buffer(screen), layout, JPEG_QUALITY, access.buffer(jpeg));
        }
    }
}
