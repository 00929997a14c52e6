// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * The tiers behind one face: slabs below a page, buddies above, exact extents for the rest.
 *
 * <p>A request that its own tier cannot serve is served by any that can: what is below a page by a page of its own, then
 * by a larger slot; a small run by the extents; a larger one by a free buddy block. So {@link #largestFree} is the
 * largest part that is free in any tier.
 */
final class TieredAllocator implements OffsetAllocator {

    private final long capacity;
    private final long slabLimit;
    private final int pageShift;
    private final Pages pages;
    private final SlabTier slabs;

    private long usedBytes;
    private long liveCount;

    TieredAllocator(AllocatorLayout layout) {
        capacity = layout.capacity();
        long page = layout.extentUnit();
        pageShift = Long.numberOfTrailingZeros(page);
        slabLimit = layout.granule() < page ? layout.slabLimit() : 0;
        int count = (int) (capacity >>> pageShift);
        pages = new Pages(count, (int) (layout.buddyLimit() >>> pageShift), (int) (layout.buddySlack() >>> pageShift));
        slabs = new SlabTier(pages, count, pageShift, (int) layout.granule());
    }

    @Override
    public long allocate(long size, long alignment) {
        checkRequest(size, alignment);
        if (size <= slabLimit && alignment <= slabLimit) {
            long slotSize = slabs.slotSize(alignUp(size, alignment));
            if (slotSize <= slabLimit) {
                return allocateSmall(slotSize, alignment);
            }
        }
        return allocatePages(size, alignment);
    }

    private long allocateSmall(long slotSize, long alignment) {
        long offset = slabs.allocate(slotSize);
        if (offset == SlabTier.NONE) {
            return allocatePages(slotSize, alignment);
        }
        return reserved(offset, slotSize);
    }

    private long allocatePages(long size, long alignment) {
        int count = (int) ((size + (1L << pageShift) - 1) >>> pageShift);
        int page = pages.allocate(count, (int) Math.max(1, alignment >>> pageShift));
        if (page != Pages.NONE) {
            return reserved((long) page << pageShift, (long) count << pageShift);
        }
        return count == 1 && slabLimit > 0 ? allocateLargerSlot(size, alignment) : NO_SPACE;
    }

    private long allocateLargerSlot(long size, long alignment) {
        long offset = slabs.allocateLarger(slabs.slotSize(size), alignment);
        return offset == SlabTier.NONE ? NO_SPACE : reserved(offset, slabs.sizeAt(offset));
    }

    private long reserved(long offset, long size) {
        usedBytes += size;
        liveCount++;
        return offset;
    }

    @Override
    public long free(long offset) {
        long size = reservedAt(offset);
        int page = (int) (offset >>> pageShift);
        if (slabs.covers(page)) {
            slabs.free(offset);
        } else {
            pages.free(page);
        }
        usedBytes -= size;
        liveCount--;
        return size;
    }

    @Override
    public long reservedAt(long offset) {
        if (offset < 0 || offset >= capacity) {
            throw notLive(offset);
        }
        int page = (int) (offset >>> pageShift);
        long size = slabs.covers(page) ? slabs.sizeAt(offset) : runAt(page, offset);
        if (size == 0) {
            throw notLive(offset);
        }
        return size;
    }

    private long runAt(int page, long offset) {
        return (long) page << pageShift == offset ? (long) pages.sizeAt(page) << pageShift : 0;
    }

    private void checkRequest(long size, long alignment) {
        if (size <= 0 || size > capacity) {
            throw new IllegalArgumentException(
                    "size must be 1 to the capacity of " + capacity + " bytes: size=" + size);
        }
        if (alignment <= 0 || alignment > capacity || (alignment & (alignment - 1)) != 0) {
            throw new IllegalArgumentException("alignment must be a power of two up to the capacity of " + capacity
                    + " bytes: alignment=" + alignment);
        }
    }

    private IllegalArgumentException notLive(long offset) {
        return new IllegalArgumentException("no live part begins at offset " + offset + " of " + capacity
                + ": it was freed before, or it is not what allocate returned");
    }

    private static long alignUp(long size, long alignment) {
        return (size + alignment - 1) & -alignment;
    }

    @Override
    public long capacity() {
        return capacity;
    }

    @Override
    public long usedBytes() {
        return usedBytes;
    }

    @Override
    public long freeBytes() {
        return capacity - usedBytes;
    }

    @Override
    public long largestFree() {
        return Math.max((long) pages.largestFree() << pageShift, slabs.largestFree());
    }

    @Override
    public long liveCount() {
        return liveCount;
    }

    @Override
    public void forEachRegion(RegionVisitor visitor) {
        pages.forEachRun((page, count, live) -> {
            if (live && slabs.covers(page)) {
                slabs.forEachSlot(page, visitor);
            } else {
                visitor.region((long) page << pageShift, (long) count << pageShift, live);
            }
        });
    }

    /** No byte is lost, none is in two places, and when nothing is live all is one free part. */
    void checkInvariants() {
        pages.checkInvariants();
        slabs.checkInvariants();
        long[] sums = new long[3];
        forEachRegion((offset, length, live) -> {
            Invariants.equal("begin of the region after the one before", sums[0], offset);
            sums[0] += length;
            sums[1] += live ? length : 0;
            sums[2] += live ? 1 : 0;
        });
        Invariants.equal("end of the last region", capacity, sums[0]);
        Invariants.equal("used bytes", sums[1], usedBytes);
        Invariants.equal("live parts", sums[2], liveCount);
        if (liveCount == 0) {
            Invariants.equal("largest free part when nothing is live", capacity, largestFree());
        }
    }

    /** Bytes of the JVM's heap that hold the allocator's own state. */
    long metadataBytes() {
        return pages.metadataBytes() + slabs.metadataBytes();
    }
}
