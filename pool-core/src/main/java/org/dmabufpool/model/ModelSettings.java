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
        long seed) {

    /** Memory that needs no sync has no caches worth modelling. */
    static ModelSettings of(EnumSet<SyncWay> ways) {
        boolean hasCaches = !ways.contains(SyncWay.NONE);
        return new ModelSettings(Collections.unmodifiableSet(ways), hasCaches, false, false, false, 0);
    }

    ModelSettings withOldArm64() {
        return new ModelSettings(ways, hasCaches, true, takesUnalignedRanges, isDisturbed, seed);
    }

    ModelSettings withUnalignedRanges() {
        return new ModelSettings(ways, hasCaches, endReadInvalidates, true, isDisturbed, seed);
    }

    ModelSettings withSeed(long newSeed) {
        return new ModelSettings(ways, hasCaches, endReadInvalidates, takesUnalignedRanges, true, newSeed);
    }
}
