// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dmabufpool.bench.camera.FrameSource;
import org.dmabufpool.bench.camera.SensorPort;
import org.dmabufpool.bench.camera.SyntheticSource;
import org.dmabufpool.bench.camera.V4l2Source;
import org.dmabufpool.bench.photo.TileGrid;
import org.dmabufpool.bench.shoot.HeapChoice;
import org.dmabufpool.bench.shoot.OutputFile;
import org.dmabufpool.bench.shoot.ShootReport;
import org.dmabufpool.bench.shoot.Shot;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes a burst of frames and makes one picture of it. */
@Command(
        name = "shoot",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Takes a burst of frames and merges it into one picture, every buffer a slice of one pool.",
            "Prints which heap and sync were used, where the time went, and what the buffers cost."
        })
public final class ShootCommand implements Callable<Integer> {

    private static final ImageSize SENSOR_SIZE = new ImageSize(4000, 3000);
    private static final ImageSize CAMERA_SIZE = new ImageSize(1280, 720);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Option(
            names = "--frames",
            defaultValue = "8",
            paramLabel = "N",
            description = "Frames to merge, 1 to " + TileGrid.MAX_FRAMES + " (default: ${DEFAULT-VALUE}).")
    private int frames;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = ImageSize.Converter.class,
            description = "Size of a frame (default: 4000x3000; with --camera 1280x720, and the driver may take a size"
                    + " near it).")
    private @Nullable ImageSize size;

    @Option(
            names = "--camera",
            paramLabel = "DEV",
            description = "A V4L2 camera such as /dev/video0 (default: the synthetic sensor).")
    private @Nullable String camera;

    @Option(
            names = "--heap",
            defaultValue = HeapChoice.AUTO,
            paramLabel = "HEAP",
            description = "Where the pool's memory comes from: auto, system, udmabuf, memfd, model, or the name of a"
                    + " dma-heap (default: ${DEFAULT-VALUE}).")
    private String heap = HeapChoice.AUTO;

    @Option(
            names = "--sync",
            defaultValue = SyncChoice.AUTO,
            paramLabel = "WAY",
            converter = SyncChoice.Converter.class,
            description = "How caches are kept coherent: auto, none, partial, vendor, window, whole (default:"
                    + " ${DEFAULT-VALUE}).")
    private SyncChoice sync = new SyncChoice(null);

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "SEED",
            description = "Which scene, noise and shake the synthetic sensor has (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--capacity",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            description = "Size of the pool, such as 256M (default: what the burst needs).")
    private @Nullable Long capacity;

    @Option(
            names = "--out",
            defaultValue = "shoot.jpg",
            paramLabel = "FILE",
            description = "Where the picture goes (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("shoot.jpg");

    @Option(
            names = "--preview",
            paramLabel = "FILE",
            description = "Also write the largest level of the pyramid that is at most 1200 pixels wide.")
    private @Nullable Path preview;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write what is printed as JSON; - is standard output.")
    private @Nullable Path json;

    @Option(
            names = "--progress",
            negatable = true,
            description = "Show, or do not show, a progress bar (default: on a terminal).")
    private @Nullable Boolean progress;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print errors only.")
    private boolean quiet;

    /** For picocli. */
    public ShootCommand() {}

    @Override
    public Integer call() throws IOException {
        if (frames < 1 || frames > TileGrid.MAX_FRAMES) {
            throw new IllegalArgumentException("--frames is 1 to " + TileGrid.MAX_FRAMES + ", not " + frames);
        }
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output report = outputs.at("--json", FileType.JSON, json);
            OutputFile picture = outputs.file("--out", FileType.JPEG, out);
            OutputFile small = preview == null ? null : outputs.file("--preview", FileType.JPEG, preview);
            ShootReport result = shoot(picture, small);
            report.json(result);
            outputs.commit();
            if (!quiet) {
                ShootTable.print(result, outputs.forPeople());
            }
        } catch (OutOfMemoryError failure) {
            throw new IOException(
                    "this size needs more memory than Java may use (" + failure.getMessage()
                            + "): run java -Xmx4g -jar, or ask for a smaller --size",
                    failure);
        }
        return ExitCode.OK;
    }

    private ShootReport shoot(OutputFile picture, @Nullable OutputFile small) throws IOException {
        HeapChoice choice = HeapChoice.of(heap, camera != null);
        boolean bar = !quiet && (progress == null ? ProgressLine.onTerminal() : progress);
        try (FrameSource source = source(choice);
                ProgressLine line = new ProgressLine("shoot", bar)) {
            return new Shot(source, choice, frames)
                    .capacity(capacity)
                    .sync(sync.way())
                    .progress(line)
                    .take(picture, small);
        }
    }

    private FrameSource source(HeapChoice choice) {
        if (camera != null) {
            ImageSize wanted = size == null ? CAMERA_SIZE : size;
            return V4l2Source.open(camera, wanted.width(), wanted.height());
        }
        ImageSize wanted = size == null ? SENSOR_SIZE : size;
        return new SyntheticSource(wanted.width(), wanted.height(), seed, SensorPort.of(choice.heap()));
    }
}
