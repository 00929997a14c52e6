// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.linux;

/**
 * How an ioctl's number is made (include/uapi/asm-generic/ioctl.h; x86-64 and arm64 use it).
 *
 * <pre>
 *  bit 31 30 29            16 15         8 7          0
 *     +-----+----------------+------------+------------+
 *     | dir |      size      |    type    |   number   |
 *     +-----+----------------+------------+------------+
 *      dir: 0 nothing is passed, 1 the kernel reads the argument (W), 2 it writes it (R), 3 both
 *      size: of the argument, in bytes
 *      type: the driver's letter
 * </pre>
 */
final class IoctlEncoding {

    private static final int SIZE_BITS = 14;
    private static final int NUMBER_SHIFT = 0;
    private static final int TYPE_SHIFT = 8;
    private static final int SIZE_SHIFT = 16;
    private static final int DIRECTION_SHIFT = SIZE_SHIFT + SIZE_BITS;
    private static final long WRITE = 1;
    private static final long READ = 2;

    private IoctlEncoding() {}

    /** {@code _IOR}: the kernel fills the argument. */
    static long ior(char type, int number, int size) {
        return encode(READ, type, number, size);
    }

    /** {@code _IOW}: the kernel reads the argument. */
    static long iow(char type, int number, int size) {
        return encode(WRITE, type, number, size);
    }

    /** {@code _IOWR}: the kernel reads and fills the argument. */
    static long iowr(char type, int number, int size) {
        return encode(READ | WRITE, type, number, size);
    }

    private static long encode(long direction, char type, int number, int size) {
        return direction << DIRECTION_SHIFT
                | (long) size << SIZE_SHIFT
                | (long) type << TYPE_SHIFT
                | (long) number << NUMBER_SHIFT;
    }
}
