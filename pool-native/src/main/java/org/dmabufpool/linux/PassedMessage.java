// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * A message that passes a part of a buffer on, as it came: descriptors, and what the sender says of them. Whoever receives
 * one must close the descriptors.
 *
 * @param bytes of the packet; 0 where the peer has closed its end
 * @param fds the descriptors, which are this process's now
 */
record PassedMessage(long bytes, int flags, int magic, int version, long offset, long length, List<Integer> fds) {

    /** Writes a message to send. */
    static Scratch toSend(long offset, long length, int... fds) {
        Scratch message = header(UnixSocketLayout.space(fds.length))
                .putInt(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_MAGIC, UnixSocketLayout.MAGIC)
                .putInt(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_VERSION, UnixSocketLayout.VERSION)
                .putLong(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_OFFSET, offset)
                .putLong(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_LENGTH, length)
                .putLong(
                        UnixSocketLayout.CONTROL + UnixSocketLayout.CONTROL_LENGTH,
                        UnixSocketLayout.CONTROL_DATA + (long) fds.length * Integer.BYTES)
                .putInt(UnixSocketLayout.CONTROL + UnixSocketLayout.CONTROL_LEVEL, UnixSocketLayout.SOL_SOCKET)
                .putInt(UnixSocketLayout.CONTROL + UnixSocketLayout.CONTROL_TYPE, UnixSocketLayout.SCM_RIGHTS);
        for (int i = 0; i < fds.length; i++) {
            message.putInt(UnixSocketLayout.CONTROL + UnixSocketLayout.CONTROL_DATA + i * Integer.BYTES, fds[i]);
        }
        return message;
    }

    /** Makes room for a message with as many descriptors as one can have. */
    static Scratch toReceive() {
        return header(UnixSocketLayout.CONTROL_BYTES);
    }

    private static Scratch header(int controlBytes) {
        Scratch message = Scratch.cleared(UnixSocketLayout.CONTROL + UnixSocketLayout.CONTROL_BYTES);
        return message.putLong(UnixSocketLayout.MESSAGE_IOVEC, message.address() + UnixSocketLayout.IOVEC)
                .putLong(UnixSocketLayout.MESSAGE_IOVEC_COUNT, 1)
                .putLong(UnixSocketLayout.MESSAGE_CONTROL, message.address() + UnixSocketLayout.CONTROL)
                .putLong(UnixSocketLayout.MESSAGE_CONTROL_BYTES, controlBytes)
                .putLong(
                        UnixSocketLayout.IOVEC + UnixSocketLayout.IOVEC_BASE,
                        message.address() + UnixSocketLayout.PACKET)
                .putLong(UnixSocketLayout.IOVEC + UnixSocketLayout.IOVEC_LENGTH, UnixSocketLayout.PACKET_BYTES);
    }

    /** Reads what the kernel has put where {@link #toReceive} made room. */
    static PassedMessage received(Scratch message, long bytes) {
        return new PassedMessage(
                bytes,
                message.getInt(UnixSocketLayout.MESSAGE_FLAGS),
                message.getInt(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_MAGIC),
                message.getInt(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_VERSION),
                message.getLong(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_OFFSET),
                message.getLong(UnixSocketLayout.PACKET + UnixSocketLayout.PACKET_LENGTH),
                descriptors(message));
    }

    private static List<Integer> descriptors(Scratch message) {
        List<Integer> fds = new ArrayList<>();
        int end = UnixSocketLayout.CONTROL + (int) message.getLong(UnixSocketLayout.MESSAGE_CONTROL_BYTES);
        int at = UnixSocketLayout.CONTROL;
        while (at + UnixSocketLayout.CONTROL_DATA <= end) {
            int length = (int) message.getLong(at + UnixSocketLayout.CONTROL_LENGTH);
            if (message.getInt(at + UnixSocketLayout.CONTROL_LEVEL) == UnixSocketLayout.SOL_SOCKET
                    && message.getInt(at + UnixSocketLayout.CONTROL_TYPE) == UnixSocketLayout.SCM_RIGHTS) {
                int dataEnd = at + length;
                for (int fd = at + UnixSocketLayout.CONTROL_DATA; fd < dataEnd; fd += Integer.BYTES) {
                    fds.add(message.getInt(fd));
                }
            }
            at += Math.max(UnixSocketLayout.CONTROL_DATA, UnixSocketLayout.aligned(length));
        }
        return fds;
    }
}
