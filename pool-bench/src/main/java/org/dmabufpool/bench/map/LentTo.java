// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.map;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabufpool.bench.text.Words;

/** Which devices use what, by borrower and what it does, most bytes first. */
final class LentTo {

    private static final int MOST = 8;
    private static final int LONGEST_BORROWER = 30;

    private record Use(String borrower, String verb) {}

    private record Sum(long bytes, long loans) {

        Sum plus(Sum other) {
            return new Sum(bytes + other.bytes, loans + other.loans);
        }
    }

    private LentTo() {}

    /** Such as "'encoder' reads 8.0 MiB in 3", a line each; none where nothing is lent. */
    static List<String> lines(PoolMapFile map) {
        Map<Use, Sum> sums = new LinkedHashMap<>();
        for (MapRegion region : map.regions()) {
            for (MapRegion.Lent loan : region.loans()) {
                sums.merge(new Use(loan.borrower(), loan.verb()), new Sum(region.length(), 1), Sum::plus);
            }
        }
        List<Map.Entry<Use, Sum>> sorted = new ArrayList<>(sums.entrySet());
        sorted.sort(Comparator.comparingLong(entry -> -entry.getValue().bytes));
        List<String> lines = new ArrayList<>();
        for (Map.Entry<Use, Sum> entry : sorted.subList(0, Math.min(MOST, sorted.size()))) {
            lines.add(line(entry.getKey(), entry.getValue()));
        }
        if (sorted.size() > MOST) {
            lines.add("and " + Words.count(sorted.size() - MOST, "more borrower"));
        }
        return lines;
    }

    private static String line(Use use, Sum sum) {
        return name(use.borrower) + " " + use.verb + " " + Words.bytes(sum.bytes) + " in " + sum.loans;
    }

    private static String name(String borrower) {
        return "'" + Words.clipped(Words.printable(borrower), LONGEST_BORROWER) + "'";
    }

    /** Such as ", 'encoder' reads it for 2 s", for each of a region's loans; empty where it is not lent. */
    static String hint(MapRegion region) {
        StringBuilder text = new StringBuilder();
        for (MapRegion.Lent loan : region.loans()) {
            text.append(", ").append(name(loan.borrower())).append(' ').append(loan.verb());
            text.append(" it for ").append(Words.age(loan.ageMillis()));
        }
        return text.toString();
    }
}
