// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Fork} seen from outside. */
final class ForkHandle implements AutoCloseable {

    /**
     * The same for all: what each peer's own manual asks for so as to be quick, and the JVM's default collector. The
     * JVM's heap is touched beforehand: else those that make garbage would be charged for its first pages, which is over
     * when the heap has been used up once.
     */
    private static final List<String> OPTIONS = List.of(
            "-Xms256m",
            "-Xmx256m",
            "-XX:+AlwaysPreTouch",
            "-XX:MaxDirectMemorySize=64g",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
            "-Dio.netty.tryReflectionSetAccessible=true",
            "-Dio.netty.leakDetection.level=disabled",
            "-Dorg.lwjgl.util.NoChecks=true");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Peer peer;
    private final int threads;
    private final Process process;
    private final BufferedWriter toFork;
    private final BufferedReader fromFork;
    private final List<Sample> samples = new ArrayList<>();
    private @Nullable String refusal;

    private ForkHandle(Peer peer, int threads, Process process) {
        this.peer = peer;
        this.threads = threads;
        this.process = process;
        this.toFork = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.fromFork = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a JVM and waits until it is warm. */
    static ForkHandle start(Peer peer, Workload workload, int threads, Pace pace) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fork.class.getName()));
        command.addAll(List.of(peer.name(), workload.name(), String.valueOf(threads)));
        command.addAll(List.of(String.valueOf(pace.warmMs()), String.valueOf(pace.batchMs())));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        ForkHandle fork = new ForkHandle(peer, threads, process);
        String answer = fork.fromFork.readLine();
        if (!Fork.READY.equals(answer)) {
            fork.refusal = answer != null && answer.startsWith(Fork.REFUSED)
                    ? answer.substring(Fork.REFUSED.length())
                    : "its JVM ended";
        }
        return fork;
    }

    /** Lets it do a batch, unless it refused to work. */
    void round() throws IOException {
        if (refusal != null) {
            return;
        }
        toFork.write(Fork.ROUND + "\n");
        toFork.flush();
        String answer = fromFork.readLine();
        if (answer == null) {
            refusal = "its JVM ended in the middle";
        } else {
            samples.add(JSON.readValue(answer, Sample.class));
        }
    }

    Peer peer() {
        return peer;
    }

    int threads() {
        return threads;
    }

    /** What it did, round by round. */
    List<Sample> samples() {
        return samples;
    }

    /** Why it does not take part, or null. */
    @Nullable
    String refusal() {
        return refusal;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
