// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a range others leave bare. */
final class Coverage {

    private Coverage() {}

    /** The first part of a range that none of the others covers, or null if they cover it all. */
    static @Nullable Range firstGap(Range wanted, List<Range> covers) {
        int at = wanted.from();
        int before;
        do {
            before = at;
            for (Range cover : covers) {
                at = cover.from() <= at ? Math.max(at, cover.to()) : at;
            }
        } while (at > before);
        return at < wanted.to() ? new Range(at, endOfGap(at, wanted.to(), covers)) : null;
    }

    private static int endOfGap(int at, int limit, List<Range> covers) {
        int end = limit;
        for (Range cover : covers) {
            end = cover.from() > at ? Math.min(end, cover.from()) : end;
        }
        return end;
    }
}
