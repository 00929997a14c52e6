// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.dmabufpool.heap.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ExclusionTest {

    private static final Thread ME = Thread.currentThread();
    private static final int READS = Exclusion.READS;
    private static final int WRITES = Exclusion.WRITES | Exclusion.CLEANS_ALL;

    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private final ExecutorService third = Executors.newSingleThreadExecutor();
    private final Exclusion patient = new Exclusion(TimeUnit.SECONDS.toNanos(50), "of a test");
    private final Exclusion hasty = new Exclusion(0, "of a test");

    @AfterEach
    void stop() {
        other.shutdownNow();
        third.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({
        "READ, READ, true",
        "READ, WRITE, false",
        "READ, READ_WRITE, false",
        "WRITE, READ, false",
        "WRITE, WRITE, true",
        "WRITE, READ_WRITE, false",
        "READ_WRITE, READ, false",
        "READ_WRITE, WRITE, false",
        "READ_WRITE, READ_WRITE, false"
    })
    void readersAndWritersAreApart(Direction inside, Direction coming, boolean together) throws Exception {
        hasty.enter(kind(inside));
        boolean entered = inOther(() -> tryEnter(hasty, kind(coming))).get(50, TimeUnit.SECONDS);
        assertThat(entered).isEqualTo(together);
        hasty.leave(ME, kind(inside));
        assertThat(tryEnter(hasty, kind(coming)))
                .as("a refusal leaves nothing behind")
                .isTrue();
    }

    private static int kind(Direction direction) {
        return (direction.reads() ? READS : 0) | (direction.writes() ? WRITES : 0);
    }

    @Test
    void aThreadThatWouldWaitForItselfIsToldAtOnceHowToOpenBoth() {
        patient.enter(READS);
        assertThat(patient.enter(READS)).isTrue();
        assertThatThrownBy(() -> patient.enter(WRITES))
                .isInstanceOf(AccessBlockedException.class)
                .hasMessageContaining("pool.access(read(a), write(b))");
        assertThatThrownBy(() -> patient.enter(READS | WRITES)).isInstanceOf(AccessBlockedException.class);
        patient.leave(ME, READS);
        patient.leave(ME, READS);
        assertThat(patient.enter(READS | WRITES)).isTrue();
    }

    @Test
    void anotherThreadMayLeaveForTheOneThatEntered() throws Exception {
        hasty.enter(WRITES);
        inOther(() -> {
                    hasty.leave(Thread.currentThread(), WRITES);
                    return true;
                })
                .get(50, TimeUnit.SECONDS);
        assertThat(hasty.enter(READS)).isTrue();
        assertThatThrownBy(() -> hasty.leave(ME, WRITES)).isInstanceOf(IllegalStateException.class);
        hasty.leave(ME, READS);
    }

    @Test
    void aDeviceThatWritesKeepsOutWhatCleansAllAtOnceAndNothingElse() {
        assertThat(patient.lend()).isTrue();
        assertThat(patient.enter(WRITES)).isFalse();
        assertThat(patient.tryEnter(WRITES)).isFalse();
        assertThat(patient.enter(READS)).isTrue();
        patient.leave(ME, READS);
        assertThat(patient.enter(Exclusion.WRITES)).isTrue();
        assertThat(patient.lend()).as("two devices").isTrue();
        patient.leave(ME, Exclusion.WRITES);
        patient.endLoan();
        patient.endLoan();
        assertThat(patient.enter(WRITES)).isTrue();
        assertThat(patient.lend()).isFalse();
    }

    @Test
    void whoCleansAllAfterADeviceWroteIsAloneUntilItHasFetched() throws Exception {
        assertThat(hasty.lend()).isTrue();
        hasty.endLoan();
        assertThat(hasty.enter(READS)).isTrue();
        hasty.leave(ME, READS);
        assertThat(hasty.enter(WRITES)).isTrue();
        assertThat(hasty.mustFetch(WRITES)).as("nobody has read yet").isTrue();
        assertThat(inOther(() -> tryEnter(hasty, WRITES)).get(50, TimeUnit.SECONDS))
                .isFalse();
        hasty.fetched(hasty.devicesDone());
        assertThat(hasty.mustFetch(WRITES)).isFalse();
        assertThat(inOther(() -> tryEnter(hasty, WRITES)).get(50, TimeUnit.SECONDS))
                .isTrue();
        hasty.leave(ME, WRITES);
        assertThat(hasty.enter(WRITES)).isTrue();
        assertThat(hasty.mustFetch(WRITES)).isFalse();
    }

    @Test
    void aFetchThatBeganBeforeADeviceHadDoneIsNotEnough() {
        assertThat(hasty.lend()).isTrue();
        assertThat(hasty.enter(READS)).isTrue();
        long devices = hasty.devicesDone();
        hasty.endLoan();
        hasty.fetched(devices);
        hasty.leave(ME, READS);
        assertThat(hasty.enter(WRITES)).isTrue();
        assertThat(hasty.mustFetch(WRITES)).isTrue();
    }

    @Test
    void aCloseEndsWaits() throws Exception {
        patient.enter(WRITES);
        Future<Boolean> reader = inOther(() -> {
            assertThatThrownBy(() -> patient.enter(READS)).isInstanceOf(IllegalStateException.class);
            return true;
        });
        await().until(() -> patient.waiting() == 1);
        patient.close();
        assertThat(reader.get(50, TimeUnit.SECONDS)).isTrue();
        assertThat(patient.waiting()).isZero();
        patient.leave(ME, WRITES);
    }

    @Test
    void aTimeoutNamesTheDirectionAndWhoIsInside() throws Exception {
        hasty.enter(kind(Direction.WRITE));
        Future<?> refused = inOther(() -> {
            assertThatThrownBy(() -> hasty.enter(kind(Direction.READ)))
                    .isInstanceOf(AccessBlockedException.class)
                    .hasMessageContaining("READ")
                    .hasMessageContaining(ME.getName() + " (WRITE)")
                    .hasMessageContaining("waited 0 ms without success");
            return true;
        });
        refused.get(50, TimeUnit.SECONDS);
    }

    @Test
    void aWaiterEntersWhenTheOtherLeaves() throws Exception {
        patient.enter(kind(Direction.WRITE));
        Future<Boolean> reader = inOther(() -> tryEnter(patient, READS));
        await().until(() -> patient.waiting() == 1);
        patient.leave(ME, kind(Direction.WRITE));
        assertThat(reader.get(50, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aNewReaderDoesNotOvertakeAWaitingWriter() throws Exception {
        patient.enter(kind(Direction.READ));
        Future<Boolean> writer = inOther(() -> enterAndLeave(Direction.WRITE));
        await().until(() -> patient.waiting() == 1);
        Future<Boolean> reader = third.submit(() -> enterAndLeave(Direction.READ));
        await().until(() -> patient.waiting() == 2);
        patient.enter(kind(Direction.READ));
        patient.leave(ME, kind(Direction.READ));
        assertThat(reader.isDone()).as("waits behind the writer").isFalse();
        patient.leave(ME, kind(Direction.READ));
        assertThat(writer.get(50, TimeUnit.SECONDS)).isTrue();
        assertThat(reader.get(50, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void twoReadersThatBothWantToWriteAreBothToldInsteadOfWaitingWithoutEnd() throws Exception {
        patient.enter(READS);
        Future<Boolean> upgrade = inOther(() -> {
            patient.enter(READS);
            assertThatThrownBy(() -> patient.enter(WRITES)).isInstanceOf(AccessBlockedException.class);
            patient.leave(Thread.currentThread(), READS);
            return true;
        });
        assertThatThrownBy(() -> patient.enter(WRITES)).isInstanceOf(AccessBlockedException.class);
        assertThat(upgrade.get(50, TimeUnit.SECONDS)).isTrue();
        patient.leave(ME, READS);
        assertThat(enterAndLeave(Direction.WRITE)).isTrue();
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws Exception {
        patient.enter(kind(Direction.WRITE));
        Future<Boolean> interrupted = inOther(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> patient.enter(kind(Direction.READ)))
                    .isInstanceOf(AccessBlockedException.class)
                    .hasMessageContaining("interrupted");
            return Thread.interrupted();
        });
        assertThat(interrupted.get(50, TimeUnit.SECONDS)).isTrue();
        assertThat(patient.waiting()).isZero();
    }

    private Future<Boolean> inOther(Callable<Boolean> task) {
        return other.submit(task);
    }

    private boolean enterAndLeave(Direction direction) {
        patient.enter(kind(direction));
        patient.leave(Thread.currentThread(), kind(direction));
        return true;
    }

    private static boolean tryEnter(Exclusion exclusion, int kind) {
        try {
            return exclusion.enter(kind);
        } catch (AccessBlockedException e) {
            return false;
        }
    }
}
