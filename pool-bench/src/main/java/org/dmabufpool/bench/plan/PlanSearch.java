// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import org.dmabufpool.PlacementPlan;
import org.dmabufpool.bench.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * Makes a plan from recordings of one use case.
 *
 * <p>It drafts plans that differ in which requests are told apart, who is placed first, and who may overlap, and plays the
 * recordings with each in pools that are hardly larger than their peaks. The best draft is then changed bit by bit, as long as
 * there is time; a change stays if the recordings are served no worse. Drafts are judged by the allocator itself, so that what
 * happens where no planned place is free counts, too.
 */
public final class PlanSearch {

    /** Parts below so many shares of the peak are not planned: they have little to gain, and lie apart by themselves. */
    private static final long[] LEAST_SHARES = {40, 200, 1000};

    private static final int[] OVERLAPPING = {0, 10};
    private static final int[] MORE_OVERLAPPING = {0, 0, 1, 3, 10, 30, 100, 1000};
    /** A tag of many sizes makes many buffers; more of them than this are not planned. */
    private static final int MOST_BUFFERS = 1000;

    private static final int MOST_CHANGES = 3;
    private static final int KINDS_OF_CHANGE = 5;
    private static final double KEY_STEP = 4;
    private static final double CLASS_STEP = 6;
    private static final int ONE_AT_RANDOM_IN = 3;
    private static final int SHARE_OF_DRAFTS = 2;

    private final List<Trace> traces;
    private final long page;
    private final WorkLimit workLimit;
    private final SplittableRandom random;
    private final long start = System.nanoTime();
    private final long limitNanos;
    private @Nullable Draft best;
    /** Failures of the best draft; those of no plan at first. */
    private long fewest;

    /** A draft that was tried. */
    private record Draft(PlannedUse use, PlanDraft draft, PlanTrial trial, PlanDraft.Choice choice) {

        Draft with(PlanDraft.Choice next) {
            return new Draft(use, draft, trial, next);
        }

        long failures(long limit) {
            return trial.failures(draft.places(choice), limit);
        }
    }

    private PlanSearch(List<Trace> traces, long page, Duration limit, long seed, LongConsumer progress) {
        this.traces = List.copyOf(traces);
        this.page = page;
        this.workLimit = WorkLimit.of(limit, progress);
        this.limitNanos = limit.toNanos();
        this.random = new SplittableRandom(seed);
    }

    /**
     * Makes a plan, on the caller's thread.
     *
     * @param traces recordings of one use case, at least one
     * @param page what places are to be multiples of, in bytes: a power of two from {@link PlacementPlan#PAGE} on
     * @param limit how long to search at most, from 0 on
     * @param seed of random choices: for one seed only the limit makes a difference
     * @param progress is told now and then how many nanoseconds have gone
     * @return the plan; without places if none was found that is better than no plan
     */
    public static PlacementPlan search(
            List<Trace> traces, long page, Duration limit, long seed, LongConsumer progress) {
        PlanSearch search = new PlanSearch(traces, page, limit, seed, progress);
        search.fewest = search.failuresWithoutPlan();
        search.draft();
        search.improve();
        return search.plan();
    }

    private long failuresWithoutPlan() {
        RequestClasses none = RequestClasses.of(traces, new RequestClasses.Grouping(false, Long.MAX_VALUE, page));
        return new PlanTrial(traces, none).failures(new long[0][], Long.MAX_VALUE);
    }

    private boolean over(int share) {
        workLimit.spend(WorkLimit.LOOK);
        return workLimit.over() || System.nanoTime() - start > limitNanos / share;
    }

    // ---- drafts ----

    private void draft() {
        long peak = traces.stream().mapToLong(Trace::peakLiveBytes).max().orElseThrow() / page;
        for (long share : LEAST_SHARES) {
            for (boolean byTag : new boolean[] {false, true}) {
                RequestClasses classes =
                        RequestClasses.of(traces, new RequestClasses.Grouping(byTag, Math.max(1, peak / share), page));
                PlannedUse use = PlannedUse.of(traces, classes);
                if (use.buffers() > 0 && use.buffers() <= MOST_BUFFERS) {
                    draft(use, new PlanTrial(traces, classes));
                }
            }
        }
    }

    private void draft(PlannedUse use, PlanTrial trial) {
        List<LongUnaryOperator> orders = new ArrayList<>();
        orders.add(buffer -> use.size((int) buffer) * use.begun((int) buffer));
        orders.add(buffer -> use.size((int) buffer));
        orders.add(buffer -> use.begun((int) buffer));
        int[] counts = new int[use.classes().size()];
        Arrays.setAll(counts, number -> use.ofClass(number).size());
        for (boolean others : new boolean[] {true, false}) {
            PlanDraft draft = new PlanDraft(use, others);
            for (LongUnaryOperator order : orders) {
                double[] keys = new double[use.buffers()];
                Arrays.setAll(keys, buffer -> StrictMath.log((double) order.applyAsLong(buffer)));
                for (int overlapping : OVERLAPPING) {
                    if (over(SHARE_OF_DRAFTS)) {
                        return;
                    }
                    offer(new Draft(use, draft, trial, new PlanDraft.Choice(keys, counts, overlapping)), fewest - 1);
                }
            }
        }
    }

    private void offer(Draft draft, long limit) {
        long failures = draft.failures(limit);
        if (failures <= limit) {
            fewest = failures;
            best = draft;
        }
    }

    // ---- changes ----

    private void improve() {
        while (best != null && fewest > 0 && !over(1)) {
            offer(best.with(changed(best.use(), best.choice())), fewest);
        }
    }

    private PlanDraft.Choice changed(PlannedUse use, PlanDraft.Choice choice) {
        double[] keys = choice.keys().clone();
        int[] counts = choice.counts().clone();
        int overlapping = choice.overlapping();
        for (int i = 1 + random.nextInt(MOST_CHANGES); i > 0; i--) {
            int number = random.nextInt(counts.length);
            List<Integer> buffers = use.ofClass(number);
            switch (random.nextInt(KINDS_OF_CHANGE)) {
                case 0 -> counts[number] = count(counts[number], buffers.size());
                case 1 -> counts[number] = random.nextBoolean() ? buffers.size() : 0;
                case 2 -> keys[random.nextInt(keys.length)] += KEY_STEP * (random.nextDouble() - 0.5);
                case 3 -> {
                    double step = CLASS_STEP * (random.nextDouble() - 0.5);
                    buffers.forEach(buffer -> keys[buffer] += step);
                }
                default -> overlapping = MORE_OVERLAPPING[random.nextInt(MORE_OVERLAPPING.length)];
            }
        }
        return new PlanDraft.Choice(keys, counts, overlapping);
    }

    private int count(int now, int most) {
        return random.nextInt(ONE_AT_RANDOM_IN) == 0
                ? random.nextInt(most + 1)
                : Math.max(0, Math.min(most, now + (random.nextBoolean() ? 1 : -1)));
    }

    private PlacementPlan plan() {
        Draft found = best;
        if (found == null) {
            return PlacementPlan.of(List.of());
        }
        List<PlacementPlan.Requests> classes = new ArrayList<>();
        long[][] places = found.draft().places(found.choice());
        for (int number = 0; number < places.length; number++) {
            if (places[number].length > 0) {
                RequestClasses.Requests requests = found.use().classes().get(number);
                classes.add(new PlacementPlan.Requests(
                        requests.tags().stream().sorted().toList(),
                        (requests.leastPages() - 1) * page + 1,
                        requests.mostPages() * page,
                        Arrays.stream(places[number])
                                .map(offset -> offset * page)
                                .boxed()
                                .toList()));
            }
        }
        return PlacementPlan.of(classes);
    }
}
