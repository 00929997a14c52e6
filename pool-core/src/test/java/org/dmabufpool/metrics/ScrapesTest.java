// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.dmabufpool.PoolStatistics;
import org.dmabufpool.heap.SyncWay;
import org.dmabufpool.sync.SyncStatistics;
import org.junit.jupiter.api.Test;

/** When a snapshot is taken, and when the last one serves. */
class ScrapesTest {

    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();
    private final Scrapes scrapes = new Scrapes(() -> numbered(taken.incrementAndGet()), now::get);

    @Test
    void oneScrapeIsOneSnapshot() {
        for (int scrape = 1; scrape <= 3; scrape++) {
            int expected = scrape;
            assertThat(IntStream.range(0, 50).mapToObj(scrapes::read)).allMatch(one -> one.usedBytes() == expected);
        }
        assertThat(taken).hasValue(3);
    }

    @Test
    void timerReadSeveralTimesInARowIsTheSameScrape() {
        for (int meter = 0; meter < 20; meter++) {
            for (int again = 0; again < 4; again++) {
                scrapes.readPart(meter);
            }
        }
        assertThat(taken).hasValue(1);
        scrapes.readPart(3);
        assertThat(taken).hasValue(2);
    }

    @Test
    void gaugeReadTwiceIsFreshTheSecondTime() {
        assertThat(scrapes.read(5).usedBytes()).isEqualTo(1);
        assertThat(scrapes.read(5).usedBytes()).isEqualTo(2);
    }

    @Test
    void otherOrderAndOtherChoiceOfMetersIsTheNextScrape() {
        List.of(1, 2, 3).forEach(scrapes::read);
        List.of(2, 1, 3).forEach(scrapes::read);
        assertThat(taken).hasValue(2);
        List.of(2, 4).forEach(scrapes::read);
        assertThat(taken).hasValue(3);
    }

    @Test
    void singleMeterIsNeverOlderThanTheLimit() {
        scrapes.readPart(7);
        now.addAndGet(Scrapes.MAX_AGE_NANOS);
        scrapes.readPart(7);
        assertThat(taken).hasValue(1);
        now.addAndGet(1);
        scrapes.readPart(7);
        assertThat(taken).hasValue(2);
        now.addAndGet(Scrapes.MAX_AGE_NANOS + 1);
        scrapes.read(8);
        assertThat(taken).hasValue(3);
    }

    @Test
    void scrapersAtTheSameTimeDoNotDisturbEachOther() throws InterruptedException {
        CountDownLatch halfWay = new CountDownLatch(2);
        Runnable scraper = () -> {
            IntStream.range(0, 10).forEach(scrapes::read);
            halfWay.countDown();
            await(halfWay);
            IntStream.range(10, 20).forEach(scrapes::read);
        };
        Thread one = new Thread(scraper);
        Thread other = new Thread(scraper);
        one.start();
        other.start();
        one.join();
        other.join();
        assertThat(taken).hasValue(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Statistics that say which they are. */
    static PoolStatistics numbered(int number) {
        return new PoolStatistics(
                "fake",
                1 << 20,
                number,
                0,
                0,
                (1 << 20) - number,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                List.of(),
                List.of(),
                List.of(),
                0,
                new SyncStatistics(SyncWay.NONE, "a fake", List.of(), List.of(), 0));
    }
}
