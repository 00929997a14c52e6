// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LibcTest {

    private static final Libc LIBC = Libc.INSTANCE;
    private static final int NO_FD = -1;

    @Test
    void aFailureIsTheNegativeErrorNumber() {
        assertThat(Errno.ENOENT.is(LIBC.open("/dev/no-such-device", LinuxAbi.O_RDONLY)))
                .isTrue();
        assertThat(Errno.EBADF.is(LIBC.close(NO_FD))).isTrue();
        assertThat(Errno.EBADF.is(LIBC.ioctl(NO_FD, DmaBufIoctl.SYNC, 0))).isTrue();
        assertThat(Errno.EBADF.is(LIBC.fcntl(NO_FD, LinuxAbi.F_GETFD, 0))).isTrue();
        assertThat(Errno.EBADF.is(LIBC.ftruncate(NO_FD, 1))).isTrue();
        assertThat(Errno.EBADF.is(LIBC.lseek(NO_FD, 0, LinuxAbi.SEEK_END))).isTrue();
        assertThat(Errno.EBADF.is(LIBC.mmap(0, 1, LinuxAbi.PROT_READ, LinuxAbi.MAP_SHARED, NO_FD, 0)))
                .isTrue();
        assertThat(Errno.EINVAL.is(LIBC.munmap(1, 1))).isTrue();
        assertThat(Errno.EINVAL.is(LIBC.memfdCreate("x", -1))).isTrue();
        assertThat(Errno.EFAULT.is(LIBC.poll(1, 1, 0))).isTrue();
    }

    @Test
    void aMemfdIsNoDmaBuf() {
        try (OwnedFd memfd = Memfd.create(LIBC, "no-dma-buf", 4096)) {
            int answer = LIBC.ioctl(
                    memfd.number(), DmaBufIoctl.SYNC, Scratch.cleared(8).address());
            assertThat(Errno.ENOTTY.is(answer)).isTrue();
        }
    }

    @Test
    void whatIsOpenedIsClosedWhenAnotherProgramStarts() throws Exception {
        int fd = LIBC.open("/dev/null", LinuxAbi.O_RDONLY);
        try {
            String flags = ProcFiles.valueAfter(LIBC.readText("/proc/self/fdinfo/" + fd), "flags:");
            assertThat(Integer.parseInt(flags, 8) & LinuxAbi.O_CLOEXEC).isEqualTo(LinuxAbi.O_CLOEXEC);
        } finally {
            LIBC.close(fd);
        }
    }

    @Test
    void directoriesThatAreNotThereAreEmpty() {
        assertThat(LIBC.list("/no/such/directory")).isEmpty();
        assertThat(LIBC.list("/proc/self/cmdline")).isEmpty();
        assertThat(LIBC.list("/proc/self")).isSorted().contains("fd", "maps");
    }

    @Test
    void everyThreadHasAScratchOfItsOwn() throws InterruptedException {
        long[] addresses = new long[2];
        Thread other = new Thread(() -> addresses[1] = Scratch.asLeft().address());
        addresses[0] = Scratch.asLeft().address();
        other.start();
        other.join();
        assertThat(addresses[0])
                .isNotEqualTo(addresses[1])
                .isEqualTo(Scratch.asLeft().address());
    }

    @Test
    void aTextThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> LIBC.open("x".repeat(Scratch.BYTES), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4096 bytes");
        assertThat(Scratch.holding("x".repeat(Scratch.BYTES - 1)).getText(0, Scratch.BYTES))
                .hasSize(Scratch.BYTES - 1);
    }

    @Test
    void errorNumbersAreUniqueAndHaveNames() {
        Set<Integer> numbers = Arrays.stream(Errno.values()).map(Errno::number).collect(Collectors.toSet());
        assertThat(numbers).hasSize(Errno.values().length);
        assertThat(Errno.describe(13)).isEqualTo("EACCES (permission denied)");
        assertThat(Errno.describe(133)).isEqualTo("errno 133");
    }
}
