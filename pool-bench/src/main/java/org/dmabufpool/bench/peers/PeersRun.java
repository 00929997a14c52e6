// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.dmabufpool.bench.trace.TraceKind;

/** One run: the chosen peers at the chosen workloads, in turns. */
public final class PeersRun {

    private final Selection selection;
    private final Pace pace;
    private final ObjIntConsumer<String> progress;
    private int stepsDone;

    private PeersRun(Selection selection, Pace pace, ObjIntConsumer<String> progress) {
        this.selection = selection;
        this.pace = pace;
        this.progress = progress;
    }

    /**
     * Runs.
     *
     * @param progress is told what begins, and how many of {@link #steps} are done
     * @throws IOException if a JVM cannot be started
     */
    public static PeersReport run(Selection selection, Pace pace, ObjIntConsumer<String> progress) throws IOException {
        PeersRun run = new PeersRun(selection, pace, progress);
        List<WorkloadResults> workloads = new ArrayList<>();
        for (Workload workload : selection.workloads()) {
            workloads.add(run.measure(workload));
        }
        List<Footprint> footprints = new ArrayList<>();
        for (TraceKind kind : selection.kinds()) {
            run.step("footprints, " + kind.label());
            footprints.addAll(Footprint.of(kind, pace));
        }
        return PeersReport.of(pace, workloads, footprints);
    }

    /** How many steps a run has. */
    public static int steps(Selection selection, Pace pace) {
        return selection.workloads().size() * (selection.forks() + pace.rounds())
                + selection.kinds().size();
    }

    private void step(String what) {
        progress.accept(what, stepsDone++);
    }

    private WorkloadResults measure(Workload workload) throws IOException {
        List<ForkHandle> forks = new ArrayList<>();
        try {
            for (Peer peer : selection.peers()) {
                for (int threads = 1; threads <= Selection.threads(peer); threads++) {
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
