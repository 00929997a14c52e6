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
            try (TimedAccess access = grid.write()) {
                plan.grid().in(access.buffer()).begin();
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
                try (TimedAccess raw = frame.slice().read();
                        PictureSlices.Open target = picture.write()) {
                    plan.format().developer().develop(raw.buffer(), target.planes());
                }
            });
        }
    }

    private void buildLevels(PictureSlices picture, TimedSlice levels) {
        try (PictureSlices.Open source = picture.read();
                TimedAccess target = levels.readWrite()) {
            LumaPyramid.build(source.planes(), LumaPyramid.in(target.buffer(), plan.luma()));
        }
    }

    private Shift align(PictureSlices mean, TimedSlice reference, PictureSlices picture) {
        try (TimedSlice levels = pool.allocate("levels", plan.lumaBytes())) {
            buildLevels(picture, levels);
            try (TimedAccess meanGreen = mean.green().read();
                    TimedAccess meanLevels = reference.read();
                    TimedAccess pictureGreen = picture.green().read();
                    TimedAccess pictureLevels = levels.read()) {
                return Aligner.align(
                        mean.green(meanGreen.buffer()),
                        LumaPyramid.in(meanLevels.buffer(), plan.luma()),
                        picture.green(pictureGreen.buffer()),
                        LumaPyramid.in(pictureLevels.buffer(), plan.luma()));
            }
        }
    }

    private void merge(PictureSlices mean, PictureSlices picture, Shift shift, TimedSlice grid) {
        try (PictureSlices.Open meanAccess = mean.readWrite();
                PictureSlices.Open pictureAccess = picture.read();
                TimedAccess gridAccess = grid.readWrite()) {
            TileGrid.Planes tiles = plan.grid().in(gridAccess.buffer());
            RgbLayout.Planes target = meanAccess.planes();
            guard.judge(target, pictureAccess.planes(), shift, tiles);
            Merger.merge(target, pictureAccess.planes(), shift, tiles.share());
        }
    }

    private TimedSlice level(CloseStack levels, int number) {
        TimedSlice slice =
                pool.allocate("screen " + number, plan.screen().get(number).bytes());
        levels.push(slice::close);
        return slice;
    }

    private void tone(PictureSlices mean, TimedSlice screen) {
        try (PictureSlices.Open source = mean.read();
                TimedAccess target = screen.write()) {
            plan.format()
                    .tone()
                    .apply(
                            source.planes(),
                            new Plane8(target.buffer(), plan.screen().get(0)));
        }
    }

    private void halve(CloseStack levels, List<TimedSlice> screen) {
        for (int number = 1; number < plan.screen().size(); number++) {
            screen.add(level(levels, number));
            try (TimedAccess larger = screen.get(number - 1).read();
                    TimedAccess smaller = screen.get(number).write()) {
                ScreenPyramid.halve(
                        new Plane8(larger.buffer(), plan.screen().get(number - 1)),
                        new Plane8(smaller.buffer(), plan.screen().get(number)));
            }
        }
    }

    private void encode(List<TimedSlice> screen, PictureFiles files) {
        try (TimedSlice jpeg = pool.allocate("jpeg", plan.jpegBytes())) {
            for (PictureFiles.Request request : files.requests()) {
                int number = request.level(plan.screen());
                int length = encode(screen.get(number), plan.screen().get(number), jpeg);
                try (TimedAccess access = jpeg.read()) {
                    request.file().write(access.buffer().limit(length));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static int encode(TimedSlice screen, PlaneLayout layout, TimedSlice jpeg) throws IOException {
        try (TimedAccess source = screen.read();
                TimedAccess target = jpeg.readWrite()) {
            return Jpeg.encode(source.buffer(), layout, JPEG_QUALITY, target.buffer());
        }
    }
}
