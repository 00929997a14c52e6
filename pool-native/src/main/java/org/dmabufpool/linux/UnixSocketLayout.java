// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Unix sockets that pass descriptors, on 64-bit Linux (include/linux/socket.h, include/uapi/linux/un.h, unix(7)).
 *
 * <pre>
 *  struct sockaddr_un, 110 bytes       struct msghdr, 56 bytes            struct iovec, 16 bytes
 *    0 u16 sun_family                    0 msg_name     8 u32 namelen       0 base     8 length
 *    2 sun_path, 108 characters         16 msg_iov     24 msg_iovlen
 *                                       32 msg_control 40 msg_controllen  struct cmsghdr, 16 bytes
 *                                       48 u32 msg_flags                    0 cmsg_len, the header's 16 bytes included
 *                                                                           8 s32 level   12 s32 type
 *                                                                          16 data; the next header at a multiple of 8
 *
 *  What stands in a Scratch for one message:
 *    0 msghdr   56 iovec   72 the packet, a message of this library   128 control data
 *
 *  The packet, 24 bytes, in the machine's byte order as both ends run on it:
 *    0 u32 magic "DBUF"   4 u32 version   8 s64 offset   16 s64 length
 * </pre>
 */
final class UnixSocketLayout {

    static final int AF_UNIX = 1;
    /** Connected, in order, and one message at a time. */
    static final int SOCK_SEQPACKET = 5;

    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SCM_RIGHTS = 1;
    /** The control data did not fit, or the process is out of descriptors: some are lost. */
    static final int MSG_CTRUNC = 0x8;

    static final int MSG_TRUNC = 0x20;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;

    /** SCM_MAX_FD: the most descriptors that a message has. */
    static final int MOST_FDS = 253;

    static final int ADDRESS_BYTES = 110;
    static final int ADDRESS_FAMILY = 0;
    static final int ADDRESS_PATH = 2;
    /** The last character is the 0 that ends the path. */
    static final int LONGEST_PATH = 107;

    static final int MESSAGE_IOVEC = 16;
    static final int MESSAGE_IOVEC_COUNT = 24;
    static final int MESSAGE_CONTROL = 32;
    static final int MESSAGE_CONTROL_BYTES = 40;
    static final int MESSAGE_FLAGS = 48;

    static final int IOVEC = 56;
    static final int IOVEC_BASE = 0;
    static final int IOVEC_LENGTH = 8;

    static final int PACKET = 72;
    static final int PACKET_BYTES = 24;
    static final int PACKET_MAGIC = 0;
    static final int PACKET_VERSION = 4;
    static final int PACKET_OFFSET = 8;
    static final int PACKET_LENGTH = 16;
    static final int MAGIC = 'D' | 'B' << 8 | 'U' << 16 | 'F' << 24;
    static final int VERSION = 1;

    static final int CONTROL = 128;
    static final int CONTROL_LENGTH = 0;
    static final int CONTROL_LEVEL = 8;
    static final int CONTROL_TYPE = 12;
    static final int CONTROL_DATA = 16;
    static final int CONTROL_BYTES = space(MOST_FDS);

    private UnixSocketLayout() {}

    /** What control data with so many descriptors take, CMSG_SPACE. */
    static int space(int fds) {
        return aligned(CONTROL_DATA + fds * Integer.BYTES);
    }

    /** Where the next header may begin, CMSG_ALIGN. */
    static int aligned(int bytes) {
        return (bytes + Long.BYTES - 1) & -Long.BYTES;
    }

    /**
     * Writes a path as a socket's address.
     *
     * @throws IllegalArgumentException if it is empty or does not fit
     */
    static Scratch address(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > LONGEST_PATH) {
            throw new IllegalArgumentException("the path of a socket has 1 to " + LONGEST_PATH + " bytes, and '" + path
                    + "' has " + name.length + ": take a shorter one");
        }
        Scratch address = Scratch.cleared(ADDRESS_BYTES).putShort(ADDRESS_FAMILY, (short) AF_UNIX);
        ByteBuffer bytes = address.lent(ADDRESS_BYTES);
        for (int i = 0; i < name.length; i++) {
            bytes.put(ADDRESS_PATH + i, name[i]);
        }
        return address;
    }
}
