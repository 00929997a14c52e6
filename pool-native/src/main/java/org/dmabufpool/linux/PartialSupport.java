// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.SyncSupport;
import org.dmabufpool.heap.SyncWay;

/**
 * Whether {@code DMA_BUF_IOCTL_SYNC_PARTIAL} may be relied on for a dma-buf.
 *
 * <p>The kernel answers ENOTTY where it does not know the call. Where it knows it and the exporter has no operation
 * behind it, it does nothing and answers 0; so an answer is necessary and proves nothing, and the exporter must be one
 * that the user trusts or a self-test has seen at work.
 */
final class PartialSupport {

    /** A length that is whole cache lines on every machine and never 0, which some kernels refuse. */
    private static final int PROBE_BYTES = 128;

    private PartialSupport() {}

    /** Whether the kernel knows the call on this descriptor. Touches no cache line. */
    static boolean answers(Syscalls syscalls, int fd) {
        Scratch probe = Scratch.cleared(DmaBufIoctl.SYNC_PARTIAL_BYTES)
                .putLong(DmaBufIoctl.FLAGS, DmaBufIoctl.INVALID_FLAG)
                .putInt(DmaBufIoctl.PARTIAL_LENGTH, PROBE_BYTES);
        return !Errno.ENOTTY.is(syscalls.ioctl(fd, DmaBufIoctl.SYNC_PARTIAL, probe.address()));
    }

    /** The decision for a dma-buf, with its reason. */
    static SyncSupport decide(Syscalls syscalls, int fd, String exporter, RangeSettings settings) {
        if (!answers(syscalls, fd)) {
            return no("this kernel answers ENOTTY to DMA_BUF_IOCTL_SYNC_PARTIAL");
        }
        if (settings.trusted().contains(exporter)) {
            return SyncSupport.yes(
                    SyncWay.PARTIAL, "the kernel answers and exporter \"" + exporter + "\" is trusted by setting");
        }
        RangeSyncProof proof = settings.partialProof();
        return proof == null || !proof.exporter().equals(exporter)
                ? no("the kernel answers, which proves nothing for exporter \"" + exporter
                        + "\": name it with trustPartialSync if it does sync ranges, or let a SyncSelfTest see it")
                : bySelfTest(proof);
    }

    /** What a self-test of the exporter says of any way. */
    static SyncSupport bySelfTest(RangeSyncProof proof) {
        String reason =
                "a self-test of exporter \"" + proof.exporter() + "\" says " + proof.verdict() + ": " + proof.reason();
        return new SyncSupport(proof.way(), proof.verdict() == RangeSyncProof.Verdict.PROVEN, reason);
    }

    private static SyncSupport no(String reason) {
        return SyncSupport.no(SyncWay.PARTIAL, reason);
    }
}
