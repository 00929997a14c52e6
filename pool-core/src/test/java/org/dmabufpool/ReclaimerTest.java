// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.dmabufpool.alloc.AllocatorLayout;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.DmaBuf;
import org.dmabufpool.heap.HeapException;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.model.ModelHeap;
import org.dmabufpool.sync.SyncPlanner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A place whose give-back fails, and is tried again by another thread before the first one is done with it. */
class ReclaimerTest {

    private static final long CAPACITY = 1 << 20;
    private static final long GRANULE = 4096;

    private final DmaBuf buffer =
            refusingBuffer(ModelHeap.supporting(SyncWay.PARTIAL).allocate(CAPACITY));
    private final OffsetAllocator real =
            AllocatorLayout.of(CAPACITY, GRANULE, GRANULE).createShared();
    private int refusals;
    private boolean refusesToClean;
    private int freed;
    private final PoolCore core = core();
    private Reclaimer reclaimer = new Reclaimer(core, () -> {});

    private PoolCore core() {
        PoolObservers observers = new PoolObservers(List.of());
        SyncPlanner planner =
                SyncPlanner.choose(buffer, null, Duration.ofSeconds(1), false, observers.ofSync("reclaimed"));
        return new PoolCore("reclaimed", buffer, planner, refusingAllocator(), observers, false, TraceWriter.NONE);
    }

    /** Runs out of memory in so many calls of free. */
    private OffsetAllocator refusingAllocator() {
        return proxy(OffsetAllocator.class, real, method -> {
            if (method.equals("free") && refusals-- > 0) {
                throw new OutOfMemoryError("injected");
            }
            freed += method.equals("free") ? 1 : 0;
        });
    }

    private DmaBuf refusingBuffer(DmaBuf inner) {
        return proxy(DmaBuf.class, inner, method -> {
            if (method.equals("syncRange") && refusesToClean) {
                throw new HeapException("injected", HeapException.NO_ERRNO);
            }
        });
    }

    private static <T> T proxy(Class<T> type, T inner, Consumer<String> before) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    before.accept(method.getName());
                    try {
                        return method.invoke(inner, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @AfterEach
    void close() {
        buffer.close();
    }

    /** A place that its last owner has closed. */
    private long unusedPlace() {
        long place = real.allocate(GRANULE, GRANULE);
        long handle = core.ledger.open(place, "closed", 0);
        core.ledger.confirm(place);
        assertThat(SliceLedger.isUnused(core.ledger.close(handle))).isTrue();
        return place;
    }

    @Test
    void aPlaceThatIsGivenBackByAnotherThreadMeanwhileIsNotHeldAgain() {
        reclaimer = new Reclaimer(core, () -> reclaimer.tryKept());
        long place = unusedPlace();
        refusals = 1;
        assertThatThrownBy(() -> reclaimer.giveBack(place)).isInstanceOf(OutOfMemoryError.class);
        assertThat(freed).isEqualTo(1);
        assertThat(real.totals().usedBytes()).isZero();

        long next = core.ledger.open(real.allocate(GRANULE, GRANULE), "next", 0);
        core.ledger.confirm(core.ledger.place(next));
        reclaimer.tryKept();
        assertThat(core.ledger.isLiveOwner(next)).isTrue();
        assertThat(reclaimer.hasKept()).isFalse();
        assertThat(freed).isEqualTo(1);
    }

    /** One that is quarantined is not tried again; the others must be. */
    @Test
    void placesThatAreKeptAreNotForgottenWhenOneOfThemFailsInAnUnforeseenWay() {
        long first = unusedPlace();
        long second = unusedPlace();
        core.ledger.keep(first, SlotWord.UNFINISHED);
        refusals = 1;
        assertThatThrownBy(() -> reclaimer.giveBack(second)).isInstanceOf(OutOfMemoryError.class);
        core.ledger.markUnclean(first);
        refusesToClean = true;
        Logger log = Logger.getLogger(Reclaimer.class.getName());
        Handler broken = new BrokenHandler();
        log.addHandler(broken);
        try {
            assertThatThrownBy(reclaimer::tryKept).isInstanceOf(StackOverflowError.class);
        } finally {
            log.removeHandler(broken);
        }
        assertThat(SlotWord.whyHeld(core.ledger.state(first))).isEqualTo(SlotWord.QUARANTINED);
        assertThat(freed).isZero();
        assertThat(reclaimer.hasKept()).isTrue();
        assertThat(reclaimer.tryKept()).isFalse();
        assertThat(freed).isEqualTo(1);
    }

    private static final class BrokenHandler extends Handler {
        @Override
        public void publish(LogRecord event) {
            throw new StackOverflowError("injected");
        }

        @Override
        public void flush() {
            // Keeps nothing.
        }

        @Override
        public void close() {
            // Has nothing open.
        }
    }

    @Test
    void aPlaceThatCouldNotBeFreedIsFreedLater() {
        long place = unusedPlace();
        refusals = 2;
        assertThatThrownBy(() -> reclaimer.giveBack(place)).isInstanceOf(OutOfMemoryError.class);
        assertThat(reclaimer.hasKept()).isTrue();
        assertThatThrownBy(reclaimer::tryKept).isInstanceOf(OutOfMemoryError.class);
        assertThat(reclaimer.hasKept()).isTrue();
        assertThat(reclaimer.tryKept()).isFalse();
        assertThat(freed).isEqualTo(1);
        assertThat(real.totals().usedBytes()).isZero();
    }
}
