// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A valid trace of owners and loans, made at random, and what a reader is to find in it. */
final class RandomUse {

    private static final String[] TEXTS = {
        "raw", "", "a,b", "100 %", "# 1", "two\nlines", " ends ", "写真 📷", "\u0085\u2028"
    };

    final List<String> lines = new ArrayList<>();
    /** By part. */
    final List<String> tags = new ArrayList<>();

    long shares;
    long loans;
    private final Random random;
    private final List<Integer> live = new ArrayList<>();
    private final List<Integer> openLoans = new ArrayList<>();
    /** The id that each open loan is of. */
    private final List<Integer> lentIds = new ArrayList<>();

    RandomUse(long seed, int steps) {
        random = new Random(seed);
        for (int i = 0; i < steps; i++) {
            step();
        }
    }

    private void step() {
        int kind = random.nextInt(6);
        if (live.isEmpty() || kind == 0) {
            allocate();
        } else if (kind == 1) {
            lines.add("s," + any(live) + "," + text());
            shares++;
        } else if (kind == 2) {
            lines.add("c," + any(live));
        } else if (kind == 3) {
            lend();
        } else if (kind == 4 && !openLoans.isEmpty()) {
            endLoan();
        } else {
            release();
        }
    }

    private void allocate() {
        int id = free(live);
        lines.add("a," + id + "," + (1 + random.nextInt(10_000)) + (random.nextBoolean() ? ",64" : ""));
        String tag = TEXTS[random.nextInt(TEXTS.length)];
        if (!tag.isEmpty()) {
            lines.add("t," + id + "," + TraceEscapes.encode(tag));
        }
        live.add(id);
        tags.add(tag);
    }

    private void lend() {
        int id = any(live);
        int loan = free(openLoans);
        lines.add("l," + id + "," + loan + "," + (random.nextBoolean() ? "r" : "w") + "," + text());
        openLoans.add(loan);
        lentIds.add(id);
        loans++;
    }

    private void endLoan() {
        int at = random.nextInt(openLoans.size());
        lines.add("e," + openLoans.remove(at));
        lentIds.remove(at);
    }

    private void release() {
        Integer id = any(live);
        if (!lentIds.contains(id)) {
            lines.add("f," + id);
            live.remove(id);
        }
    }

    private Integer any(List<Integer> ids) {
        return ids.get(random.nextInt(ids.size()));
    }

    private int free(List<Integer> taken) {
        int id = random.nextInt(8);
        while (taken.contains(id)) {
            id++;
        }
        return id;
    }

    private String text() {
        return TraceEscapes.encode(TEXTS[random.nextInt(TEXTS.length)]);
    }
}
