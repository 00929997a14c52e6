// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmabufpool.SliceLedger.Outcome;
import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.Direction;
import org.junit.jupiter.api.Test;

/** The life of a slice: live or not, which accesses are open, and which handles are no good any more. */
class SliceLedgerTest {

    private static final long PART = 5;
    private static final int GENERATIONS = 1 << 16;

    private final SliceLedger ledger = new SliceLedger();

    @Test
    void aHandleLivesFromOpenToRelease() {
        long handle = ledger.open(PART, "raw", 0);
        assertThat(handle).isNotNegative();
        assertThat(SliceLedger.part(handle)).isEqualTo(PART);
        assertThat(ledger.isLive(handle)).isTrue();
        assertThat(ledger.handleOf(PART)).isEqualTo(handle);
        assertThat(ledger.tag(handle)).isEqualTo("raw");
        assertThat(ledger.release(handle)).isEqualTo(Outcome.DONE);
        assertThat(ledger.isLive(handle)).isFalse();
        assertThat(ledger.handleOf(PART)).isEqualTo(SliceLedger.NO_HANDLE);
    }

    @Test
    void aSecondReleaseChangesNothing() {
        long handle = ledger.open(PART, "", 0);
        ledger.release(handle);
        assertThat(ledger.release(handle)).isEqualTo(Outcome.NOT_LIVE);
        long next = ledger.open(PART, "", 0);
        assertThat(ledger.release(handle)).isEqualTo(Outcome.NOT_LIVE);
        assertThat(ledger.isLive(next)).isTrue();
    }

    @Test
    void aHandleKeptTooLongIsNotTheNextSlices() {
        long stale = ledger.open(PART, "", 0);
        ledger.release(stale);
        long next = ledger.open(PART, "", 0);
        assertThat(next).isNotEqualTo(stale);
        assertThat(ledger.isLive(stale)).isFalse();
        for (Direction direction : Direction.values()) {
            assertThat(ledger.enter(stale, direction)).isEqualTo(Outcome.NOT_LIVE);
        }
        assertThat(ledger.enter(next, Direction.WRITE)).isEqualTo(Outcome.DONE);
    }

    @Test
    void aHandleThatNeverWasIsNotLive() {
        ledger.open(PART, "", 0);
        long otherStripe = 3L << OffsetAllocator.BLOCK_BITS | PART;
        for (long handle : new long[] {-1, -2, 0, PART + 1, 1 << 20, otherStripe, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(ledger.isLive(handle)).isFalse();
            assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(Outcome.NOT_LIVE);
            assertThat(ledger.release(handle)).isEqualTo(Outcome.NOT_LIVE);
        }
        assertThatThrownBy(() -> ledger.leave(otherStripe, Direction.READ))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Long.toString(otherStripe));
    }

    @Test
    void generationsComeAroundAfter65536Slices() {
        long first = ledger.open(PART, "", 0);
        long handle = first;
        for (int slice = 1; slice < GENERATIONS; slice++) {
            ledger.release(handle);
            handle = ledger.open(PART, "", 0);
            assertThat(handle).isNotNegative().isNotEqualTo(first);
            assertThat(ledger.isLive(first)).isFalse();
        }
        ledger.release(handle);
        assertThat(ledger.open(PART, "", 0)).isEqualTo(first);
        assertThat(ledger.enter(first, Direction.WRITE)).isEqualTo(Outcome.DONE);
    }

    @Test
    void readersGoTogetherAndAWriterAlone() {
        long handle = ledger.open(PART, "", 0);
        assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(Outcome.DONE);
        assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(Outcome.DONE);
        assertThat(ledger.enter(handle, Direction.WRITE)).isEqualTo(Outcome.CONFLICT);
        assertThat(ledger.enter(handle, Direction.READ_WRITE)).isEqualTo(Outcome.CONFLICT);
        assertThat(ledger.openAccesses(handle)).isEqualTo("2 reading accesses open");
        ledger.leave(handle, Direction.READ);
        ledger.leave(handle, Direction.READ);
        assertThat(ledger.enter(handle, Direction.READ_WRITE)).isEqualTo(Outcome.DONE);
        assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(Outcome.CONFLICT);
        assertThat(ledger.enter(handle, Direction.WRITE)).isEqualTo(Outcome.CONFLICT);
        assertThat(ledger.isWritten(handle)).isTrue();
        assertThat(ledger.hasAccess(handle, true)).isTrue();
        assertThat(ledger.hasAccess(handle, false)).isFalse();
        assertThat(ledger.openAccesses(handle)).isEqualTo("1 writing access open");
        ledger.leave(handle, Direction.READ_WRITE);
        assertThat(ledger.hasAccess(handle, true)).isFalse();
    }

    @Test
    void thereIsRoomFor16382ReadersAndNotForOneMore() {
        long handle = ledger.open(PART, "", 0);
        for (int reader = 0; reader < 16_382; reader++) {
            assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(Outcome.DONE);
        }
        assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(Outcome.CONFLICT);
        assertThat(ledger.isWritten(handle)).isFalse();
        for (int reader = 0; reader < 16_382; reader++) {
            ledger.leave(handle, Direction.READ);
        }
        assertThat(ledger.release(handle)).isEqualTo(Outcome.DONE);
    }

    @Test
    void anOpenAccessKeepsItsSlice() {
        long handle = ledger.open(PART, "", 0);
        ledger.enter(handle, Direction.READ);
        assertThat(ledger.release(handle)).isEqualTo(Outcome.CONFLICT);
        assertThat(ledger.isLive(handle)).isTrue();
        ledger.leave(handle, Direction.READ);
        assertThat(ledger.release(handle)).isEqualTo(Outcome.DONE);
    }

    @Test
    void whatWasNotCleanedIsToldAtTheReleaseAndNotToTheNextSlice() {
        long handle = ledger.open(PART, "", 0);
        ledger.enter(handle, Direction.WRITE);
        ledger.markUnclean(handle);
        ledger.leave(handle, Direction.WRITE);
        assertThat(ledger.isLive(handle)).isTrue();
        assertThat(ledger.release(handle)).isEqualTo(Outcome.DONE_UNCLEAN);
        assertThat(ledger.release(ledger.open(PART, "", 0))).isEqualTo(Outcome.DONE);
    }

    @Test
    void slicesOfAllPartNumbersAreApart() {
        long[] parts = {
            1,
            1023,
            1024,
            5000,
            1L << OffsetAllocator.BLOCK_BITS | 1,
            7L << OffsetAllocator.BLOCK_BITS | 2049,
            63L << OffsetAllocator.BLOCK_BITS | 1024
        };
        long[] handles = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            handles[i] = ledger.open(parts[i], "tag " + i, 0);
        }
        for (int i = 0; i < parts.length; i += 2) {
            ledger.release(handles[i]);
        }
        for (int i = 0; i < parts.length; i++) {
            assertThat(ledger.isLive(handles[i])).isEqualTo(i % 2 == 1);
            assertThat(ledger.tag(handles[i])).isEqualTo("tag " + i);
        }
    }

    @Test
    void aHandleWithAnyBitWrongIsNotLive() {
        long handle = ledger.open(7L << OffsetAllocator.BLOCK_BITS | 2049, "", 0);
        for (int bit = 0; bit < Long.SIZE; bit++) {
            long wrong = handle ^ 1L << bit;
            assertThat(ledger.isLive(wrong)).as("bit %d", bit).isFalse();
            assertThat(ledger.release(wrong)).as("bit %d", bit).isEqualTo(Outcome.NOT_LIVE);
        }
        assertThat(ledger.release(handle)).isEqualTo(Outcome.DONE);
    }
}
