// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Small pools, exhausted: every sequence of so many operations. Each beginning of a sequence is a sequence of its own.
 */
class EverySequenceTest {

    private static final long PAGE = 4096;

    @ParameterizedTest
    @EnumSource
    void wholePagesFromTheBeginning(Placement placement) {
        AllocatorLayout layout =
                AllocatorLayout.ofCapacity(5 * PAGE).withSlabLimit(0).withPlacement(placement);
        long[] sizes = {PAGE, 2 * PAGE, 3 * PAGE};
        assertThat(new Sequences(layout, () -> alone(layout), 1, sizes, 1, true).run(depth(placement, 7)))
                .isGreaterThan(1000);
    }

    @ParameterizedTest
    @EnumSource
    void wholePagesSmallOnesFromTheEnd(Placement placement) {
        AllocatorLayout layout = AllocatorLayout.ofCapacity(6 * PAGE)
                .withSlabLimit(0)
                .withPlacement(placement)
                .withSmallLimit(2 * PAGE);
        long[] sizes = {PAGE, 2 * PAGE, 3 * PAGE};
        assertThat(new Sequences(layout, () -> alone(layout), 1, sizes, 1, true).run(depth(placement, 7)))
                .isGreaterThan(1000);
    }

    @ParameterizedTest
    @EnumSource
    void alignedPages(Placement placement) {
        AllocatorLayout layout =
                AllocatorLayout.ofCapacity(6 * PAGE).withSlabLimit(0).withPlacement(placement);
        long[] sizes = {PAGE, 2 * PAGE, 3 * PAGE};
        assertThat(new Sequences(layout, () -> alone(layout), 1, sizes, 2 * PAGE, true).run(depth(placement, 5)))
                .isGreaterThan(1000);
    }

    @ParameterizedTest
    @EnumSource
    void slotsAndPages(Placement placement) {
        AllocatorLayout layout = AllocatorLayout.of(2 * PAGE, 1024, PAGE).withPlacement(placement);
        long[] sizes = {1024, 2048, PAGE};
        assertThat(new Sequences(layout, () -> alone(layout), 1, sizes, 1, false).run(depth(placement, 7)))
                .isGreaterThan(1000);
    }

    @ParameterizedTest
    @EnumSource
    void twoStripesOfAPoolOfPages(Placement placement) {
        AllocatorLayout layout =
                AllocatorLayout.ofCapacity(4 * PAGE).withSlabLimit(0).withPlacement(placement);
        long[] sizes = {PAGE, 2 * PAGE};
        assertThat(new Sequences(layout, () -> shared(layout), 2, sizes, 1, true).run(depth(placement, 6)))
                .isGreaterThan(1000);
    }

    @ParameterizedTest
    @EnumSource
    void twoStripesWithSlots(Placement placement) {
        AllocatorLayout layout = AllocatorLayout.of(2 * PAGE, 2048, PAGE).withPlacement(placement);
        long[] sizes = {2048, PAGE, 2 * PAGE};
        assertThat(new Sequences(layout, () -> shared(layout), 2, sizes, 1, false).run(depth(placement, 5)))
                .isGreaterThan(1000);
    }

    /** All sequences of the default; for the sake of time, those of one step less of the others. */
    private static int depth(Placement placement, int most) {
        return placement == Placement.EXACT ? most : most - 1;
    }

    private static Subject alone(AllocatorLayout layout) {
        SharedAllocator allocator = new SharedAllocator(layout, false);
        return new Subject(allocator, allocator::checkInvariants, stripe -> {});
    }

    private static Subject shared(AllocatorLayout layout) {
        SharedAllocator allocator = new SharedAllocator(layout.withWaitingLimit(layout.capacity()), true, 2);
        return new Subject(allocator, allocator::checkInvariants, new Stripes(allocator)::use);
    }

    /** What a sequence is done to. */
    private record Subject(OffsetAllocator allocator, Runnable invariants, IntConsumer useStripe) {}

    /** All sequences: takes of each size and alignment from each stripe, and releases of each live part. */
    private static final class Sequences {

        private final PlacementRules rules;
        private final Supplier<Subject> subjects;
        private final int stripes;
        private final long[] sizes;
        private final long alignment;
        private final long capacity;
        private final boolean refusalsAreExact;

        private final int[] steps = new int[16];
        private int length;
        private long sequences;

        Sequences(
                AllocatorLayout layout,
                Supplier<Subject> subjects,
                int stripes,
                long[] sizes,
                long alignment,
                boolean refusalsAreExact) {
            this.subjects = subjects;
            this.stripes = stripes;
            this.sizes = sizes;
            this.alignment = alignment;
            this.capacity = layout.capacity();
            this.rules = PlacementRules.of(layout);
            this.refusalsAreExact = refusalsAreExact;
        }

        /** Runs all sequences of up to so many steps, and tells how many there were. */
        long run(int longest) {
            int live = replay();
            sequences++;
            int takes = sizes.length * stripes * (alignment > 1 ? 2 : 1);
            if (length < longest) {
                for (int step = 0; step < takes + live * stripes; step++) {
                    steps[length++] = step < takes ? step : takes - 1 - step;
                    run(longest);
                    length--;
                }
            }
            return sequences;
        }

        /** Does all steps anew; the number of live parts then. */
        private int replay() {
            Replay replay = new Replay(subjects.get(), capacity);
            try {
                for (int i = 0; i < length; i++) {
                    replay.step(steps[i]);
                }
                return replay.end();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("after the steps " + Arrays.toString(Arrays.copyOf(steps, length)), e);
            }
        }

        /** One sequence and its oracle. */
        private final class Replay {

            private final Subject subject;
            private final boolean[] taken;
            private final long[] parts = new long[16];
            private int live;

            Replay(Subject subject, long capacity) {
                this.subject = subject;
                this.taken = new boolean[(int) (capacity / 1024)];
            }

            void step(int step) {
                if (step < 0) {
                    int back = -1 - step;
                    subject.useStripe().accept(back % stripes);
                    give(back / stripes);
                } else {
                    int kind = step % sizes.length;
                    int rest = step / sizes.length;
                    subject.useStripe().accept(rest % stripes);
                    take(sizes[kind], rest / stripes > 0 ? alignment : 1);
                }
            }

            private void take(long size, long aligned) {
                long part = subject.allocator().allocate(size, aligned);
                boolean refused = part < 0;
                check(!refusalsAreExact || refused != fits(size, aligned), "refused exactly if it does not fit");
                if (!refused) {
                    check(subject.allocator().offset(part) % aligned == 0, "aligned");
                    mark(part, true);
                    parts[live++] = part;
                }
            }

            private void give(int pick) {
                long part = parts[pick];
                mark(part, false);
                parts[pick] = parts[--live];
                subject.allocator().free(part);
            }

            private void mark(long part, boolean to) {
                int first = (int) (subject.allocator().offset(part) / 1024);
                int count = (int) (subject.allocator().reserved(part) / 1024);
                for (int i = first; i < first + count; i++) {
                    check(taken[i] != to, "no two parts share a byte");
                    taken[i] = to;
                }
            }

            private boolean fits(long size, long aligned) {
                long reserved = rules.reserved(size);
                int count = (int) (reserved / 1024);
                int step = (int) (Math.max(aligned, rules.alignment(reserved)) / 1024);
                for (int first = 0; first + count <= taken.length; first += step) {
                    int free = 0;
                    while (free < count && !taken[first + free]) {
                        free++;
                    }
                    if (free == count) {
                        return true;
                    }
                }
                return false;
            }

            /** Everything adds up now, and when all that lives was given back. */
            int end() {
                subject.invariants().run();
                check(subject.allocator().totals().liveCount() == live, "live parts");
                int atEnd = live;
                while (live > 0) {
                    give(live - 1);
                }
                long most = rules.largestOf(capacity);
                long all = subject.allocator().allocate(most, 1);
                check(all >= 0, "all of it can be allocated, or the largest block");
                subject.allocator().free(all);
                subject.invariants().run();
                check(
                        subject.allocator().totals().largestFree() == most,
                        "all is one hole again, or the blocks of the beginning");
                return atEnd;
            }

            private void check(boolean holds, String rule) {
                if (!holds) {
                    throw new AssertionError("broken: " + rule);
                }
            }
        }
    }
}
