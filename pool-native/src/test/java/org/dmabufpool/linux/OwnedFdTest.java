// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabufpool.heap.HeapException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OwnedFdTest {

    private final List<Integer> closed = new ArrayList<>();
    private final Syscalls syscalls = new ForwardingSyscalls() {
        @Override
        public int close(int fd) {
            closed.add(fd);
            return 0;
        }
    };

    @Test
    void itIsClosedOnce() {
        OwnedFd fd = new OwnedFd(syscalls, "test", 77);
        fd.close();
        fd.close();
        assertThat(closed).containsExactly(77);
    }

    @Test
    void theLastCallOutClosesIt() {
        OwnedFd fd = new OwnedFd(syscalls, "test", 77);
        fd.use();
        fd.use();
        fd.close();
        fd.done();
        assertThat(closed).isEmpty();
        fd.done();
        assertThat(closed).containsExactly(77);
    }

    @Test
    void onceClosedItCannotBeUsed() {
        OwnedFd fd = new OwnedFd(syscalls, "window 3", 77);
        fd.close();
        assertThatThrownBy(fd::use).isInstanceOf(IllegalStateException.class).hasMessage("window 3 (fd 77) is closed");
    }

    @Test
    void aDescriptorClosedBehindOurBackIsReported() {
        OwnedFd memfd = Memfd.create(Libc.INSTANCE, "stolen", 4096);
        Libc.INSTANCE.close(memfd.number());
        assertThatThrownBy(memfd::close)
                .isInstanceOf(HeapException.class)
                .hasMessageContaining("close")
                .hasMessageContaining("EBADF");
    }

    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"EINTR", "EIO", "ENOSPC"})
    void anAnswerAboutTheFileIsNoFailureAsTheDescriptorIsGone(Errno answer) {
        FaultingSyscalls refusing = new FaultingSyscalls();
        List<String> before = Footprint.descriptors();
        OwnedFd memfd = Memfd.create(refusing, "interrupted", 4096);
        refusing.failCall(1, answer);
        memfd.close();
        assertThat(refusing.struck()).isTrue();
        assertThat(Footprint.descriptors()).isEqualTo(before);
    }

    @Test
    void noCallRunsOnAClosedDescriptorWhateverTheOrder() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            AtomicBoolean isClosed = new AtomicBoolean();
            AtomicInteger closes = new AtomicInteger();
            AtomicInteger violations = new AtomicInteger();
            OwnedFd fd = new OwnedFd(
                    new ForwardingSyscalls() {
                        @Override
                        public int close(int number) {
                            isClosed.set(true);
                            return closes.incrementAndGet();
                        }
                    },
                    "raced",
                    77);
            race(fd, isClosed, violations);
            assertThat(violations).hasValue(0);
            assertThat(closes).hasValue(1);
        }
    }

    private static void race(OwnedFd fd, AtomicBoolean isClosed, AtomicInteger violations) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        CountDownLatch go = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            threads.execute(() -> useUntilClosed(fd, go, isClosed, violations));
        }
        threads.execute(() -> {
            await(go);
            fd.close();
        });
        go.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    private static void useUntilClosed(
            OwnedFd fd, CountDownLatch go, AtomicBoolean isClosed, AtomicInteger violations) {
        await(go);
        try {
            while (true) {
                fd.use();
                if (isClosed.get()) {
                    violations.incrementAndGet();
                }
                fd.done();
            }
        } catch (IllegalStateException closedNow) {
            assertThat(closedNow).hasMessageContaining("is closed");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
