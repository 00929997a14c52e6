// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The slices that are open, so that they can be named. The pool's lock guards it; adding makes no garbage. */
final class OpenSlices {

    private static final int MOST_NAMED = 8;

    private @Nullable Slice first;
    private long count;
    private long requestedBytes;

    void add(Slice slice) {
        Slice second = first;
        slice.next = second;
        if (second != null) {
            second.previous = slice;
        }
        first = slice;
        count++;
        requestedBytes += slice.length();
    }

    void remove(Slice slice) {
        Slice before = slice.previous;
        Slice after = slice.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after != null) {
            after.previous = before;
        }
        slice.next = null;
        slice.previous = null;
        count--;
        requestedBytes -= slice.length();
    }

    long count() {
        return count;
    }

    long requestedBytes() {
        return requestedBytes;
    }

    /** Each slice with its open accesses, one a line, the first few. */
    String describe() {
        StringBuilder text = new StringBuilder();
        int named = 0;
        for (Slice slice = first; slice != null && named < MOST_NAMED; slice = slice.next, named++) {
            text.append("\n  ")
                    .append(slice)
                    .append(" (")
                    .append(slice.openAccesses())
                    .append(')');
        }
        return count > named ? text + "\n  and " + (count - named) + " more" : text.toString();
    }

    /** Who holds the most, by tag: "raw: 4 slices, 96 bytes; …". */
    String topHolders() {
        Map<String, long[]> byTag = new LinkedHashMap<>();
        for (Slice slice = first; slice != null; slice = slice.next) {
            long[] sums = byTag.computeIfAbsent(slice.tag(), tag -> new long[2]);
            sums[0]++;
            sums[1] += slice.reservedLength();
        }
        List<Map.Entry<String, long[]>> holders = new ArrayList<>(byTag.entrySet());
        holders.sort(Comparator.comparingLong(entry -> -entry.getValue()[1]));
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, long[]> holder : holders.subList(0, Math.min(MOST_NAMED, holders.size()))) {
            text.append(text.length() == 0 ? "" : "; ")
                    .append(holder.getKey().isEmpty() ? "(no tag)" : holder.getKey())
                    .append(": ")
                    .append(holder.getValue()[0])
                    .append(" slices, ")
                    .append(holder.getValue()[1])
                    .append(" bytes");
        }
        return text.length() == 0 ? "nobody" : text.toString();
    }
}
