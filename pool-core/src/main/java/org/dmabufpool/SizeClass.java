// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

/**
 * Slices and holes of one class of size: from a power of two to just below the next. Immutable.
 *
 * @param fromBytes the smallest size of the class in bytes, a power of two
 * @param slices slices whose reserved length is of the class; moves at allocate and release
 * @param reservedBytes what is reserved for them
 * @param requestedBytes what was asked for
 * @param holes free parts whose length is of the class; moves at allocate and release
 * @param holeBytes what they hold
 */
public record SizeClass(
        long fromBytes, long slices, long reservedBytes, long requestedBytes, long holes, long holeBytes) {}
