// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.bench.peers;

import java.util.Locale;
import java.util.SplittableRandom;

/** What a peer is asked for: so many live parts, of which one is replaced at each pair; sizes in whole pages. */
enum Workload {
    /** One part of 64 KiB, released and allocated again, among 255 others. */
    HOT(256, 16, 16, 2L << 30),
    /** 256 live, random replace, log-uniform from 4 KiB to 32 MiB. */
    LIVE_256(256, 1, 8192, 2L << 30),
    /** As the next, but 256 live: what growth is measured against. */
    LIVE_256_TO_256K(256, 1, 64, 2L << 30),
    /** 100 000 live, random replace, log-uniform from 4 KiB to 256 KiB. */
    LIVE_100K(100_000, 1, 64, 16L << 30);

    /** Bytes of a page. */
    static final long PAGE = 4096;

    private final int live;
    private final long leastPages;
    private final long mostPages;
    private final long capacity;

    Workload(int live, long leastPages, long mostPages, long capacity) {
        this.live = live;
        this.leastPages = leastPages;
        this.mostPages = mostPages;
        this.capacity = capacity;
    }

    /** Live parts in all. */
    int live() {
        return live;
    }

    /** Bytes of the range: ample, so that time is measured and not the search for the last hole. */
    long capacity() {
        return capacity;
    }

    /** A size in bytes. */
    long size(SplittableRandom random) {
        double growth = StrictMath.pow((double) mostPages / leastPages, random.nextDouble());
        return PAGE * Math.round(leastPages * growth);
    }

    /** Which of a thread's parts is replaced. */
    int slot(SplittableRandom random, int slots) {
        return this == HOT ? 0 : random.nextInt(slots);
    }

    /** The name in reports, such as {@code live-256}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
