// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The lab's kernel module as tests see it. All refusals are {@link AssertionError}s. */
final class LabModule {

    /** Which of the module's exporters. */
    enum Exporter {
        /** Syncs ranges. */
        RANGED("dmabuf_pool_lab"),
        /** Has no partial op: a partial sync answers 0 and does nothing. */
        SILENT("dmabuf_pool_silent");

        private final String kernelName;

        Exporter(String kernelName) {
            this.kernelName = kernelName;
        }

        /** As {@code exp_name} has it. */
        String kernelName() {
            return kernelName;
        }
    }

    private static final String NAME = "dmabuf_pool_lab";

    /** Numbers of x86-64 (arch/x86/entry/syscalls/syscall_64.tbl). */
    private static final long DELETE_MODULE = 176;

    private static final long FINIT_MODULE = 313;

    private static final Syscalls SYSCALLS = Libc.INSTANCE;

    private LabModule() {}

    /** A new dma-buf; gives its descriptor, which the caller closes. */
    static int allocate(long size, Exporter exporter) {
        int answer = tryAllocate(size, exporter.ordinal());
        return required("allocate " + size + " bytes", answer);
    }

    /** The descriptor, or the kernel's negative answer. */
    static int tryAllocate(long size, int mode) {
        try (OwnedFd node = open(LabModuleLayout.EXPORTER_NODE)) {
            Scratch alloc = Scratch.cleared(LabModuleLayout.ALLOC_BYTES)
                    .putLong(LabModuleLayout.ALLOC_SIZE, size)
                    .putInt(LabModuleLayout.ALLOC_MODE, mode);
            int answer = SYSCALLS.ioctl(node.number(), LabModuleLayout.ALLOC, alloc.address());
            return answer < 0 ? answer : alloc.getInt(LabModuleLayout.ALLOC_FD);
        }
    }

    /** What was synced since the last call for this dma-buf. */
    static LabCounters takeCounters(int fd) {
        try (OwnedFd node = open(LabModuleLayout.EXPORTER_NODE)) {
            Scratch counters = Scratch.cleared(LabModuleLayout.COUNTERS_BYTES)
                    .putInt(LabModuleLayout.COUNTERS_FD, fd)
                    .putInt(LabModuleLayout.COUNTERS_RESET, 1);
            long address = counters.address();
            required("read counters", SYSCALLS.ioctl(node.number(), LabModuleLayout.COUNTERS, address));
            return LabCounters.of(counters);
        }
    }

    /** Opens a device node of the module. */
    static OwnedFd open(String node) {
        return new OwnedFd(SYSCALLS, node, required("open " + node, SYSCALLS.open(node, LinuxAbi.O_RDWR)));
    }

    /** The answer, unless it is a refusal. */
    static int required(String what, int answer) {
        if (answer < 0) {
            throw new AssertionError("the kernel refuses to " + what + ": " + Errno.describe(-answer));
        }
        return answer;
    }

    /** Takes the module out of the kernel, as rmmod does; gives the kernel's answer. */
    static int unload() {
        return answer(C.syscall(DELETE_MODULE, Scratch.holding(NAME).address(), LinuxAbi.O_NONBLOCK, 0));
    }

    /** Puts the module into the kernel, as insmod does; gives the kernel's answer. */
    static int load() throws IOException {
        int file = required("open the module", SYSCALLS.open(moduleFile(), LinuxAbi.O_RDONLY));
        try {
            return answer(C.syscall(FINIT_MODULE, file, Scratch.holding("").address(), 0));
        } finally {
            SYSCALLS.close(file);
        }
    }

    /** The lab leaves the list of the modules it loads in its folder of results. */
    private static String moduleFile() throws IOException {
        Path list = Path.of(System.getProperty("lab.results"), "guest", "modules");
        try (Stream<String> lines = Files.lines(list)) {
            return lines.filter(line -> line.endsWith("/" + NAME + ".ko"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(list + " has no " + NAME + ".ko"));
        }
    }

    private static int answer(long result) {
        return result == -1 ? -Native.getLastError() : (int) result;
    }

    /** The system calls that the library itself has no use for. */
    private static final class C {

        static {
            Native.register(C.class, "c");
        }

        private C() {}

        static native long syscall(long number, long first, long second, long third);
    }
}
