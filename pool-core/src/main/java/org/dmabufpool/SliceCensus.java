// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Walks over all places in use to say who holds what, for messages. Safe for use by many threads. */
final class SliceCensus {

    /** How many are named in a message. */
    static final int MOST_NAMED = 8;

    private final PoolCore core;

    SliceCensus(PoolCore core) {
        this.core = core;
    }

    /** Who holds the most, by tag: "raw: 4 slices, 96 bytes; …". */
    String topHolders() {
        Map<String, long[]> byTag = new LinkedHashMap<>();
        core.allocator.forEachPart(place -> {
            if (SlotWord.hasOwner(core.ledger.state(place))) {
                long[] sums = byTag.computeIfAbsent(core.ledger.tagOfPlace(place), tag -> new long[2]);
                sums[0]++;
                sums[1] += core.allocator.reserved(place);
            }
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

    /** What is retiring, and whom it waits for: "; retiring: 2 slices, 96 bytes, lent to 'camera'", or nothing. */
    String retiring() {
        long[] sums = new long[2];
        StringBuilder borrowers = new StringBuilder();
        core.allocator.forEachPart(place -> {
            long word = core.ledger.state(place);
            if (!SlotWord.hasOwner(word) && (SlotWord.isLent(word) || SlotWord.isHeld(word))) {
                sums[0]++;
                sums[1] += core.allocator.reserved(place);
                if (sums[0] <= MOST_NAMED) {
                    core.ledger.forEachLoan(
                            place,
                            loan -> borrowers
                                    .append(borrowers.length() == 0 ? ", lent to '" : ", '")
                                    .append(core.ledger.tag(loan))
                                    .append('\''));
                }
            }
        });
        return sums[0] == 0
                ? ""
                : "; retiring, as devices still use them: " + sums[0] + " slices, " + sums[1] + " bytes" + borrowers;
    }

    /** What is open, one owner or loan a line, the first few of each; empty if nothing is. */
    String describeOpen() {
        List<String> owners = new ArrayList<>();
        List<String> loans = new ArrayList<>();
        core.allocator.forEachPart(place -> {
            long owner = core.ledger.firstOwnerHandedOut(place);
            if (owner >= 0) {
                owners.add(describeOwner(owner));
            }
        });
        core.ledger.slots().forEachTicket((handle, word, place, tag, birth) -> {
            if (SlotWord.isLoan(word)) {
                loans.add("\n  loan to '" + tag + "' for " + SlotWord.direction(word) + " of "
                        + core.namePlace(place, core.ledger.tagOfPlace(place)));
            } else {
                owners.add(describeOwner(handle));
            }
        });
        if (owners.isEmpty() && loans.isEmpty()) {
            return "";
        }
        return owners.size() + " slices open" + (loans.isEmpty() ? "" : " and " + loans.size() + " loans")
                + "; its memory is back with the kernel:" + firstOf(owners) + firstOf(loans);
    }

    private String describeOwner(long handle) {
        return "\n  " + core.name(handle, null) + " (" + core.users(core.ledger.place(handle)) + ")";
    }

    private static String firstOf(List<String> lines) {
        String named = String.join("", lines.subList(0, Math.min(MOST_NAMED, lines.size())));
        return lines.size() > MOST_NAMED ? named + "\n  and " + (lines.size() - MOST_NAMED) + " more" : named;
    }
}
