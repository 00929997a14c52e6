// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.dmabufpool.alloc.Budget;
import org.dmabufpool.heap.Direction;
import org.dmabufpool.metrics.DmaBufPoolMetrics;
import org.dmabufpool.model.ModelHeap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept for a tag is there for it, and no tag has more than its budget allows. */
class PoolBudgetTest {

    private static final long PAGE = 4096;
    private static final long CAPACITY = 64 * PAGE;
    private static final SliceRequest SHUTTER = SliceRequest.of(8 * PAGE).tag("shutter");
    private static final SliceRequest PREVIEW = SliceRequest.of(4 * PAGE).tag("preview");

    private final RecordingObserver observer = new RecordingObserver();
    private final DmaBufPool pool = DmaBufPool.builder()
            .name("budgets")
            .heap(ModelHeap.coherent())
            .capacity(CAPACITY)
            .budget("shutter", 16 * PAGE, 32 * PAGE)
            .budget("preview", 0, 12 * PAGE)
            .observer(observer)
            .build();

    @AfterEach
    void allIsGivenBack() {
        assertThat(pool.statistics().usedBytes()).isZero();
        assertThat(budget("shutter").usedBytes()).isZero();
        assertThat(budget("preview").usedBytes()).isZero();
        pool.close();
    }

    private PoolBudget budget(String tag) {
        return pool.statistics().budgets().stream()
                .filter(budget -> budget.tag().equals(tag))
                .findFirst()
                .orElseThrow();
    }

    private List<Slice> takeAll(SliceRequest request) {
        List<Slice> slices = new ArrayList<>();
        Optional<Slice> next = pool.tryAllocate(request);
        while (next.isPresent()) {
            slices.add(next.get());
            next = pool.tryAllocate(request);
        }
        return slices;
    }

    @Test
    void theShutterHasItsMemoryWhenAllElseIsTaken() {
        List<Slice> others = takeAll(SliceRequest.of(PAGE));
        assertThat(others).hasSize(48);
        assertThat(pool.availability(PAGE)).isZero();
        assertThat(pool.availability(SHUTTER)).isEqualTo(2);
        List<Slice> shutter = takeAll(SHUTTER);
        assertThat(shutter).hasSize(2);
        assertThat(shutter).allMatch(slice -> slice.offset() >= 48 * PAGE);
        assertThat(budget("shutter").guaranteedFreeBytes()).isZero();
        others.forEach(Slice::close);
        shutter.forEach(Slice::close);
    }

    @Test
    void noTagHasMoreThanItsBudget() {
        List<Slice> preview = takeAll(PREVIEW);
        assertThat(preview).hasSize(3);
        assertThat(pool.availability(PREVIEW)).isZero();
        assertThatThrownBy(() -> pool.allocate(PREVIEW))
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContainingAll(
                        "The budget of this tag is used up",
                        "'preview' uses " + 12 * PAGE + " of at most " + 12 * PAGE,
                        "'shutter' uses 0");
        assertThat(pool.statistics().overBudget()).isEqualTo(2);
        assertThat(pool.statistics().exhausted()).isZero();
        assertThat(observer.calls).anyMatch(call -> call.contains("OVER_BUDGET"));
        List<Slice> shutter = takeAll(SHUTTER);
        assertThat(shutter).hasSize(4);
        assertThat(pool.statistics().overBudget()).isEqualTo(3);
        preview.forEach(Slice::close);
        shutter.forEach(Slice::close);
    }

    @Test
    void whatIsSharedAndWhatRetiresIsTheFirstOwners() {
        Slice first = pool.allocate(PREVIEW);
        Slice further = first.share("shutter");
        first.close();
        assertThat(budget("preview").usedBytes()).isEqualTo(4 * PAGE);
        assertThat(budget("shutter").usedBytes()).isZero();
        Loan loan = further.lend(Direction.READ, "display");
        further.close();
        assertThat(pool.statistics().retiringBytes()).isEqualTo(4 * PAGE);
        assertThat(budget("preview").usedBytes()).isEqualTo(4 * PAGE);
        loan.close();
        assertThat(budget("preview").usedBytes()).isZero();
    }

    @Test
    void whoWaitsForItsBudgetHoldsNobodyUp() {
        List<Slice> preview = takeAll(PREVIEW);
        CompletableFuture<Slice> more = pool.allocateAsync(PREVIEW, Duration.ofSeconds(60), Runnable::run);
        assertThat(pool.waiters()).isEqualTo(1);
        assertThat(pool.statistics().heldBytes()).isZero();
        Slice other = pool.allocate(16 * PAGE);
        other.close();
        assertThat(more).isNotDone();
        preview.remove(0).close();
        await().until(more::isDone);
        more.join().close();
        preview.forEach(Slice::close);
    }

    /** The place that is given back is not where the request waits; only the budget allows more. */
    @Test
    void aPlaceGivenBackElsewhereServesWhoWaitsForTheBudget() {
        List<Slice> kept = List.of(pool.allocate(SHUTTER), pool.allocate(SHUTTER));
        Slice common = pool.allocate(SHUTTER);
        SliceRequest large = SliceRequest.of(20 * PAGE).tag("shutter");
        CompletableFuture<Slice> waiting = pool.allocateAsync(large, Duration.ofSeconds(60), Runnable::run);
        kept.get(0).close();
        assertThat(waiting).isNotDone();
        kept.get(1).close();
        assertThat(waiting).isDone();
        waiting.join().close();
        common.close();
    }

    @Test
    void aNewRequestDoesNotTakeTheBudgetOfOneThatWaits() {
        List<Slice> preview = takeAll(PREVIEW);
        SliceRequest large = SliceRequest.of(8 * PAGE).tag("preview");
        CompletableFuture<Slice> first = pool.allocateAsync(large, Duration.ofSeconds(60), Runnable::run);
        preview.remove(0).close();
        assertThat(pool.tryAllocate(PREVIEW)).isEmpty();
        preview.remove(0).close();
        await().until(first::isDone);
        first.join().close();
        preview.forEach(Slice::close);
    }

    @Test
    void whoWaitsIsServedFromItsOwnOrFromTheCommonRange() {
        List<Slice> others = takeAll(SliceRequest.of(PAGE));
        List<Slice> shutter = takeAll(SHUTTER);
        CompletableFuture<Slice> first = pool.allocateAsync(SHUTTER, Duration.ofSeconds(60), Runnable::run);
        CompletableFuture<Slice> second = pool.allocateAsync(SHUTTER, Duration.ofSeconds(60), Runnable::run);
        others.forEach(Slice::close);
        first.join().close();
        second.join().close();
        shutter.forEach(Slice::close);
    }

    @Test
    void whatCanNeverBeServedIsRefusedWithTheReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.allocate(49 * PAGE))
                .withMessageContainingAll("1 to " + 48 * PAGE, "kept for the budgets of other tags");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool.allocate(SliceRequest.of(13 * PAGE).tag("preview")))
                .withMessageContainingAll("1 to " + 12 * PAGE, "The budget of this tag allows no more");
    }

    @Test
    void metersAndDumpsTellOfBudgets() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Slice slice = pool.allocate(SHUTTER);
                DmaBufPoolMetrics metrics = new DmaBufPoolMetrics(pool)) {
            metrics.bindTo(registry);
            assertThat(gauge(registry, "used")).isEqualTo(slice.length());
            assertThat(gauge(registry, "most")).isEqualTo(32 * PAGE);
            assertThat(gauge(registry, "guaranteed")).isEqualTo(16 * PAGE);
            assertThat(gauge(registry, "guaranteed.free")).isEqualTo(8 * PAGE);
            assertThat(pool.dump())
                    .contains(
                            "{\"tag\": \"shutter\", \"guaranteedBytes\": 65536, \"mostBytes\": 131072, \"usedBytes\": 32768,"
                                    + " \"guaranteedFreeBytes\": 32768}");
        }
    }

    private static double gauge(SimpleMeterRegistry registry, String what) {
        return registry.get("dmabuf.pool.budget." + what)
                .tag("tag", "shutter")
                .gauge()
                .value();
    }

    @Test
    void impossibleBudgetsAreRefused() {
        DmaBufPool.Builder builder =
                DmaBufPool.builder().heap(ModelHeap.coherent()).capacity(CAPACITY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.budget("", 0, 1))
                .withMessageContaining("needs a tag");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DmaBufPool.builder()
                        .heap(ModelHeap.coherent())
                        .capacity(CAPACITY)
                        .budget("raw", Long.MAX_VALUE, Long.MAX_VALUE)
                        .build())
                .withMessageContaining("guaranteed=" + Long.MAX_VALUE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.budget("raw", 2, 1))
                .withMessageContaining("guaranteed=2, most=1");
        for (int i = 0; i < Budget.MOST; i++) {
            builder.budget("tag" + i, CAPACITY / Budget.MOST, CAPACITY);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.budget("one more", 0, 1))
                .withMessageContaining("at most " + Budget.MOST + " budgets");
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining("capacity=" + CAPACITY);
    }
}
