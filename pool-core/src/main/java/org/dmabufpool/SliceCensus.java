// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.dmabufpool.alloc.OffsetAllocator;

/** Walks over all live slices to say who holds what, for messages. Safe for use by many threads. */
final class SliceCensus {

    /** How many are named in a message. */
    static final int MOST_NAMED = 8;

    private final OffsetAllocator allocator;
    private final SliceLedger ledger;

    SliceCensus(OffsetAllocator allocator, SliceLedger ledger) {
        this.allocator = allocator;
        this.ledger = ledger;
    }

    /** Who holds the most, by tag: "raw: 4 slices, 96 bytes; …". */
    String topHolders() {
        Map<String, long[]> byTag = new LinkedHashMap<>();
        allocator.forEachPart(part -> {
            long[] sums = byTag.computeIfAbsent(ledger.tag(part), tag -> new long[2]);
            sums[0]++;
            sums[1] += allocator.reserved(part);
        });
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

    /** Shows the handles of slices that live, the first few. */
    void firstOpen(LongConsumer visitor) {
        long[] shown = new long[1];
        allocator.forEachPart(part -> {
            long handle = ledger.handleOf(part);
            if (handle != SliceLedger.NO_HANDLE && shown[0]++ < MOST_NAMED) {
                visitor.accept(handle);
            }
        });
    }
}
