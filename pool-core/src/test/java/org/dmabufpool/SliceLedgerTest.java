// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabufpool.alloc.OffsetAllocator;
import org.dmabufpool.heap.Direction;
import org.junit.jupiter.api.Test;

class SliceLedgerTest {

    private static final long PLACE = 5;

    private final SliceLedger ledger = new SliceLedger();

    private long open(String tag) {
        return open(ledger, PLACE, tag);
    }

    private static long open(SliceLedger ledger, long place, String tag) {
        long handle = ledger.open(place, tag, 0);
        ledger.confirm(place);
        return handle;
    }

    /** Closes the only user of the place, and gives it back. */
    private static void closeAndGiveBack(SliceLedger ledger, long handle) {
        long place = ledger.place(handle);
        assertThat(SliceLedger.isUnused(ledger.close(handle))).isTrue();
        ledger.giveBack(place);
    }

    @Test
    void anOwnerLivesFromOpenToClose() {
        long handle = open("raw");
        assertThat(handle).isNotNegative();
        assertThat(ledger.place(handle)).isEqualTo(PLACE);
        assertThat(ledger.isLiveOwner(handle)).isTrue();
        assertThat(ledger.isLoan(handle)).isFalse();
        assertThat(ledger.firstOwner(PLACE)).isEqualTo(handle);
        assertThat(ledger.tag(handle)).isEqualTo("raw");
        closeAndGiveBack(ledger, handle);
        assertThat(ledger.isLive(handle)).isFalse();
        assertThat(ledger.firstOwner(PLACE)).isEqualTo(SliceLedger.NO_HANDLE);
    }

    @Test
    void aSliceThatIsNotHandedOutYetIsNobodys() {
        long handle = ledger.open(PLACE, "raw", 0);
        assertThat(ledger.firstOwner(PLACE)).isEqualTo(SliceLedger.NO_HANDLE);
        ledger.abandon(handle);
        assertThat(ledger.isLive(handle)).isFalse();
        assertThat(SlotWord.isHeld(ledger.state(PLACE))).isTrue();
        ledger.giveBack(PLACE);
        assertThat(open("next")).isNotEqualTo(handle);
    }

    @Test
    void aSecondCloseChangesNothing() {
        long handle = open("");
        closeAndGiveBack(ledger, handle);
        assertThat(ledger.close(handle)).isEqualTo(SliceLedger.NOT_LIVE);
        long next = open("");
        assertThat(ledger.close(handle)).isEqualTo(SliceLedger.NOT_LIVE);
        assertThat(ledger.isLive(next)).isTrue();
    }

    @Test
    void aHandleKeptTooLongIsNotTheNextSlices() {
        long stale = open("");
        closeAndGiveBack(ledger, stale);
        long next = open("");
        assertThat(next).isNotEqualTo(stale);
        assertRefusedEverywhere(stale);
        assertThat(ledger.enter(next, Direction.WRITE)).isEqualTo(SliceLedger.DONE);
    }

    private void assertRefusedEverywhere(long handle) {
        long before = ledger.state(PLACE);
        assertThat(ledger.isLive(handle)).isFalse();
        assertThat(ledger.isLiveOwner(handle)).isFalse();
        assertThat(ledger.isLoan(handle)).isFalse();
        for (Direction direction : Direction.values()) {
            assertThat(ledger.enter(handle, direction)).isEqualTo(SliceLedger.NOT_LIVE);
            assertThat(ledger.leave(handle, direction)).isEqualTo(SliceLedger.NOT_LIVE);
            assertThat(ledger.beginEnd(handle, direction)).isEqualTo(SliceLedger.NOT_LIVE);
            assertThat(ledger.lend(handle, direction, "", 0)).isEqualTo(SliceLedger.NOT_LIVE);
        }
        assertThat(ledger.share(handle, "", 0)).isEqualTo(SliceLedger.NOT_LIVE);
        assertThat(ledger.close(handle)).isEqualTo(SliceLedger.NOT_LIVE);
        assertThat(ledger.claimEnd(handle)).isEqualTo(SliceLedger.NOT_LIVE);
        assertThat(ledger.state(PLACE)).isEqualTo(before);
    }

    @Test
    void aHandleThatNeverWasIsRefused() {
        open("");
        long otherTable = 3L << OffsetAllocator.BLOCK_BITS | PLACE;
        for (long handle : new long[] {
            -1, -2, 0, PLACE + 1, 1 << 20, otherTable, SlotTable.TICKET | 1, Long.MAX_VALUE, Long.MIN_VALUE
        }) {
            assertRefusedEverywhere(handle);
        }
    }

    @Test
    void aHandleOfAnotherPoolIsRefused() {
        for (int pool = 0; pool < 1000; pool++) {
            long foreign = open(new SliceLedger(), PLACE, "");
            long own = open(ledger, PLACE, "");
            assertThat(ledger.close(foreign)).isEqualTo(SliceLedger.NOT_LIVE);
            closeAndGiveBack(ledger, own);
        }
    }

    @Test
    void aHandleWithAnyBitWrongIsRefused() {
        long handle = open(ledger, 7L << OffsetAllocator.BLOCK_BITS | 2049, "");
        long loan = ledger.lend(handle, Direction.READ, "", 0);
        long owner = ledger.share(handle, "", 0);
        for (int bit = 0; bit < Long.SIZE; bit++) {
            assertRefusedEverywhere(handle ^ 1L << bit);
            assertRefusedEverywhere(loan ^ 1L << bit);
            assertRefusedEverywhere(owner ^ 1L << bit);
        }
    }

    @Test
    void aMillionReusesLaterAnOldHandleIsStillRefused() {
        long old = open("");
        closeAndGiveBack(ledger, old);
        for (int reuse = 0; reuse < 1 << 20; reuse++) {
            long handle = open("");
            if (handle == old || ledger.close(old) != SliceLedger.NOT_LIVE) {
                throw new AssertionError("reuse " + reuse);
            }
            closeAndGiveBack(ledger, handle);
        }
    }

    @Test
    void aSlotThatHadAllGenerationsGivesNoMoreHandles() {
        int generations = 3;
        SliceLedger few = new SliceLedger(new SlotTable(7, generations));
        long[] seen = new long[50];
        for (int slice = 0; slice < seen.length; slice++) {
            seen[slice] = open(few, PLACE, "tag " + slice);
            assertThat(SlotTable.isTicket(seen[slice])).isEqualTo(slice >= generations);
            assertThat(few.place(seen[slice])).isEqualTo(PLACE);
            assertThat(few.tag(seen[slice])).isEqualTo("tag " + slice);
            assertThat(few.enter(seen[slice], Direction.WRITE)).isEqualTo(SliceLedger.DONE);
            assertThat(few.leave(seen[slice], Direction.WRITE)).isEqualTo(SliceLedger.DONE);
            for (int old = 0; old < slice; old++) {
                assertThat(seen[old]).isNotEqualTo(seen[slice]);
                assertThat(few.close(seen[old])).isEqualTo(SliceLedger.NOT_LIVE);
            }
            closeAndGiveBack(few, seen[slice]);
        }
    }

    @Test
    void readersGoTogetherAndAWriterAlone() {
        long handle = open("");
        assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(SliceLedger.DONE);
        assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(SliceLedger.DONE);
        assertThat(ledger.enter(handle, Direction.WRITE)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(ledger.enter(handle, Direction.READ_WRITE)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(SlotWord.describeAccesses(ledger.state(PLACE))).isEqualTo("2 reading accesses open");
        ledger.leave(handle, Direction.READ);
        ledger.leave(handle, Direction.READ);
        assertThat(ledger.enter(handle, Direction.READ_WRITE)).isEqualTo(SliceLedger.DONE);
        assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(ledger.enter(handle, Direction.WRITE)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(SlotWord.describeAccesses(ledger.state(PLACE))).isEqualTo("1 writing access open");
        assertThat(ledger.leave(handle, Direction.READ_WRITE)).isEqualTo(SliceLedger.DONE);
    }

    @Test
    void anAccessEndsInTheDirectionItBegan() {
        long handle = open("");
        for (Direction began : Direction.values()) {
            ledger.enter(handle, began);
            long state = ledger.state(PLACE);
            for (Direction other : Direction.values()) {
                if (other != began) {
                    assertThat(ledger.leave(handle, other)).isEqualTo(SliceLedger.CONFLICT);
                    assertThat(ledger.beginEnd(handle, other)).isEqualTo(SliceLedger.CONFLICT);
                    assertThat(ledger.state(PLACE)).isEqualTo(state);
                }
            }
            assertThat(ledger.beginEnd(handle, began)).isEqualTo(SliceLedger.DONE);
            assertThat(ledger.beginEnd(handle, began)).isEqualTo(SliceLedger.CONFLICT);
            assertThat(ledger.leave(handle, began)).isEqualTo(SliceLedger.CONFLICT);
            ledger.cancelEnd(handle, began);
            assertThat(ledger.state(PLACE)).isEqualTo(state);
            ledger.beginEnd(handle, began);
            ledger.finishEnd(handle, began);
            assertThat(ledger.leave(handle, began)).isEqualTo(SliceLedger.CONFLICT);
        }
    }

    @Test
    void fullCountersRefuseAndChangeNothing() {
        long handle = open("");
        for (int reader = 0; reader < SlotWord.MOST_READERS; reader++) {
            assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(SliceLedger.DONE);
        }
        assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(SliceLedger.CONFLICT);
        for (int loan = 0; loan < SlotWord.MOST_READING_LOANS; loan++) {
            assertThat(ledger.lend(handle, Direction.READ, "", 0)).isNotNegative();
        }
        assertThat(ledger.lend(handle, Direction.READ, "", 0)).isEqualTo(SliceLedger.CONFLICT);
        for (int owner = 0; owner < SlotWord.MOST_FURTHER_OWNERS; owner++) {
            assertThat(ledger.share(handle, "", 0)).isNotNegative();
        }
        long full = ledger.state(PLACE);
        assertThat(ledger.share(handle, "", 0)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(ledger.enter(handle, Direction.READ)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(ledger.state(PLACE)).isEqualTo(full);
        assertThat(SlotWord.accesses(full)).isEqualTo(SlotWord.MOST_READERS);
        assertThat(SlotWord.loans(full)).isEqualTo(SlotWord.MOST_READING_LOANS);
        assertThat(SlotWord.furtherOwners(full)).isEqualTo(SlotWord.MOST_FURTHER_OWNERS);
    }

    @Test
    void anOwnersAccessKeepsThatOwnerOpenAndNoOther() {
        long first = open("first");
        long second = ledger.share(first, "second", 0);
        long third = ledger.share(second, "third", 0);
        ledger.enter(first, Direction.READ);
        assertThat(ledger.close(first)).isEqualTo(SliceLedger.CONFLICT);
        ledger.leave(first, Direction.READ);
        ledger.enter(second, Direction.READ);
        assertThat(ledger.close(second)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(ledger.leave(first, Direction.READ)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(ledger.leave(third, Direction.READ)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(ledger.enter(first, Direction.WRITE)).isEqualTo(SliceLedger.CONFLICT);
        assertThat(ledger.close(first)).isEqualTo(SliceLedger.DONE);
        assertThat(ledger.close(third)).isEqualTo(SliceLedger.DONE);
        assertThat(ledger.leave(second, Direction.READ)).isEqualTo(SliceLedger.DONE);
        assertThat(SliceLedger.isUnused(ledger.close(second))).isTrue();
    }

    @Test
    void cpuAndDevicesExcludeEachOther() {
        long handle = open("");
        for (Direction cpu : Direction.values()) {
            for (Direction device : Direction.values()) {
                boolean together = !cpu.writes() && !device.writes();
                assertThat(ledger.enter(handle, cpu)).isEqualTo(SliceLedger.DONE);
                long loan = ledger.lend(handle, device, "", 0);
                assertThat(loan >= 0).as("%s while the CPU has %s", device, cpu).isEqualTo(together);
                ledger.leave(handle, cpu);
                if (!together) {
                    loan = ledger.lend(handle, device, "", 0);
                }
                assertThat(ledger.enter(handle, cpu) == SliceLedger.DONE).isEqualTo(together);
                if (together) {
                    ledger.leave(handle, cpu);
                }
                assertThat(ledger.lend(handle, Direction.READ, "", 0) >= 0).isEqualTo(!device.writes());
                ledger.forEachLoan(PLACE, open -> ledger.endClaimed(open, ledger.claimEnd(open)));
                assertThat(SlotWord.loans(ledger.state(PLACE))).isZero();
            }
        }
    }

    @Test
    void aPlaceIsRetiringUntilItsLastLoanHasEnded() {
        long handle = open("");
        long one = ledger.lend(handle, Direction.READ, "encoder", 0);
        long other = ledger.lend(handle, Direction.READ, "display", 0);
        assertThat(ledger.close(handle)).isEqualTo(SliceLedger.DONE);
        assertThat(SlotWord.isLent(ledger.state(PLACE))).isTrue();
        assertThat(ledger.lend(handle, Direction.READ, "late", 0)).isEqualTo(SliceLedger.NOT_LIVE);
        assertThat(ledger.endClaimed(one, ledger.claimEnd(one))).isEqualTo(SliceLedger.DONE);
        assertThat(ledger.claimEnd(one)).isEqualTo(SliceLedger.NOT_LIVE);
        assertThat(SliceLedger.isUnused(ledger.endClaimed(other, ledger.claimEnd(other))))
                .isTrue();
    }

    @Test
    void aPlaceThatIsKeptIsTakenOnceToTryAgain() {
        closeButKeep(SlotWord.WAITS_FOR_FENCES);
        assertThat(kept()).isEqualTo(1);
        assertThat(ledger.takeKept(PLACE)).isEqualTo(SlotWord.WAITS_FOR_FENCES);
        assertThat(ledger.takeKept(PLACE)).isEqualTo(SlotWord.PASSING);
        assertThat(kept()).isZero();
        ledger.keep(PLACE, SlotWord.QUARANTINED);
        assertThat(ledger.takeKept(PLACE)).isEqualTo(SlotWord.PASSING);
        assertThat(kept()).isZero();
    }

    private void closeButKeep(int why) {
        long handle = open("");
        ledger.close(handle);
        ledger.keep(PLACE, why);
    }

    private int kept() {
        int[] count = new int[1];
        ledger.forEachKept(place -> count[0]++);
        return count[0];
    }

    @Test
    void whatWasNotCleanedIsToldAtTheCloseAndNotToTheNextSlice() {
        long handle = open("");
        ledger.enter(handle, Direction.WRITE);
        ledger.markUnclean(PLACE);
        ledger.leave(handle, Direction.WRITE);
        assertThat(SliceLedger.isUnused(ledger.close(handle))).isTrue();
        assertThat(SlotWord.isUnclean(ledger.state(PLACE))).isTrue();
        ledger.giveBack(PLACE);
        open("");
        assertThat(SlotWord.isUnclean(ledger.state(PLACE))).isFalse();
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
            6L << OffsetAllocator.BLOCK_BITS | (1L << OffsetAllocator.BLOCK_BITS) - 1
        };
        long[] handles = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            handles[i] = open(ledger, parts[i], "tag " + i);
        }
        for (int i = 0; i < parts.length; i += 2) {
            closeAndGiveBack(ledger, handles[i]);
        }
        for (int i = 0; i < parts.length; i++) {
            assertThat(ledger.isLive(handles[i])).isEqualTo(i % 2 == 1);
            assertThat(ledger.tagOfPlace(parts[i])).isEqualTo("tag " + i);
        }
    }
}
