// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * Whole pages: small runs from the buddy tier, the others as exact extents.
 *
 * <p>Not safe for use by many threads. Sizes and positions are numbers of pages.
 */
final class Pages {

    /** What {@link #allocate} returns when no run fits. */
    static final int NONE = Extents.NONE;

    private final Extents extents;
    private final BuddyTier buddies;
    private final int buddyLimit;

    /**
     * @param pages how many there are
     * @param buddyLimit largest run that the buddy tier serves
     * @param buddySlack pages that may lie idle in the buddy tier
     */
    Pages(int pages, int buddyLimit, int buddySlack) {
        this.extents = new Extents(pages);
        this.buddies = new BuddyTier(extents, buddySlack);
        this.buddyLimit = buddyLimit;
    }

    /** Takes a run of {@code count} pages that starts on a multiple of {@code alignment}; {@link #NONE} if none fits. */
    int allocate(int count, int alignment) {
        boolean small = count <= buddyLimit && alignment <= BuddyTier.LARGEST;
        if (small) {
            int page = allocateBuddy(count, alignment);
            if (page != NONE) {
                return page;
            }
        }
        int page = extents.allocate(count, alignment);
        if (page != NONE || small || Math.max(count, alignment) > BuddyTier.LARGEST) {
            return page;
        }
        return buddies.allocate(count, alignment);
    }

    private int allocateBuddy(int count, int alignment) {
        int page = buddies.allocate(count, alignment);
        return page != NONE ? page : buddies.allocateInNewChunk(count);
    }

    /** Gives the live run that starts at {@code page} back. */
    void free(int page) {
        if (buddies.covers(page)) {
            buddies.free(page);
        } else {
            extents.free(page);
        }
    }

    /** Whether a live run starts there. */
    boolean isLive(int page) {
        return buddies.covers(page) ? buddies.isLive(page) : extents.isLive(page);
    }

    /** Size of the live run that starts there. */
    int sizeAt(int page) {
        return buddies.covers(page) ? buddies.sizeAt(page) : extents.sizeAt(page);
    }

    /** The largest run that {@link #allocate} would find without alignment. */
    int largestFree() {
        return Math.max(extents.largestHole(), buddies.largestBlock());
    }

    int freePages() {
        return extents.freePages() + buddies.freePages();
    }

    /** Shows every run, live or free, in the order of addresses. */
    void forEachRun(RunVisitor visitor) {
        int page = 0;
        while (page < extents.pages()) {
            int size = extents.sizeAt(page);
            if (extents.isHole(page)) {
                visitor.run(page, size, false);
            } else if (buddies.covers(page)) {
                forEachBuddyRun(page, visitor);
            } else {
                visitor.run(page, size, true);
            }
            page += size;
        }
    }

    private void forEachBuddyRun(int first, RunVisitor visitor) {
        int page = first;
        while (page < first + BuddyTier.LARGEST) {
            int size = buddies.isFree(page) ? freeRun(page, first + BuddyTier.LARGEST) : buddies.sizeAt(page);
            visitor.run(page, size, !buddies.isFree(page));
            page += size;
        }
    }

    private int freeRun(int from, int end) {
        int page = from;
        while (page < end && buddies.isFree(page)) {
            page++;
        }
        return page - from;
    }

    void checkInvariants() {
        extents.checkInvariants();
        buddies.checkInvariants();
    }

    long metadataBytes() {
        return extents.metadataBytes() + buddies.metadataBytes();
    }

    /** Is shown runs of pages. */
    @FunctionalInterface
    interface RunVisitor {
        void run(int page, int count, boolean live);
    }
}
