// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

/**
 * What one holder has of a pool. Immutable.
 *
 * @param tag who, as given at allocation; empty for slices without a tag
 * @param slices live slices; moves at allocate and release
 * @param reservedBytes what is reserved for them
 * @param requestedBytes what was asked for
 * @param oldestNanos age of the oldest in ns, as in {@link SliceFacts#ageNanos}
 */
public record TagUse(String tag, long slices, long reservedBytes, long requestedBytes, long oldestNanos) {}
