// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.heap;

/**
 * Whether a dma-buf can be synced in some way, and how that is known.
 *
 * @param way the way asked about
 * @param supported true only where support is established; a call that returned 0 establishes nothing
 * @param reason one clause for people: what established it, or what is missing
 */
public record SyncSupport(SyncWay way, boolean supported, String reason) {

    /** Support that is established, and by what. */
    public static SyncSupport yes(SyncWay way, String reason) {
        return new SyncSupport(way, true, reason);
    }

    /** Support that is missing or not established, and why. */
    public static SyncSupport no(SyncWay way, String reason) {
        return new SyncSupport(way, false, reason);
    }
}
