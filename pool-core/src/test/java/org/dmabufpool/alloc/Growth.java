// SPDX-FileCopyrightText: The dmabuf-pool authors
// SPDX-License-Identifier: Apache-2.0
package org.dmabufpool.alloc;

/** Makes room in the table of a map of extents, as an allocator does. */
final class Growth {

    private Growth() {}

    static void makeRoom(BlockTable blocks, Extents extents) {
        if (!blocks.hasRoom() && !blocks.hasUnused()) {
            int room = blocks.largerRoom();
            Runnable replacement = extents.prepareToGrow(room);
            blocks.grow(room);
            replacement.run();
        }
    }
}
