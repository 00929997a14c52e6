// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.policy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lowest hole that fits. */
final class FirstFit extends HolePlacer {

    FirstFit(long capacity) {
        super(capacity);
    }

    @Override
    Map.@Nullable Entry<Long, Long> choose(long bytes, long alignment) {
        for (Map.Entry<Long, Long> hole : holes.entrySet()) {
            if (fits(hole, bytes, alignment)) {
                return hole;
            }
        }
        return null;
    }
}
