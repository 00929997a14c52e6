// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyTest {

    private static final long CAPACITY = 1 << 20;

    private record Part(long handle, long offset, long bytes) {}

    @ParameterizedTest
    @EnumSource
    void partsLieWithinTheRangeAlignedAndApart(Policy policy) {
        SplittableRandom random = new SplittableRandom(7);
        List<Part> live = new ArrayList<>();
        TreeMap<Long, Long> ends = new TreeMap<>();
        try (Placer placer = policy.open(CAPACITY)) {
            for (int i = 0; i < 5000; i++) {
                if (!live.isEmpty() && random.nextInt(5) < 2) {
                    Part part = live.remove(random.nextInt(live.size()));
                    placer.free(part.handle());
                    ends.remove(part.offset());
                    continue;
                }
                long bytes = 1 + random.nextInt(1 << random.nextInt(17));
                long alignment = 1L << random.nextInt(14);
                long handle = placer.allocate(bytes, alignment);
                if (handle != Placer.NO_SPACE) {
                    long offset = placer.offset();
                    assertThat(offset % Math.max(alignment, Placer.GRANULE)).isZero();
                    assertThat(offset).isNotNegative();
                    assertThat(offset + bytes).isLessThanOrEqualTo(CAPACITY);
                    assertThat(ends.headMap(offset + bytes).values()).allMatch(end -> end <= offset);
                    ends.put(offset, offset + bytes);
                    live.add(new Part(handle, offset, bytes));
                }
            }
            live.forEach(part -> placer.free(part.handle()));
            assertThat(placer.allocate(CAPACITY, 1)).isNotEqualTo(Placer.NO_SPACE);
            assertThat(placer.offset()).isZero();
            assertThat(placer.allocate(1, 1)).isEqualTo(Placer.NO_SPACE);
        }
    }

    @Test
    void everyPolicyIsFoundByItsName() {
        for (Policy policy : Policy.values()) {
            assertThat(Policy.named(policy.label())).isEqualTo(policy);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Policy.named("worst-fit"))
                .withMessageContainingAll("'worst-fit'", "ours", "vma-min-offset");
    }

    @Test
    void fitsDifferByTheHoleTheyChoose() {
        assertThat(secondHoleChosen(Policy.FIRST_FIT)).isFalse();
        assertThat(secondHoleChosen(Policy.BEST_FIT)).isTrue();
        assertThat(secondHoleChosen(Policy.OURS)).isTrue();
    }

    /** A hole of 600 KiB, one of 520 KiB, and a request for 520 KiB; to ours they are in one region, and the request is large. */
    private static boolean secondHoleChosen(Policy policy) {
        long kib = 1 << 10;
        try (Placer placer = policy.open(16 << 20)) {
            long large = placer.allocate(600 * kib, 1);
            placer.allocate(520 * kib, 1);
            long small = placer.allocate(520 * kib, 1);
            long smallOffset = placer.offset();
            placer.allocate(520 * kib, 1);
            placer.free(small);
            placer.free(large);
            placer.allocate(520 * kib, 1);
            return placer.offset() == smallOffset;
        }
    }
}
