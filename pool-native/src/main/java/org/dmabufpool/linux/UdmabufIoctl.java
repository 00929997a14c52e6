// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * What {@code /dev/udmabuf} understands (include/uapi/linux/udmabuf.h).
 *
 * <pre>
 *  struct udmabuf_create, 24 bytes
 *    0 +-----------+------------+
 *      | u32 memfd | u32 flags  |  memfd: sealed against shrinking; flags: CLOEXEC = 1
 *    8 +-----------+------------+
 *      | u64 offset             |  into the memfd, whole pages
 *   16 +------------------------+
 *      | u64 size               |  whole pages
 *   24 +------------------------+
 *  the answer is the new dma-buf's file descriptor
 * </pre>
 */
final class UdmabufIoctl {

    /** The device. */
    static final String DEVICE = "/dev/udmabuf";

    /** What the kernel calls dma-bufs made by this device. */
    static final String EXPORTER = "udmabuf";

    /** The most MiB that one udmabuf may have; 64 unless the administrator says otherwise. */
    static final String SIZE_LIMIT_FILE = "/sys/module/udmabuf/parameters/size_limit_mb";

    /** The same limit on the kernel's command line. */
    static final String SIZE_LIMIT_PARAMETER = "udmabuf.size_limit_mb";

    /** The most pieces that one udmabuf may be listed from. */
    static final String LIST_LIMIT_FILE = "/sys/module/udmabuf/parameters/list_limit";

    /** Size of {@code struct udmabuf_create} in bytes. */
    static final int CREATE_BYTES = 24;

    static final int MEMFD = 0;
    static final int FLAGS = 4;
    static final int OFFSET = 8;
    static final int SIZE = 16;

    /** {@code UDMABUF_FLAGS_CLOEXEC}. */
    static final int FLAG_CLOEXEC = 1;

    /** {@code UDMABUF_CREATE}. */
    static final long CREATE = IoctlEncoding.iow('u', 0x42, CREATE_BYTES);

    private UdmabufIoctl() {}
}
