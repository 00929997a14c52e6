// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.shoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.dmabufpool.bench.camera.SensorPort;
import org.dmabufpool.bench.camera.SyntheticSource;
import org.dmabufpool.bench.text.Words;
import org.dmabufpool.heap.Heap;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.linux.MemfdHeap;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ShotTest {

    private static final int WIDTH = 162;
    private static final int HEIGHT = 122;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(
            value = SyncWay.class,
            names = {"PARTIAL", "WINDOW", "WHOLE"})
    void theModelSeesNoViolationAndTheSamePictureWhicheverWayIsSynced(SyncWay way) throws IOException {
        ModelHeap heap = ModelHeap.supporting(way);
        ShootReport report = shoot(heap, "model.jpg", 4, WIDTH, HEIGHT);
        assertThat(heap.violations()).isEmpty();
        assertThat(report.sync()).isEqualTo(Words.of(way));
        shoot(new MemfdHeap(), "memfd.jpg", 4, WIDTH, HEIGHT);
        assertThat(folder.resolve("model.jpg")).hasSameBinaryContentAs(folder.resolve("memfd.jpg"));
    }

    @ParameterizedTest
    @CsvSource({"16,16,1", "16,64,3", "64,16,2", "46,34,8", "200,40,5"})
    void smallPicturesOfEveryShapeComeOut(int width, int height, int frames) throws IOException {
        shoot(new MemfdHeap(), "small.jpg", frames, width, height);
        BufferedImage image = ImageIO.read(folder.resolve("small.jpg").toFile());
        assertThat(image.getWidth()).isEqualTo(width);
        assertThat(image.getHeight()).isEqualTo(height);
    }

    @Test
    void theReportTellsWhatHappened() throws IOException {
        ShootReport report = shoot(new ModelHeap(), "shoot.jpg", 3, WIDTH, HEIGHT);
        assertThat(report.heap()).isEqualTo("model");
        assertThat(report.frames()).isEqualTo(3);
        assertThat(report.width()).isEqualTo(WIDTH);
        assertThat(report.height()).isEqualTo(HEIGHT);
        assertThat(report.stages())
                .extracting(StageTime::name)
                .containsExactly("start", "capture", "develop", "align", "merge", "tone", "pyramid", "jpeg");
        assertThat(report.peakLiveBytes()).isBetween(1L, report.capacityBytes());
        assertThat(report.slices()).isGreaterThan(3 * 4);
        assertThat(report.bytesSynced()).isPositive().isLessThan(report.bytesWholeBuffer());
        assertThat(report.bufferMillis()).isPositive().isLessThan(report.totalMillis());
        assertThat(report.pictureBytes()).isEqualTo(Files.size(folder.resolve("shoot.jpg")));
    }

    @Test
    void theNeededCapacityIsEnough() throws IOException {
        for (int side = 16; side <= 240; side += 32) {
            SyntheticSource camera = new SyntheticSource(side, side, 1, SensorPort.cpu());
            long needed = BufferPlan.of(camera.format(), camera.ringDepth()).comfortableBytes();
            try (OutputFile file = OutputFile.at(folder.resolve("least.jpg"))) {
                ShootReport report = new Shot(camera, new HeapChoice(new MemfdHeap(), "test"), 2)
                        .capacity(needed)
                        .take(file, null);
                assertThat(report.capacityBytes()).isEqualTo(needed);
            }
        }
    }

    @Test
    void tooSmallAPoolIsRefusedBeforeAnythingHappens() throws IOException {
        SyntheticSource camera = new SyntheticSource(WIDTH, HEIGHT, 1, SensorPort.cpu());
        try (OutputFile file = OutputFile.at(folder.resolve("never.jpg"))) {
            Shot shot = new Shot(camera, new HeapChoice(new MemfdHeap(), "test"), 2).capacity(65536L);
            assertThatThrownBy(() -> shot.take(file, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("64 KiB is too small")
                    .hasMessageContaining("MiB");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void thePreviewIsNarrow() throws IOException {
        SyntheticSource camera = new SyntheticSource(1400, 64, 1, SensorPort.cpu());
        try (OutputFile file = OutputFile.at(folder.resolve("picture.jpg"));
                OutputFile preview = OutputFile.at(folder.resolve("preview.jpg"))) {
            new Shot(camera, new HeapChoice(new MemfdHeap(), "test"), 1).take(file, preview);
            preview.commit();
        }
        assertThat(ImageIO.read(folder.resolve("preview.jpg").toFile()).getWidth())
                .isEqualTo(700);
        assertThat(folder.resolve("picture.jpg")).doesNotExist();
    }

    @Test
    void progressGoesFromNothingToAll() throws IOException {
        List<Integer> steps = new ArrayList<>();
        SyntheticSource camera = new SyntheticSource(64, 48, 1, SensorPort.cpu());
        try (OutputFile file = OutputFile.at(folder.resolve("picture.jpg"))) {
            new Shot(camera, new HeapChoice(new MemfdHeap(), "test"), 3)
                    .progress((step, all, stage) -> steps.add(step * 100 / all))
                    .take(file, null);
        }
        assertThat(steps).isSorted().startsWith(0).endsWith(100).doesNotHaveDuplicates();
    }

    private ShootReport shoot(Heap heap, String name, int frames, int width, int height) throws IOException {
        try (SyntheticSource camera = new SyntheticSource(width, height, 5, SensorPort.of(heap));
                OutputFile file = OutputFile.at(folder.resolve(name))) {
            ShootReport report = new Shot(camera, new HeapChoice(heap, "test"), frames).take(file, null);
            file.commit();
            return report;
        }
    }
}
