// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.sync;

/**
 * What a planner has done so far. Each number only grows; the numbers are read one after another, so that a snapshot
 * taken while accesses run may hold a call in one number and not yet in another.
 *
 * @param calls sync calls made, START and END each counted; none where the way is {@code NONE}
 * @param bytesAsked bytes of the slices' accesses, counted at START and again at END
 * @param bytesSynced bytes the calls really named: whole cache lines, whole windows or whole buffers
 * @param bytesWholeBuffer bytes that whole-buffer calls would have named for the same accesses
 */
public record SyncTotals(long calls, long bytesAsked, long bytesSynced, long bytesWholeBuffer) {}
