// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.dmabufpool.alloc.Placement;
import org.dmabufpool.bench.trace.PlacementPools;
import org.dmabufpool.bench.trace.PlacementRanking;
import org.dmabufpool.bench.trace.PlacementRanking.Judgement;
import org.dmabufpool.bench.trace.PlacementRanking.Place;

/** What {@code replay --placements} prints. */
final class PlacementsTable {

    private static final int PERCENT = 100;

    private PlacementsTable() {}

    static void print(PlacementRanking ranking, PrintWriter out) {
        out.printf(Locale.ROOT, "The pool to configure in proportion to the peak of live bytes; 1 is perfect.%n%n");
        out.printf(Locale.ROOT, "%4s", "part");
        for (Placement placement : Placement.values()) {
            out.printf(Locale.ROOT, " %10s", placement);
        }
        out.printf(Locale.ROOT, "  trace%n");
        for (PlacementPools trace : ranking.traces()) {
            out.printf(Locale.ROOT, "%4d", trace.part());
            trace.pools().forEach(pool -> out.printf(Locale.ROOT, " %10.4f", pool.ratio()));
            out.printf(Locale.ROOT, "  %s%n", trace.trace());
        }
        out.printf(Locale.ROOT, "%n%-10s %10s %10s  %s%n", "placement", "mean", "worst", "pool for all traces");
        for (Place place : ranking.placements()) {
            Long bytes = place.configurePoolBytes();
            out.printf(
                    Locale.ROOT,
                    "%-10s %10.4f %10.4f  %s%n",
                    place.placement(),
                    place.meanRatio(),
                    place.worstRatio(),
                    bytes == null ? "none found" : String.format(Locale.ROOT, "%,d bytes", bytes));
        }
        out.printf(
                Locale.ROOT,
                "%nThe parts are %s. The best on one is judged on the other:%n",
                ranking.halved()
                        ? "the halves of the one trace; more traces tell more"
                        : "the traces in turns, the first, third, ... and the second, fourth, ...");
        ranking.judgements().forEach(judgement -> judgement(judgement, out));
        configure(ranking, out);
        out.flush();
    }

    private static void judgement(Judgement judgement, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "chosen on part %d: %s, mean %.4f there; on the other part %.4f, where %s has %.4f%n",
                judgement.chosenOn(),
                judgement.placement(),
                judgement.chosenRatio(),
                judgement.judgedRatio(),
                Placement.EXACT,
                judgement.defaultRatio());
    }

    private static void configure(PlacementRanking ranking, PrintWriter out) {
        if (ranking.gain() > 0) {
            out.printf(
                    Locale.ROOT,
                    "%nconfigure      Placement.%s: on traces that it was not chosen on, pools were %.2f %% smaller than with %s%n",
                    ranking.configure(),
                    PERCENT * ranking.gain(),
                    Placement.EXACT);
        } else {
            out.printf(
                    Locale.ROOT,
                    "%nconfigure      Placement.%s, the default: %s%n",
                    ranking.configure(),
                    ranking.placements().get(0).placement() == ranking.configure()
                            ? "none needs smaller pools for these traces"
                            : "what was better on one part was not on the other");
        }
    }
}
