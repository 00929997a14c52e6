// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.dmabufpool.bench.serve.ListenAddress;
import org.dmabufpool.bench.serve.LiveServer;
import org.dmabufpool.bench.serve.LiveWork;
import org.dmabufpool.bench.serve.TagBudget;
import org.dmabufpool.bench.shoot.HeapChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a pool at work in a browser. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Plays a trace to a pool, over and over, and shows the pool in a browser while it works.",
            "The page needs no network but this server. Ctrl-C ends it."
        },
        footerHeading = "%nWhat there is:%n",
        footer = {
            "  /           the page",
            "  /state      what the page shows, as JSON; /state?since=N leaves out the",
            "              history up to snapshot N",
            "  /dump       every slice and hole as JSON",
            "  /metrics    the pool's meters, for Prometheus"
        })
public final class ServeCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call().
    private CommandSpec spec;

    @Option(
            names = "--port",
            defaultValue = "8417",
            paramLabel = "PORT",
            description = "Where to listen; 0 picks a free port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "HOST",
            description = "On which address of this machine to listen (default: ${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(
            names = "--allow-remote",
            description = "Let --host be an address that other machines reach. There is no password.")
    private boolean allowRemote;

    @ArgGroup
    private @Nullable Source source;

    @Option(
            names = "--speed",
            defaultValue = "1",
            paramLabel = "X",
            description = "How many times 100 operations a second, 0.01 to 1000 (default: ${DEFAULT-VALUE}).")
    private double speed;

    @Option(
            names = "--capacity",
            paramLabel = "BYTES",
            converter = ByteCount.class,
            description =
                    "Size of the pool, such as 256M (default: a quarter more than the trace has live at its peak).")
    private @Nullable Long capacity;

    @Option(
            names = "--heap",
            defaultValue = "memfd",
            paramLabel = "HEAP",
            description = "Where the pool's memory comes from: auto, system, udmabuf, memfd, model, or the name of a"
                    + " dma-heap. The model watches every byte, and is slow for it (default: ${DEFAULT-VALUE}).")
    private String heap = "memfd";

    @Option(
            names = "--budget",
            paramLabel = "TAG=GUARANTEED:MOST",
            converter = BudgetText.class,
            description = "Keep so many bytes for slices of a tag alone, and let them have no more than so many, such"
                    + " as raw=24M:64M; 0:64M only limits them. The tags are the holders that the page shows. For"
                    + " several tags, repeat the option (default: no budgets).")
    private List<TagBudget> budgets = new ArrayList<>();

    /** For picocli. */
    public ServeCommand() {}

    /** One of them. */
    static final class Source {

        @Option(names = "--trace", paramLabel = "FILE", description = "Play this trace, as replay does.")
        private @Nullable Path file;

        @Option(
                names = "--camera",
                paramLabel = "KIND[/SEED]",
                description = "Play what the command trace makes of that kind and seed (default: camera/1).")
        private @Nullable String generator;
    }

    @Override
    public Integer call() throws IOException {
        ListenAddress address = ListenAddress.of(host, port, allowRemote);
        HeapChoice choice = HeapChoice.of(heap, false);
        try (LiveServer server = start(address, choice)) {
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "close"));
            PrintWriter out = spec.commandLine().getOut();
            out.println("A pool at work, to be seen at " + server.address() + " (Ctrl-C ends it)");
            out.flush();
            server.awaitClosed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }

    private LiveServer start(ListenAddress address, HeapChoice choice) throws IOException {
        try {
            return LiveServer.start(address, choice, work().withBudgets(budgets));
        } catch (OutOfMemoryError failure) {
            throw new IOException(
                    "this trace or this pool needs more memory than Java may use (" + failure.getMessage()
                            + "): run java -Xmx4g -XX:MaxDirectMemorySize=4g -jar, or ask for a smaller --capacity",
                    failure);
        }
    }

    private LiveWork work() throws IOException {
        if (source != null && source.file != null) {
            return LiveWork.ofFile(source.file, capacity, speed);
        }
        String generator = source == null || source.generator == null ? "camera/1" : source.generator;
        return LiveWork.ofGenerator(generator, capacity, speed);
    }
}
