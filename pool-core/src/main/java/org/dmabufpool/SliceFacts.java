// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

/**
 * What is known of one slice. Immutable; the slice may be long gone.
 *
 * @param pool the pool's name
 * @param handle the slice's handle
 * @param offset first byte within the pool
 * @param length bytes asked for
 * @param reservedLength bytes that are the slice's alone
 * @param tag who holds it; may be empty
 * @param ageNanos time since it was allocated in ns, to a millisecond where the pool has an observer, else to a second;
 *     0 where statistics are off. Ages beyond 49 days begin again at 0
 */
public record SliceFacts(
        String pool, long handle, long offset, long length, long reservedLength, String tag, long ageNanos) {}
