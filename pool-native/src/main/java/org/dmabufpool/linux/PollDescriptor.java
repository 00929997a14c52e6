// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * What poll(2) takes and fills (include/uapi/asm-generic/poll.h).
 *
 * <pre>
 *  struct pollfd, 8 bytes
 *    0 +-----------------+
 *      | s32 fd          |
 *    4 +--------+--------+
 *      | s16    | s16    |
 *      | events | revents|
 *    8 +--------+--------+
 * </pre>
 */
final class PollDescriptor {

    /** Size of {@code struct pollfd} in bytes. */
    static final int BYTES = 8;

    /** Where it has the descriptor. */
    static final int FD = 0;

    /** Where it has the events waited for. */
    static final int EVENTS = 4;

    /** Where the kernel puts the events that came; it adds {@link LinuxAbi#POLLERR} and others unasked. */
    static final int REVENTS = 6;

    private PollDescriptor() {}

    /**
     * Waits for one descriptor.
     *
     * @param timeoutMillis 0 or above
     * @return the events that came, or a negative {@link Errno}; 0 when the time is over
     */
    static int poll(Syscalls syscalls, int fd, short events, int timeoutMillis) {
        Scratch waiting = Scratch.cleared(BYTES).putInt(FD, fd).putShort(EVENTS, events);
        int answer = syscalls.poll(waiting.address(), 1, timeoutMillis);
        return answer > 0 ? waiting.getShort(REVENTS) : answer;
    }
}
