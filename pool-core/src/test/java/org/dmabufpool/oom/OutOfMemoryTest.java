// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.oom;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls that run out of memory at any place of the core that allocates leave the pool as it was: {@value #FAILURES} failures on each way
 * of syncing, {@value #DEEP_FAILURES} with {@code -Ddmabufpool.deep=true}. The seed is printed, and {@code -Ddmabufpool.walk.seed} sets it.
 */
class OutOfMemoryTest {

    private static final int FAILURES = 10_000;
    private static final int DEEP_FAILURES = 200_000;
    private static final int A_WALK = 500;
    /** A new allocator, whose table is small, has the most to grow. */
    private static final int SHORT_WALK = 100;

    @ParameterizedTest
    @ValueSource(strings = {"PARTIAL", "WINDOW", "WHOLE"})
    void nothingIsLost(String way) throws ReflectiveOperationException {
        long seed =
                Long.getLong("dmabufpool.walk.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("out of memory over " + way + ", -Ddmabufpool.walk.seed=" + seed);
        Class<?> walk = new AllocationFaultLoader().loadClass("org.dmabufpool.OutOfMemoryWalk");
        int failures = Boolean.getBoolean("dmabufpool.deep") ? DEEP_FAILURES : FAILURES;
        int before = AllocationPoints.failures();
        for (int failed = 0; failed < failures; failed += A_WALK) {
            Object wrong = walk.getMethod("walk", String.class, long.class, int.class)
                    .invoke(null, way, seed + failed / A_WALK, A_WALK);
            assertThat(wrong).isEqualTo("");
        }
        assertThat(AllocationPoints.failures() - before).isGreaterThanOrEqualTo(failures);
    }

    @Test
    void theAllocatorLosesNothing() throws ReflectiveOperationException {
        long seed =
                Long.getLong("dmabufpool.walk.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("out of memory in the allocator, -Ddmabufpool.walk.seed=" + seed);
        Method walk = new AllocationFaultLoader()
                .loadClass("org.dmabufpool.alloc.OutOfMemoryAllocator")
                .getMethod("walk", long.class, int.class);
        int failures = Boolean.getBoolean("dmabufpool.deep") ? DEEP_FAILURES : FAILURES;
        for (int failed = 0; failed < failures; failed += SHORT_WALK) {
            walk.invoke(null, seed + failed / SHORT_WALK, SHORT_WALK);
        }
    }

    @Test
    void noWindowIsLostWhereALedgerThatMustGrowCannot() throws ReflectiveOperationException {
        Method prepare = new AllocationFaultLoader()
                .loadClass("org.dmabufpool.OutOfMemoryWindow")
                .getMethod("prepare", int.class);
        int point = 0;
        for (Object seen = prepare.invoke(null, point); !"none".equals(seen); seen = prepare.invoke(null, point)) {
            assertThat(seen).as("point %d", point).isEqualTo("ok");
            point++;
        }
        assertThat(point).isPositive();
    }
}
