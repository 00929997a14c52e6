// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.dmabufpool.heap.SyncWay;

/** What a model heap is like. Immutable. */
record ModelSettings(
        Set<SyncWay> ways,
        boolean hasCaches,
        boolean endReadInvalidates,
        boolean takesUnalignedRanges,
        boolean isDisturbed,
        boolean windowsHaveDescriptors,
        boolean windowsSyncOnClose,
        long seed) {

    /** Memory that needs no sync has no caches worth modelling. */
    static ModelSettings of(EnumSet<SyncWay> ways) {
        boolean hasCaches = !ways.contains(SyncWay.NONE);
        return new ModelSettings(Collections.unmodifiableSet(ways), hasCaches, false, false, false, false, false, 0);
    }

    ModelSettings withOldArm64() {
        return new ModelSettings(
                ways,
                hasCaches,
                true,
                takesUnalignedRanges,
                isDisturbed,
                windowsHaveDescriptors,
                windowsSyncOnClose,
                seed);
    }

    ModelSettings withUnalignedRanges() {
        return new ModelSettings(
                ways,
                hasCaches,
                endReadInvalidates,
                true,
                isDisturbed,
                windowsHaveDescriptors,
                windowsSyncOnClose,
                seed);
    }

    ModelSettings withSeed(long newSeed) {
        return new ModelSettings(
                ways,
                hasCaches,
                endReadInvalidates,
                takesUnalignedRanges,
                true,
                windowsHaveDescriptors,
                windowsSyncOnClose,
                newSeed);
    }

    ModelSettings withDescriptors() {
        return new ModelSettings(
                ways, hasCaches, endReadInvalidates, takesUnalignedRanges, isDisturbed, true, windowsSyncOnClose, seed);
    }

    ModelSettings withWindowsThatSyncOnClose() {
        return new ModelSettings(
                ways,
                hasCaches,
                endReadInvalidates,
                takesUnalignedRanges,
                isDisturbed,
                windowsHaveDescriptors,
                true,
                seed);
    }
}
