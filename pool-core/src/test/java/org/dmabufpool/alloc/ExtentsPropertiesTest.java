// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.dmabufpool.alloc.PageMap.Hole;

/** Runs of pages from ranges that grow, shrink, come and go, against a map of who owns each page. */
class ExtentsPropertiesTest {

    /** What is done to the extents next, with numbers that each kind reads its own way. */
    record Step(Kind kind, int count, int pick, int alignment) {}

    enum Kind {
        TAKE_FRONT,
        TAKE_BACK,
        TAKE_NEAR_END,
        TAKE_ALIGNED,
        FREE,
        WITHDRAW,
        EXTEND,
        ADD_RANGE
    }

    @Provide
    Arbitrary<Integer> pages() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 24), Arbitraries.integers().between(25, 9000));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(4, Kind.TAKE_FRONT),
                Tuple.of(2, Kind.TAKE_BACK),
                Tuple.of(1, Kind.TAKE_NEAR_END),
                Tuple.of(3, Kind.TAKE_ALIGNED),
                Tuple.of(6, Kind.FREE),
                Tuple.of(1, Kind.WITHDRAW),
                Tuple.of(1, Kind.EXTEND),
                Tuple.of(1, Kind.ADD_RANGE));
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

    @Property(tries = 300)
    void theSmallestHoleThatFitsIsTakenAndNothingIsLost(@ForAll("pages") int pages, @ForAll("steps") List<Step> steps) {
        Follower follower = new Follower(pages);
        for (Step step : steps) {
            follower.follow(step);
            follower.check();
        }
        follower.freeAll();
        follower.check();
    }

    /** Extents and their oracle, step by step. */
    private static final class Follower {

        /** Among so few holes an exactly fitting one is always found first. */
        private static final int FEW_HOLES = 8;

        private final BlockTable blocks = new BlockTable();
        private final HoleIndex index;
        private final Extents extents;
        private final PageMap map;
        private final List<Integer> live = new ArrayList<>();

        Follower(int pages) {
            index = new HoleIndex(blocks, pages, 0, 0);
            extents = new Extents(blocks, index);
            map = new PageMap(pages);
            extents.addRange(0, pages);
        }

        private void makeRoom() {
            if (!blocks.hasRoom()) {
                extents.grow(blocks.largerRoom());
            }
        }

        void follow(Step step) {
            int count = 1 + (step.count() - 1) % map.pages();
            switch (step.kind()) {
                case TAKE_FRONT -> takeBestFit(count, false);
                case TAKE_BACK -> takeBestFit(count, true);
                case TAKE_NEAR_END -> takeNearEnd(count);
                case TAKE_ALIGNED -> takeAligned(count, step.alignment());
                case FREE -> free(step.pick());
                case WITHDRAW -> withdraw(step.pick(), count);
                case EXTEND -> extend(step.pick(), count);
                case ADD_RANGE -> addRange(step.pick(), count);
            }
        }

        private void takeBestFit(int count, boolean back) {
            int hole = index.find(count);
            int expected = map.bestFit(count);
            assertThat(hole == BlockTable.NONE ? 0 : size(hole))
                    .as("size of the hole found for %d pages", count)
                    .isEqualTo(expected);
            if (hole != BlockTable.NONE) {
                int begin = page(hole);
                makeRoom();
                int run = back ? extents.takeBack(hole, count) : extents.takeFront(hole, count);
                assertThat(page(run)).isEqualTo(back ? begin + expected - count : begin);
                taken(run, count);
            }
        }

        private void takeNearEnd(int count) {
            boolean fits = map.bestFit(count) > 0;
            makeRoom();
            int run = extents.takeNearEnd(count);
            assertThat(run != BlockTable.NONE)
                    .as("%d pages near the end", count)
                    .isEqualTo(fits);
            if (fits) {
                taken(run, count);
            }
        }

        private void takeAligned(int count, int alignment) {
            boolean fits = map.fits(count, alignment);
            boolean exactIsFirst = map.holes().size() <= FEW_HOLES
                    && map.holes().stream().anyMatch(hole -> hole.pages() == count && hole.page() % alignment == 0);
            makeRoom();
            int run = extents.allocateAligned(count, alignment);
            assertThat(run != BlockTable.NONE)
                    .as("%d pages from a multiple of %d on", count, alignment)
                    .isEqualTo(fits);
            if (fits) {
                assertThat(page(run) % alignment).isZero();
                assertThat(!exactIsFirst || map.holes().contains(new Hole(page(run), count)))
                        .as("an exactly fitting hole first")
                        .isTrue();
                taken(run, count);
            }
        }

        private void taken(int run, int count) {
            assertThat(size(run)).isEqualTo(count);
            map.set(page(run), count, PageMap.FREE, run);
            live.add(run);
        }

        private void free(int pick) {
            if (!live.isEmpty()) {
                int run = live.remove(pick % live.size());
                map.set(page(run), size(run), run, PageMap.FREE);
                int page = page(run);
                int hole = extents.free(run);
                assertThat(map.holes().stream()
                                .filter(h -> h.page() <= page && page < h.end())
                                .toList())
                        .containsExactly(new Hole(page(hole), size(hole)));
            }
        }

        private void withdraw(int pick, int count) {
            List<Hole> holes = map.holes();
            if (holes.isEmpty()) {
                return;
            }
            Hole hole = holes.get(pick % holes.size());
            int pages = 1 + count % hole.pages();
            extents.withdraw(blockOf(hole), pages);
            map.set(hole.end() - pages, pages, PageMap.FREE, PageMap.OUTSIDE);
            map.cut(hole.end() - pages);
            map.cut(hole.end());
        }

        private void extend(int pick, int count) {
            List<Hole> holes = map.holes().stream().filter(this::hasRoomBehind).toList();
            if (holes.isEmpty()) {
                return;
            }
            Hole hole = holes.get(pick % holes.size());
            int pages = 1 + count % rowOutside(hole.end()).pages();
            assertThat(extents.endsRange(blockOf(hole))).isTrue();
            extents.extend(blockOf(hole), pages);
            map.set(hole.end(), pages, PageMap.OUTSIDE, PageMap.FREE);
            map.uncut(hole.end());
            map.cut(hole.end() + pages);
        }

        private boolean hasRoomBehind(Hole hole) {
            return hole.end() < map.pages() && map.owner(hole.end()) == PageMap.OUTSIDE;
        }

        private Hole rowOutside(int page) {
            return map.outside().stream()
                    .filter(row -> row.page() == page)
                    .findFirst()
                    .orElseThrow();
        }

        private void addRange(int pick, int count) {
            List<Hole> rows = map.outside();
            if (rows.isEmpty()) {
                return;
            }
            Hole row = rows.get(pick % rows.size());
            int pages = 1 + count % row.pages();
            makeRoom();
            extents.addRange(row.page(), pages);
            map.set(row.page(), pages, PageMap.OUTSIDE, PageMap.FREE);
            map.cut(row.page());
            map.cut(row.page() + pages);
        }

        private int blockOf(Hole hole) {
            int[] found = {BlockTable.NONE};
            index.forEach(block -> found[0] = page(block) == hole.page() ? block : found[0]);
            assertThat(found[0]).as("the block of %s", hole).isNotEqualTo(BlockTable.NONE);
            return found[0];
        }

        void freeAll() {
            while (!live.isEmpty()) {
                free(0);
            }
        }

        void check() {
            extents.checkInvariants(BlockTable.NONE);
            Map<Integer, Integer> expected = new HashMap<>();
            map.holes().forEach(hole -> expected.put(hole.page(), hole.pages()));
            Map<Integer, Integer> shown = new HashMap<>();
            extents.forEachRun(block -> {
                if (extents.isHole(block)) {
                    shown.put(page(block), size(block));
                } else {
                    assertThat(map.owner(page(block))).isEqualTo(block);
                }
            });
            assertThat(shown).isEqualTo(expected);
            checkEdges();
            assertThat(index.largest())
                    .isEqualTo(expected.values().stream().mapToInt(n -> n).max().orElse(0));
        }

        private void checkEdges() {
            index.forEach(block -> {
                assertThat(extents.beginsRange(block)).isEqualTo(map.cutBefore(page(block)));
                assertThat(extents.endsRange(block)).isEqualTo(map.cutBefore(page(block) + size(block)));
            });
        }

        private int page(int block) {
            return blocks.get(block, BlockTable.OFFSET);
        }

        private int size(int block) {
            return blocks.get(block, BlockTable.SIZE);
        }
    }
}
