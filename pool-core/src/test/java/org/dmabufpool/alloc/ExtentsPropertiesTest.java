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
import org.dmabufpool.alloc.PageMap.Hole;

/** Runs of pages against a map of who owns each page. */
class ExtentsPropertiesTest {

    /** What is done to the extents next, with numbers that each kind reads its own way. */
    record Step(Kind kind, int count, int pick, int alignment) {}

    enum Kind {
        TAKE,
        TAKE_ALIGNED,
        FREE
    }

    @Provide
    Arbitrary<Integer> pages() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 24), Arbitraries.integers().between(25, 30_000));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds =
                Arbitraries.frequency(Tuple.of(6, Kind.TAKE), Tuple.of(3, Kind.TAKE_ALIGNED), Tuple.of(6, Kind.FREE));
        Arbitrary<Integer> counts = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 6),
                Arbitraries.integers().between(1, 400),
                Arbitraries.integers().between(1, 9000));
        Arbitrary<Integer> picks = Arbitraries.integers().between(0, 1000);
        Arbitrary<Integer> alignments = Arbitraries.integers().between(1, 10).map(order -> 1 << order);
        return Combinators.combine(kinds, counts, picks, alignments)
                .as(Step::new)
                .list()
                .ofMaxSize(150);
    }

    @Property(tries = 250)
    void everythingThatFitsIsServedAndNothingIsLost(
            @ForAll Placement placement, @ForAll("pages") int pages, @ForAll("steps") List<Step> steps) {
        Follower follower = new Follower(placement, pages);
        for (Step step : steps) {
            follower.follow(step);
            follower.check();
        }
        follower.freeAll();
        follower.check();
    }

    /** Extents and their oracle, step by step. */
    private static final class Follower {

        private final BlockTable blocks = new BlockTable();
        private final Extents extents;
        private final PageMap map;
        private final boolean blocksOfPowers;
        private final List<Integer> live = new ArrayList<>();

        Follower(Placement placement, int pages) {
            extents = placement.extents(blocks, 0, pages, pages / 40);
            blocksOfPowers = placement == Placement.BUDDY;
            map = new PageMap(pages);
        }

        private void makeRoom() {
            Growth.makeRoom(blocks, extents);
        }

        void follow(Step step) {
            int count = extents.reserved(1 + (step.count() - 1) % map.pages());
            makeRoom();
            switch (step.kind()) {
                case TAKE -> taken(extents.allocate(count), count, 1);
                case TAKE_ALIGNED -> taken(extents.allocateAligned(count, step.alignment()), count, step.alignment());
                case FREE -> free(step.pick());
            }
        }

        private void taken(int run, int count, int alignment) {
            assertThat(run != BlockTable.NONE)
                    .as("%d pages from a multiple of %d on", count, alignment)
                    .isEqualTo(map.fits(count, blocksOfPowers ? Math.max(count, alignment) : alignment));
            if (run != BlockTable.NONE) {
                assertThat(page(run) % alignment).isZero();
                assertThat(size(run)).isEqualTo(count);
                map.set(page(run), count, PageMap.FREE, run);
                live.add(run);
            }
        }

        private void free(int pick) {
            if (!live.isEmpty()) {
                int run = live.remove(pick % live.size());
                map.set(page(run), size(run), run, PageMap.FREE);
                extents.free(run);
            }
        }

        void freeAll() {
            while (!live.isEmpty()) {
                free(0);
            }
        }

        void check() {
            extents.checkInvariants();
            List<Hole> shown = new ArrayList<>();
            extents.forEachBlock(block -> {
                if (blocks.get(block, BlockTable.KIND) == BlockTable.HOLE || block == extents.pending()) {
                    join(shown, new Hole(page(block), size(block)));
                } else {
                    assertThat(map.owner(page(block))).isEqualTo(block);
                }
            });
            assertThat(shown).isEqualTo(map.holes());
            int longest = longest();
            assertThat(extents.largest()).isLessThanOrEqualTo(longest);
            if (extents.pending() == BlockTable.NONE) {
                assertThat(extents.largest()).isEqualTo(longest);
            }
        }

        /** The most pages that a run could have now. */
        private int longest() {
            int longest = map.holes().stream().mapToInt(Hole::pages).max().orElse(0);
            int power = Integer.highestOneBit(longest);
            while (blocksOfPowers && power > 0 && !map.fits(power, power)) {
                power >>= 1;
            }
            return blocksOfPowers ? power : longest;
        }

        private static void join(List<Hole> shown, Hole hole) {
            int last = shown.size() - 1;
            if (last >= 0 && shown.get(last).end() == hole.page()) {
                Hole before = shown.remove(last);
                shown.add(new Hole(before.page(), before.pages() + hole.pages()));
            } else {
                shown.add(hole);
            }
        }

        private int page(int block) {
            return blocks.get(block, BlockTable.OFFSET);
        }

        private int size(int block) {
            return blocks.get(block, BlockTable.SIZE);
        }
    }
}
