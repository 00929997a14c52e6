// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/**
 * Whole pages: small and middle runs from two buddy tiers, all others as exact extents.
 *
 * <p>Not safe for use by many threads. Sizes and positions are numbers of pages.
 *
 * <p><b>Tiers.</b> The fine one has units of a page and serves up to {@value #FINE_LIMIT}; the coarse one has units of
 * 8 pages and serves up to the limit. A chunk of the fine tier is a block of the coarse one; a chunk of the coarse tier
 * is an extent. If there is no room for a coarse chunk, the extents provide a fine one.
 *
 * <p><b>Slack.</b> A new chunk is made only as long as the pages that lie idle in all chunks stay within the slack; other
 * requests are served by extents of their own. A chunk goes back as soon as nothing in it is live.
 */
final class Pages {

    /** What {@link #allocate} returns when no run fits. */
    static final int NONE = Extents.NONE;

    /** Pages of the largest run that the fine tier serves if there is a choice. */
    static final int FINE_LIMIT = 32;

    private static final int COARSE_SHIFT = 3;

    private final Extents extents;
    private final BuddyTier fine;
    private final BuddyTier coarse;
    private final int buddyLimit;
    private final int slack;

    /**
     * @param pages how many there are
     * @param buddyLimit largest run that the buddy tiers serve
     * @param slack pages that may lie idle in the buddy tiers
     */
    Pages(int pages, int buddyLimit, int slack) {
        this.extents = new Extents(pages);
        this.fine = new BuddyTier(pages, 0);
        this.coarse = new BuddyTier(pages, COARSE_SHIFT);
        this.buddyLimit = buddyLimit;
        this.slack = slack;
    }

    /** Takes a run of {@code count} pages that starts on a multiple of {@code alignment}; {@link #NONE} if none fits. */
    int allocate(int count, int alignment) {
        if (count <= buddyLimit) {
            int page = allocateBuddy(count, alignment);
            if (page != NONE) {
                return page;
            }
        }
        int page = extents.allocate(count, alignment);
        return page != NONE ? page : allocateAnyBlock(count, alignment);
    }

    private int allocateBuddy(int count, int alignment) {
        BuddyTier tier = count <= FINE_LIMIT ? fine : coarse;
        if (alignment > tier.chunkPages()) {
            return NONE;
        }
        int page = tier.allocate(count, alignment);
        if (page == NONE && addChunk(tier, count)) {
            page = tier.allocate(count, alignment);
        }
        return page;
    }

    private boolean addChunk(BuddyTier tier, int count) {
        int idle = tier.chunkPages() - count;
        if (fine.idlePages() + coarse.idlePages() + idle > slack) {
            return false;
        }
        int chunk = tier == fine ? newFineChunk() : extents.allocateOnOwnSize(tier.chunkPages());
        if (chunk == NONE) {
            return false;
        }
        tier.addChunk(chunk);
        return true;
    }

    private int newFineChunk() {
        int count = fine.chunkPages();
        int chunk = coarse.allocate(count, count);
        if (chunk == NONE && addChunk(coarse, count)) {
            chunk = coarse.allocate(count, count);
        }
        return chunk != NONE ? chunk : extents.allocateOnOwnSize(count);
    }

    /** The last resort: a free block of any tier, limits aside. */
    private int allocateAnyBlock(int count, int alignment) {
        int most = Math.max(count, alignment);
        int page = most <= fine.chunkPages() ? fine.allocate(count, alignment) : NONE;
        return page == NONE && most <= coarse.chunkPages() ? coarse.allocate(count, alignment) : page;
    }

    /** Gives the live run that starts at {@code page} back. */
    void free(int page) {
        if (!fine.covers(page)) {
            freeAboveFine(page);
        } else if (fine.free(page)) {
            freeAboveFine(fine.chunkOf(page));
        }
    }

    private void freeAboveFine(int page) {
        if (!coarse.covers(page)) {
            extents.free(page);
        } else if (coarse.free(page)) {
            extents.free(coarse.chunkOf(page));
        }
    }

    /** Size of the live run that starts there, or 0 if none does. */
    int sizeAt(int page) {
        if (fine.covers(page)) {
            return fine.isLive(page) ? fine.sizeAt(page) : 0;
        }
        if (coarse.covers(page)) {
            return coarse.isLive(page) ? coarse.sizeAt(page) : 0;
        }
        return extents.isLive(page) ? extents.sizeAt(page) : 0;
    }

    /** The largest run that {@link #allocate} would find without alignment. */
    int largestFree() {
        return Math.max(extents.largestHole(), Math.max(coarse.largestBlock(), fine.largestBlock()));
    }

    int freePages() {
        return extents.freePages() + coarse.idlePages() + fine.idlePages();
    }

    /** Shows every run, live or free, in the order of addresses. */
    void forEachRun(RunVisitor visitor) {
        int page = 0;
        while (page < extents.pages()) {
            int size = extents.sizeAt(page);
            if (!extents.isHole(page) && size == coarse.chunkPages() && coarse.covers(page)) {
                coarse.forEachRun(page, (run, count, live) -> visitFine(run, count, live, visitor));
            } else {
                visitFine(page, size, !extents.isHole(page), visitor);
            }
            page += size;
        }
    }

    private void visitFine(int page, int count, boolean live, RunVisitor visitor) {
        if (live && fine.covers(page)) {
            fine.forEachRun(page, visitor);
        } else {
            visitor.run(page, count, live);
        }
    }

    void checkInvariants() {
        extents.checkInvariants();
        coarse.checkInvariants();
        fine.checkInvariants();
    }

    long metadataBytes() {
        return extents.metadataBytes() + coarse.metadataBytes() + fine.metadataBytes();
    }

    /** Is shown runs of pages. */
    @FunctionalInterface
    interface RunVisitor {
        void run(int page, int count, boolean live);
    }
}
