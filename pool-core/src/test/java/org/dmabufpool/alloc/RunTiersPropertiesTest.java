// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whole pages with chunks for small runs and reuse of the run given back last, against a map of who owns each page. */
class RunTiersPropertiesTest {

    /** @param pages how many to take, or 0 to give the {@code pick}-th live run back */
    record Step(int pages, int alignment, int pick) {}

    /** @param limit pages of the largest small run */
    record Tiers(int pages, int limit, int slack) {}

    @Provide
    Arbitrary<Tiers> tiers() {
        Arbitrary<Integer> pages = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 40), Arbitraries.integers().between(41, 4000));
        return Combinators.combine(pages, Arbitraries.of(0, 1, 2, 8, 64, 128), Arbitraries.of(0, 1, 16, 300, 5000))
                .as((count, limit, slack) -> new Tiers(count, limit, Math.min(slack, count)));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> pages = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 8),
                Arbitraries.integers().between(1, 260),
                Arbitraries.integers().between(1, 4000));
        Arbitrary<Integer> alignments = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(1)),
                Tuple.of(1, Arbitraries.integers().between(1, 8).map(order -> 1 << order)));
        Arbitrary<Step> take = Combinators.combine(pages, alignments).as((count, align) -> new Step(count, align, 0));
        Arbitrary<Step> give = Arbitraries.integers().between(0, 1000).map(pick -> new Step(0, 1, pick));
        return Arbitraries.frequencyOf(Tuple.of(3, take), Tuple.of(2, give))
                .list()
                .ofMaxSize(200);
    }

    @Property(tries = 300)
    void noPageIsLostAndNoRunRefusedThatFits(@ForAll("tiers") Tiers tiers, @ForAll("steps") List<Step> steps) {
        Follower follower = new Follower(tiers);
        for (Step step : steps) {
            follower.follow(step);
            follower.check();
        }
        follower.freeAll();
    }

    @Property(tries = 300)
    void theRunGivenBackLastIsTakenAgainAsItIs(@ForAll("tiers") Tiers tiers, @ForAll("steps") List<Step> steps) {
        Follower follower = new Follower(tiers);
        steps.forEach(follower::follow);
        follower.giveAndTakeAgain();
        follower.check();
        follower.freeAll();
    }

    /** Tiers and their oracle, step by step. */
    private static final class Follower {

        private final BlockTable blocks = new BlockTable();
        private final Tiers tiers;
        private final RunTiers runs;
        private final PageMap map;
        private final List<Integer> live = new ArrayList<>();

        Follower(Tiers tiers) {
            this.tiers = tiers;
            runs = new RunTiers(blocks, tiers.pages(), tiers.limit(), tiers.slack());
            map = new PageMap(tiers.pages());
            runs.settledExtents().addRange(0, tiers.pages());
        }

        void follow(Step step) {
            if (step.pages() == 0) {
                free(step.pick());
            } else if (step.alignment() == 1) {
                take(1 + (step.pages() - 1) % tiers.pages());
            } else {
                takeAligned(1 + (step.pages() - 1) % tiers.pages(), step.alignment());
            }
        }

        private void take(int count) {
            // Looked at by way of the oracle, as asking the tiers would join the run given back last.
            boolean fits = largestFreeInOnePiece() >= count;
            int idle = idlePages();
            int chunks = chunks();
            assertThat(runs.makeRoom()).isTrue();
            int run = runs.allocate(count);
            assertThat(run != BlockTable.NONE).as("%d pages", count).isEqualTo(fits);
            if (fits) {
                taken(run, count);
            }
            if (chunks() > chunks) {
                assertThat(idle + 2 * tiers.limit() - count)
                        .as("pages idle in chunks once there is another one")
                        .isLessThanOrEqualTo(tiers.slack());
            }
        }

        private void takeAligned(int count, int alignment) {
            boolean fits = pieces().stream().anyMatch(hole -> hole.behindFirst(alignment) >= count);
            assertThat(runs.makeRoom()).isTrue();
            int run = runs.allocateAligned(count, alignment);
            assertThat(run != BlockTable.NONE)
                    .as("%d pages from a multiple of %d on", count, alignment)
                    .isEqualTo(fits);
            if (fits) {
                assertThat(page(run) % alignment).isZero();
                taken(run, count);
            }
        }

        private void taken(int run, int count) {
            assertThat(blocks.get(run, BlockTable.SIZE)).isEqualTo(count);
            map.set(page(run), count, PageMap.FREE, run);
            live.add(run);
        }

        private void free(int pick) {
            if (!live.isEmpty()) {
                int run = live.remove(pick % live.size());
                map.set(page(run), blocks.get(run, BlockTable.SIZE), run, PageMap.FREE);
                runs.free(run);
            }
        }

        void giveAndTakeAgain() {
            if (!live.isEmpty()) {
                int run = live.get(live.size() - 1);
                int page = page(run);
                int count = blocks.get(run, BlockTable.SIZE);
                free(live.size() - 1);
                assertThat(runs.makeRoom()).isTrue();
                int again = runs.allocate(count);
                assertThat(page(again)).isEqualTo(page);
                taken(again, count);
            }
        }

        private int largestFreeInOnePiece() {
            return pieces().stream().mapToInt(PageMap.Hole::pages).max().orElse(0);
        }

        /** Holes as the oracle knows them, cut where the chunks that still hold a live run begin and end. */
        private List<PageMap.Hole> pieces() {
            PageMap cut = new PageMap(tiers.pages());
            live.forEach(run -> cut.set(page(run), blocks.get(run, BlockTable.SIZE), PageMap.FREE, run));
            for (int block = 1; block < blocks.end(); block++) {
                if (isLiveChunk(block)) {
                    cut.cut(page(block));
                    cut.cut(page(block) + blocks.get(block, BlockTable.SIZE));
                }
            }
            return cut.holes();
        }

        private boolean isLiveChunk(int block) {
            if (kind(block) != BlockTable.CHUNK) {
                return false;
            }
            int begin = page(block);
            int end = begin + blocks.get(block, BlockTable.SIZE);
            return live.stream().anyMatch(run -> begin <= page(run) && page(run) < end);
        }

        /** Those in which nothing is live too: one that is used again is not a new one. */
        private int chunks() {
            int chunks = 0;
            for (int block = 1; block < blocks.end(); block++) {
                chunks += kind(block) == BlockTable.CHUNK ? 1 : 0;
            }
            return chunks;
        }

        private int idlePages() {
            int idle = 0;
            for (int block = 1; block < blocks.end(); block++) {
                idle += kind(block) == BlockTable.CHUNK ? freePagesOf(block) : 0;
            }
            return idle;
        }

        private int freePagesOf(int chunk) {
            int free = 0;
            for (int page = page(chunk); page < page(chunk) + blocks.get(chunk, BlockTable.SIZE); page++) {
                free += map.owner(page) == PageMap.FREE ? 1 : 0;
            }
            return free;
        }

        void check() {
            runs.checkInvariants();
            int[] end = {0};
            int[] used = {0};
            runs.settledExtents().forEachRun(block -> {
                assertThat(page(block)).isEqualTo(end[0]);
                end[0] += blocks.get(block, BlockTable.SIZE);
                if (kind(block) == BlockTable.RUN) {
                    assertThat(map.owner(page(block))).isEqualTo(block);
                    used[0]++;
                }
            });
            assertThat(end[0]).isEqualTo(tiers.pages());
            assertThat(used[0]).isEqualTo(live.size());
            runs.checkInvariants();
            assertThat(runs.largestFree()).isEqualTo(largestFreeInOnePiece());
        }

        void freeAll() {
            while (!live.isEmpty()) {
                free(0);
                check();
            }
            assertThat(runs.largestFree()).isEqualTo(tiers.pages());
            assertThat(blocks.get(runs.largestHole(), BlockTable.SIZE)).isEqualTo(tiers.pages());
        }

        private int page(int block) {
            return blocks.get(block, BlockTable.OFFSET);
        }

        private int kind(int block) {
            return blocks.get(block, BlockTable.KIND) & BlockTable.KIND_MASK;
        }
    }
}
