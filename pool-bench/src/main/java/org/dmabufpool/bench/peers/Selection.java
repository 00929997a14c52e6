// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dmabufpool.bench.trace.TraceKind;

/** Which part of a run is wanted. Immutable. */
public final class Selection {

    /** The word for the footprints where workloads are named. */
    private static final String FOOTPRINT = "footprint";

    /** Traces whose footprints are published. */
    private static final List<TraceKind> KINDS = List.of(TraceKind.CAMERA, TraceKind.LOG_UNIFORM, TraceKind.ODD_SIZE);

    private static final int MOST_THREADS = 2;

    private final List<Workload> workloads;
    private final List<Peer> peers;
    private final List<TraceKind> kinds;

    private Selection(List<Workload> workloads, List<Peer> peers, List<TraceKind> kinds) {
        this.workloads = workloads;
        this.peers = peers;
        this.kinds = kinds;
    }

    /**
     * A selection by names, as on the command line.
     *
     * @param only names of workloads, and {@code footprint}; none means all
     * @param peers names of peers; none means all
     * @throws IllegalArgumentException if there is none of a name
     */
    public static Selection of(List<String> only, List<String> peers) {
        List<String> names = new ArrayList<>(only);
        boolean footprints = names.remove(FOOTPRINT) || only.isEmpty();
        boolean times = only.isEmpty() || !names.isEmpty();
        return new Selection(
                times ? chosen("workload", Workload.class, Workload::label, names, FOOTPRINT) : List.of(),
                chosen("peer", Peer.class, Peer::label, peers),
                footprints ? KINDS : List.of());
    }

    private static <E extends Enum<E>> List<E> chosen(
            String what, Class<E> type, Function<E, String> label, List<String> names, String... others) {
        Set<E> chosen = EnumSet.noneOf(type);
        for (String name : names) {
            chosen.add(Arrays.stream(type.getEnumConstants())
                    .filter(one -> label.apply(one).equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "there is no " + what + " '" + name + "'; there are " + labels(type, label, others))));
        }
        // Never in the order of the command line: the turns are part of what is measured.
        return List.copyOf(names.isEmpty() ? EnumSet.allOf(type) : chosen);
    }

    private static <E extends Enum<E>> String labels(Class<E> type, Function<E, String> label, String... others) {
        List<String> labels =
                Arrays.stream(type.getEnumConstants()).map(label).collect(Collectors.toCollection(ArrayList::new));
        labels.addAll(List.of(others));
        return String.join(", ", labels).toLowerCase(Locale.ROOT);
    }

    List<Workload> workloads() {
        return workloads;
    }

    List<Peer> peers() {
        return peers;
    }

    /** Traces whose footprints are wanted. */
    List<TraceKind> kinds() {
        return kinds;
    }

    /** How many threads at most use a peer at once. */
    static int threads(Peer peer) {
        return peer.isShared() ? MOST_THREADS : 1;
    }

    /** How many forks a workload needs. */
    int forks() {
        return peers.stream().mapToInt(Selection::threads).sum();
    }
}
