// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

import static org.dmabufpool.alloc.BlockTable.NONE;
import static org.dmabufpool.alloc.BlockTable.OFFSET;
import static org.dmabufpool.alloc.BlockTable.SIZE;

import org.jspecify.annotations.Nullable;

/**
 * Finds a hole that has enough pages behind its first aligned one, in O(log n).
 *
 * <p>Not safe for use by many threads. There is a tree for each alignment, made when it is first asked for: a row of
 * numbers by block, that of a hole being what it has from its first aligned page on.
 */
final class AlignedHoles {

    private final BlockTable blocks;
    private final HoleIndex index;
    /** Trees by the binary logarithm of the alignment. */
    private @Nullable MaxTree[] trees = new MaxTree[Integer.SIZE];

    /** @param index tells the holes there are when a tree is made */
    AlignedHoles(BlockTable blocks, HoleIndex index) {
        this.blocks = blocks;
        this.index = index;
    }

    /** A hole with {@code count} pages from a multiple of {@code alignment} on, or {@link BlockTable#NONE}. */
    int atLeast(int count, int alignment) {
        int hole = treeOf(Integer.numberOfTrailingZeros(alignment)).firstAtLeast(count);
        return hole < 0 ? NONE : hole;
    }

    /** Size of the largest hole. */
    int largest() {
        return treeOf(0).largest();
    }

    private MaxTree treeOf(int order) {
        MaxTree tree = trees[order];
        if (tree == null) {
            tree = tree(order, blocks.room());
            trees[order] = tree;
        }
        return tree;
    }

    /** Enters a hole, which is in the index already. */
    void add(int hole) {
        for (int order = 0; order < trees.length; order++) {
            MaxTree tree = trees[order];
            if (tree != null) {
                tree.set(hole, behindFirstAligned(hole, order));
            }
        }
    }

    /** Takes out a hole. */
    void remove(int hole) {
        for (MaxTree tree : trees) {
            if (tree != null) {
                tree.set(hole, 0);
            }
        }
    }

    /** The trees as they are to be when the table has room for so many blocks; nothing changes before {@link #replace}. */
    @Nullable
    MaxTree[] larger(int room) {
        @Nullable MaxTree[] larger = new MaxTree[trees.length];
        for (int order = 0; order < trees.length; order++) {
            larger[order] = trees[order] == null ? null : tree(order, room);
        }
        return larger;
    }

    /** Takes what {@link #larger} made. */
    void replace(@Nullable MaxTree[] larger) {
        trees = larger;
    }

    private MaxTree tree(int order, int room) {
        MaxTree tree = new MaxTree(room);
        index.forEach(hole -> tree.set(hole, behindFirstAligned(hole, order)));
        return tree;
    }

    private int behindFirstAligned(int hole, int order) {
        int page = blocks.get(hole, OFFSET);
        int skipped = -page & ((1 << order) - 1);
        return Math.max(0, blocks.get(hole, SIZE) - skipped);
    }

    void checkInvariants() {
        for (int order = 0; order < trees.length; order++) {
            MaxTree tree = trees[order];
            if (tree != null) {
                tree.checkInvariants();
                checkRow(tree, order);
            }
        }
    }

    private void checkRow(MaxTree tree, int order) {
        long[] sums = new long[2];
        index.forEach(hole -> {
            Invariants.equal("aligned pages of hole " + hole, behindFirstAligned(hole, order), tree.get(hole));
            sums[0] += tree.get(hole);
        });
        for (int block = 0; block < tree.length(); block++) {
            sums[1] += tree.get(block);
        }
        Invariants.equal("aligned pages of all holes", sums[0], sums[1]);
    }

    long metadataBytes() {
        long bytes = 0;
        for (MaxTree tree : trees) {
            bytes += tree == null ? 0 : tree.metadataBytes();
        }
        return bytes;
    }
}
