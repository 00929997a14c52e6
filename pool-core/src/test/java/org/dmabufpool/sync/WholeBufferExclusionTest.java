// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
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
class WholeBufferExclusionTest {

    private static final Thread ME = Thread.currentThread();

    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private final ExecutorService third = Executors.newSingleThreadExecutor();
    private final WholeBufferExclusion patient = new WholeBufferExclusion(Duration.ofSeconds(50), "of a test");
    private final WholeBufferExclusion hasty = new WholeBufferExclusion(Duration.ZERO, "of a test");

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
    void readersAndWritersOfDifferentThreadsAreApart(Direction inside, Direction coming, boolean together)
            throws Exception {
        hasty.enter(ME, inside);
        boolean entered = inOther(() -> tryEnter(hasty, coming)).get(50, TimeUnit.SECONDS);
        assertThat(entered).isEqualTo(together);
        hasty.leave(ME, inside);
        assertThat(tryEnter(hasty, coming))
                .as("a refusal leaves nothing behind")
                .isTrue();
    }

    @Test
    void aThreadNeverExcludesItself() {
        assertThat(hasty.enter(ME, Direction.READ)).isFalse();
        assertThat(hasty.enter(ME, Direction.WRITE)).isFalse();
        assertThat(hasty.enter(ME, Direction.READ_WRITE)).isTrue();
        assertThat(hasty.writes(ME)).isTrue();
        hasty.leave(ME, Direction.READ_WRITE);
        hasty.leave(ME, Direction.WRITE);
        assertThat(hasty.writes(ME)).isFalse();
        hasty.leave(ME, Direction.READ);
    }

    @Test
    void aTimeoutNamesTheDirectionAndWhoIsInside() throws Exception {
        hasty.enter(ME, Direction.WRITE);
        Future<?> refused = inOther(() -> {
            assertThatThrownBy(() -> hasty.enter(Thread.currentThread(), Direction.READ))
                    .isInstanceOf(AccessBlockedException.class)
                    .hasMessageContaining("READ")
                    .hasMessageContaining(ME.getName() + " (0 reading, 1 writing)")
                    .hasMessageContaining("waited 0 ms in vain");
            return true;
        });
        refused.get(50, TimeUnit.SECONDS);
    }

    @Test
    void aWaiterEntersWhenTheOtherLeaves() throws Exception {
        patient.enter(ME, Direction.WRITE);
        Future<Boolean> reader = inOther(() -> tryEnter(patient, Direction.READ));
        await().until(() -> patient.waiting() == 1);
        patient.leave(ME, Direction.WRITE);
        assertThat(reader.get(50, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aNewReaderDoesNotOvertakeAWaitingWriter() throws Exception {
        patient.enter(ME, Direction.READ);
        Future<Boolean> writer = inOther(() -> enterAndLeave(Direction.WRITE));
        await().until(() -> patient.waiting() == 1);
        Future<Boolean> reader = third.submit(() -> enterAndLeave(Direction.READ));
        await().until(() -> patient.waiting() == 2);
        patient.enter(ME, Direction.READ);
        patient.leave(ME, Direction.READ);
        assertThat(reader.isDone()).as("waits behind the writer").isFalse();
        patient.leave(ME, Direction.READ);
        assertThat(writer.get(50, TimeUnit.SECONDS)).isTrue();
        assertThat(reader.get(50, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void twoReadersThatBothWantToWriteAreToldInsteadOfWaitingForEver() throws Exception {
        patient.enter(ME, Direction.READ);
        Future<Boolean> upgrade = inOther(() -> {
            patient.enter(Thread.currentThread(), Direction.READ);
            return enterAndLeave(Direction.WRITE);
        });
        await().until(() -> patient.waiting() == 1);
        assertThatThrownBy(() -> patient.enter(ME, Direction.WRITE))
                .isInstanceOf(AccessBlockedException.class)
                .hasMessageContaining("for ever");
        patient.leave(ME, Direction.READ);
        assertThat(upgrade.get(50, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws Exception {
        patient.enter(ME, Direction.WRITE);
        Future<Boolean> interrupted = inOther(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> patient.enter(Thread.currentThread(), Direction.READ))
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
        patient.enter(Thread.currentThread(), direction);
        patient.leave(Thread.currentThread(), direction);
        return true;
    }

    private static boolean tryEnter(WholeBufferExclusion exclusion, Direction direction) {
        try {
            exclusion.enter(Thread.currentThread(), direction);
            return true;
        } catch (AccessBlockedException e) {
            return false;
        }
    }
}
