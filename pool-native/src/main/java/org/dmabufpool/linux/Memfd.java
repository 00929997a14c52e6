// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.HeapException;

/** Memory with a file descriptor and no name in any file system (memfd_create(2)), sparse until written. */
final class Memfd {

    /** What a plain memory file is called where a dma-buf names its exporter. */
    static final String EXPORTER = "memfd";

    private static final String CALL = "memfd_create";

    private Memfd() {}

    /**
     * A memory file that cannot shrink: udmabuf asks for that seal, and a mapping of it can never lose its pages.
     *
     * @param label its name in {@code /proc/self/maps}
     * @param bytes its length
     * @throws HeapException if the kernel refuses
     */
    static OwnedFd create(Syscalls syscalls, String label, long bytes) {
        int number = syscalls.memfdCreate(label, LinuxAbi.MFD_CLOEXEC | LinuxAbi.MFD_ALLOW_SEALING);
        if (number < 0) {
            throw Refusal.of(CALL, label, number, Remedy.descriptors(syscalls, number));
        }
        OwnedFd memfd = new OwnedFd(syscalls, "memfd " + label, number);
        try (Rollback rollback = new Rollback()) {
            rollback.add(memfd::close);
            require(syscalls.ftruncate(number, bytes), "ftruncate to " + bytes + " bytes", label);
            require(
                    syscalls.fcntl(number, LinuxAbi.F_ADD_SEALS, LinuxAbi.F_SEAL_SHRINK),
                    "fcntl F_ADD_SEALS F_SEAL_SHRINK",
                    label);
            return rollback.keep(memfd);
        }
    }

    /**
     * Whether a descriptor is of such memory: the kernel knows seals of shared memory files alone, and answers EINVAL for
     * a dma-buf as for any other file (memfd_fcntl in mm/memfd.c).
     */
    static boolean is(Syscalls syscalls, int fd) {
        return syscalls.fcntl(fd, LinuxAbi.F_GET_SEALS, 0) >= 0;
    }

    private static void require(int answer, String call, String label) {
        if (answer < 0) {
            throw Refusal.of(call, "memfd " + label, answer, Remedy.memory(answer));
        }
    }
}
