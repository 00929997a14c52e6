// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import org.dmabufpool.heap.HeapException;

/** Turns a negative answer of {@link Syscalls} into an exception that says what was asked, of whom, and what helps. */
final class Refusal {

    private Refusal() {}

    /**
     * A refusal by a heap or a dma-buf.
     *
     * @param call what was asked, such as {@code DMA_BUF_IOCTL_SYNC}
     * @param device of whom, such as {@code /dev/dma_heap/system}
     * @param answer the negative answer
     * @param remedy a sentence saying what to do
     */
    static HeapException of(String call, String device, long answer, String remedy) {
        return new HeapException(message(call, device, answer, remedy), errno(answer));
    }

    /** The same for a camera. */
    static CameraException ofCamera(String call, String device, long answer, String remedy) {
        return new CameraException(message(call, device, answer, remedy), errno(answer));
    }

    private static String message(String call, String device, long answer, String remedy) {
        return call + " on " + device + " failed with " + Errno.describe(errno(answer)) + ". " + remedy;
    }

    private static int errno(long answer) {
        return (int) -answer;
    }
}
