// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * What a sync_file's descriptor understands (include/uapi/linux/sync_file.h).
 *
 * <pre>
 *  struct sync_file_info, 56 bytes
 *    0 +------------------------+
 *      | char name[32]          |
 *   32 +-----------+------------+
 *      | s32 status| u32 flags  |  status: 0 pending, 1 signalled, below 0 an error; flags and pad: 0, or EINVAL
 *   40 +-----------+------------+
 *      | u32       | u32 pad    |  number of fences asked for: 0, none
 *   48 +-----------+------------+
 *      | u64 sync_fence_info    |  where to put the fences
 *   56 +------------------------+
 * </pre>
 */
final class SyncFileIoctl {

    /** Size of {@code struct sync_file_info} in bytes. */
    static final int INFO_BYTES = 56;

    /** Where it has the status. */
    static final int STATUS = 32;

    /** The status while the device is at work. */
    static final int PENDING = 0;

    /** The status when the device has done its work. */
    static final int SIGNALLED = 1;

    /** {@code SYNC_IOC_FILE_INFO}. */
    static final long FILE_INFO = IoctlEncoding.iowr('>', 4, INFO_BYTES);

    private SyncFileIoctl() {}
}
