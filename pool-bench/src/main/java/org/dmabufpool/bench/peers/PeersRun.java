// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.dmabufpool.bench.trace.TraceKind;

/** One run: every peer at every workload, in turns. */
public final class PeersRun {

    /** Traces whose footprints are published. */
    private static final List<TraceKind> FOOTPRINTS =
            List.of(TraceKind.CAMERA, TraceKind.LOG_UNIFORM, TraceKind.ODD_SIZE);

    private static final int MOST_THREADS = 2;

    private final Pace pace;
    private final ObjIntConsumer<String> progress;
    private int stepsDone;

    private PeersRun(Pace pace, ObjIntConsumer<String> progress) {
        this.pace = pace;
        this.progress = progress;
    }

    /**
     * Runs.
     *
     * @param progress is told what begins, and how many of {@link #steps} are done
     * @throws IOException if a JVM cannot be started
     */
    public static PeersReport run(Pace pace, ObjIntConsumer<String> progress) throws IOException {
        PeersRun run = new PeersRun(pace, progress);
        List<WorkloadResults> workloads = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            workloads.add(run.measure(workload));
        }
        List<Footprint> footprints = new ArrayList<>();
        for (TraceKind kind : FOOTPRINTS) {
            run.step("footprints, " + kind.label());
            footprints.addAll(Footprint.of(kind, pace));
        }
        return PeersReport.of(pace, workloads, footprints);
    }

    /** How many steps a run has. */
    public static int steps(Pace pace) {
        int forks = 0;
        for (Peer peer : Peer.values()) {
            forks += threads(peer);
        }
        return Workload.values().length * (forks + pace.rounds()) + FOOTPRINTS.size();
    }

    private static int threads(Peer peer) {
        return peer.isShared() ? MOST_THREADS : 1;
    }

    private void step(String what) {
        progress.accept(what, stepsDone++);
    }

    private WorkloadResults measure(Workload workload) throws IOException {
        List<ForkHandle> forks = new ArrayList<>();
        try {
            for (Peer peer : Peer.values()) {
                for (int threads = 1; threads <= threads(peer); threads++) {
                    step(workload.label() + ", warming " + peer.label());
                    forks.add(ForkHandle.start(peer, workload, threads, pace));
                }
            }
            for (int round = 1; round <= pace.rounds(); round++) {
                step(workload.label() + ", round " + round);
                for (ForkHandle fork : forks) {
                    fork.round();
                }
            }
            return WorkloadResults.of(workload, forks);
        } finally {
            forks.forEach(ForkHandle::close);
        }
    }
}
