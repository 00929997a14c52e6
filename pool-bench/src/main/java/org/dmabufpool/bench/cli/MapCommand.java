// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dmabufpool.bench.map.DumpReader;
import org.dmabufpool.bench.map.MapPicture;
import org.dmabufpool.bench.map.PoolMapFile;
import org.dmabufpool.bench.map.TerminalMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows a dump. */
@Command(
        name = "map",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Shows what a pool looked like: every slice and every hole, who holds them, and for how long.",
            "An application writes the dump with DmaBufPool.dump(); docs/dump.md describes it.",
            "The map is printed; pictures are made of it as well where they are asked for."
        })
public final class MapCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DUMP",
            description = "What DmaBufPool.dump() returned; - reads standard input; may be packed by gzip.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private Path dump;

    @Option(names = "--png", paramLabel = "FILE", description = "Also paint the map as PNG.")
    private @Nullable Path png;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description =
                    "Also draw the map as SVG, to be read in the light and in the dark; what the mouse is at is told.")
    private @Nullable Path svg;

    @Option(
            names = "--width",
            paramLabel = "COLUMNS",
            description = "How wide to print, 40 to 1000 (default: what COLUMNS says, or 100).")
    private @Nullable Integer width;

    @Option(
            names = "--colour",
            negatable = true,
            description =
                    "Print with colours and blocks, or with letters alone (default: colours on a terminal that has"
                            + " them, unless NO_COLOR is set).")
    private @Nullable Boolean colour;

    /** For picocli. */
    public MapCommand() {}

    @Override
    public Integer call() throws IOException {
        int columns = columns();
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output picture = outputs.at("--png", FileType.PNG, png);
            Output drawing = outputs.at("--svg", FileType.SVG, svg);
            PoolMapFile map = read();
            picture.bytes(() -> Png.of(MapPicture.png(map)));
            drawing.text(() -> MapPicture.svg(map));
            outputs.commit();
            TerminalMap.print(map, columns, colour == null ? Terminal.hasColours() : colour, outputs.forPeople());
        } catch (OutOfMemoryError failure) {
            throw new IOException(
                    "this dump needs more memory than Java may use (" + failure.getMessage()
                            + "): run java -Xmx4g -jar",
                    failure);
        }
        return ExitCode.OK;
    }

    private int columns() {
        if (width == null) {
            return Terminal.width(System.getenv(), TerminalMap.LEAST_WIDTH, TerminalMap.MOST_WIDTH);
        }
        if (width < TerminalMap.LEAST_WIDTH || width > TerminalMap.MOST_WIDTH) {
            throw new IllegalArgumentException("--width is " + TerminalMap.LEAST_WIDTH + " to " + TerminalMap.MOST_WIDTH
                    + " columns, not " + width);
        }
        return width;
    }

    private PoolMapFile read() throws IOException {
        return StandardStreams.named(dump) ? DumpReader.read(StandardStreams.INPUT, System.in) : DumpReader.read(dump);
    }
}
