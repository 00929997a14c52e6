// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dmabufpool.bench.trace.Trace;
import org.dmabufpool.bench.trace.TraceKind;
import org.dmabufpool.bench.trace.TraceText;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a trace. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Makes a trace of allocations and releases for replay; the same seed makes the same trace.",
            "The format is text: a,<id>,<bytes>[,<alignment>] allocates, f,<id> releases, # begins a comment."
        })
public final class TraceCommand implements Callable<Integer> {

    private static final String PACKED = ".gz";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Option(
            names = "--kind",
            defaultValue = "camera",
            paramLabel = "KIND",
            description =
                    "What asks for memory: camera, bursts, reconfigured, rings, pyramids, log-uniform, odd-size,"
                            + " robson-first-fit, robson-best-fit, robson-buddy, robson-ours, use-preview, use-stills, use-video, server (default: ${DEFAULT-VALUE}).")
    private String kind = "camera";

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "SEED",
            description = "Which of the traces of that kind (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "Where the trace goes; gzip packs it where the name ends in .gz; - writes it to standard"
                    + " output as text, and what is printed to standard error.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private Path out;

    /** For picocli. */
    public TraceCommand() {}

    @Override
    public Integer call() throws IOException {
        TraceKind wanted = TraceKind.named(kind);
        try (Outputs outputs = new Outputs(spec.commandLine())) {
            Output file = outputs.at("--out", FileType.TRACE, out);
            Trace trace = wanted.generate(seed);
            byte[] text = text(trace);
            if (StandardStreams.named(out)) {
                file.text(() -> new String(text, StandardCharsets.UTF_8));
            } else {
                file.bytes(() -> text);
            }
            outputs.commit();
            String place = StandardStreams.named(out) ? StandardStreams.OUTPUT : out.toString();
            print(trace, place, text.length, outputs.forPeople());
        }
        return ExitCode.OK;
    }

    private byte[] text(Trace trace) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TraceText.write(trace, bytes, out.toString().endsWith(PACKED));
        return bytes.toByteArray();
    }

    private static void print(Trace trace, String place, int size, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%s: %,d operations, %,d parts, peak of %,d live bytes; %s has %,d bytes%n",
                trace.name(),
                trace.length(),
                trace.parts(),
                trace.peakLiveBytes(),
                place,
                size);
        out.flush();
    }
}
